"""Time frames, and the flags that say how far a bar can be trusted."""

from datetime import UTC, datetime, timedelta
from enum import IntFlag, StrEnum

SECOND = 1_000_000_000
_MINUTE = 60 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Timeframe(StrEnum):
    """The length of a bar, written as users write it."""

    M1 = "1m"
    M5 = "5m"
    M15 = "15m"
    H1 = "1h"
    H4 = "4h"
    D1 = "1d"
    W1 = "1w"

    @property
    def nanoseconds(self) -> int:
        """Return the nominal length in nanoseconds."""
        return _LENGTHS[self]

    @property
    def periods_per_year(self) -> int:
        """Return how many *sampled* returns make a year: 252 trading days, or 52 weeks for weekly bars.

        Finer bars are sampled once a day before ratios are annualised, as fund statistics are.
        """
        return 52 if self is Timeframe.W1 else 252


_LENGTHS = {
    Timeframe.M1: _MINUTE,
    Timeframe.M5: 5 * _MINUTE,
    Timeframe.M15: 15 * _MINUTE,
    Timeframe.H1: 60 * _MINUTE,
    Timeframe.H4: 240 * _MINUTE,
    Timeframe.D1: 1440 * _MINUTE,
    Timeframe.W1: 7 * 1440 * _MINUTE,
}


class BarFlag(IntFlag):
    """Why a bar deserves a second look; no flag means that nothing was noticed."""

    GOOD = 0
    STALE = 1
    REPAIRED = 2
    GAP = 4
    FALLBACK = 8


def moment(nanoseconds: int) -> datetime:
    """Return UTC nanoseconds as an aware datetime, cut to the microsecond."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)

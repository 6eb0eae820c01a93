"""Bars of a time frame, counted from where a trading day begins."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import numpy as np

from app.domain.bars import Timeframe
from app.domain.errors import ConfigurationError, InputError
from app.engine.columns import Int64
from app.engine.consolidation.base import GroupConsolidator
from app.engine.consolidation.members import Members

_EPOCH = date(1970, 1, 1)
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = Timeframe.D1.nanoseconds
_MONDAY = 4  # 1970-01-05


@dataclass(frozen=True)
class SessionAnchor:
    """Where a trading day begins: at the local time `start` of the IANA zone `zone`, clock changes included.

    With `evening_before` it begins on the calendar day before, as futures' Monday begins on Sunday evening.
    Raises ConfigurationError for a zone that is not known and for a `start` with a zone of its own.
    """

    start: time = time(0)
    zone: str = "UTC"
    evening_before: bool = False

    def __post_init__(self) -> None:
        if self.start.tzinfo is not None:
            raise ConfigurationError(
                f"The start {self.start} of a session has a zone of its own.", "Name the zone in `zone`."
            )
        self._zone()

    def starts(self, first: int, last: int, every: int = 1) -> Int64:
        """Return the starts of the days (or of each week, if `every` is 7), nanoseconds UTC, ascending.

        They reach from before the time `first` to behind `last`. Weeks begin with Monday's trading day.
        """
        days = range(first // _DAY - 2 - every, last // _DAY + 3 + every)
        if every > 1:
            days = days[(_MONDAY - days[0]) % every :: every]
        zone, shift = self._zone(), int(self.evening_before)
        dates = (_EPOCH + timedelta(days=day - shift) for day in days)
        moments = (datetime.combine(day, self.start, zone) - _ZERO for day in dates)
        return np.array([moment // timedelta(microseconds=1) * 1000 for moment in moments], np.int64)

    def _zone(self) -> tzinfo:
        if self.zone == "UTC":
            return UTC  # without the zone database, which not every machine has
        from zoneinfo import ZoneInfo

        try:
            return ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise ConfigurationError(
                f"The time zone {self.zone!r} is not known.",
                "Use a name of the IANA database, such as America/New_York; on Windows install tzdata.",
            ) from error


@dataclass(frozen=True)
class TimeBars(GroupConsolidator):
    """Bars of a time frame; a member belongs to the interval in which it starts.

    Intervals are half-open and counted from the anchor of each trading day, weeks from Monday's; where a day
    is shorter or longer than 24 hours its last interval is too. Where sessions are known, intervals also end
    at a close. A bar is labelled with the start of its interval. It is complete when a member's start plus
    its length reaches the interval's end, or when a member of a later interval shows that it has ended.
    """

    timeframe: Timeframe
    anchor: SessionAnchor = field(default=SessionAnchor())

    def check(self, members: Members) -> None:
        """Raise InputError if these members cannot be consolidated in this way."""
        super().check(members)
        if members.length > self.timeframe.nanoseconds:
            raise InputError(
                f"{members.instrument.symbol}: bars of {self.timeframe} cannot be made of longer ones.",
                "Choose a longer time frame for the consolidator, or set data.timeframe to a shorter one.",
            )

    def ends(self, members: Members, start: int, row: int, stop: int) -> Int64:  # noqa: ARG002 - see labels
        """Return the rows that reach the end of their interval or have a later one's behind them."""
        times = members.timestamps[row : stop + 1]
        if not len(times):
            return np.empty(0, np.int64)
        starts, ends = self._intervals(members, times)
        last = times + members.length >= ends
        last[:-1] |= starts[:-1] != starts[1:]
        return np.asarray(np.flatnonzero(last[: stop - row]) + row, np.int64)

    def labels(self, members: Members, firsts: Int64) -> Int64:
        """Return the starts of the intervals."""
        return self._intervals(members, members.timestamps[firsts])[0]

    def completed(self, members: Members, lasts: Int64) -> Int64:
        """Return the last members, or those behind them where only these show that an interval has ended."""
        times = members.timestamps[lasts]
        return np.where(times + members.length >= self._intervals(members, times)[1], lasts, lasts + 1)

    def _intervals(self, members: Members, times: Int64) -> tuple[Int64, Int64]:
        """Return the start and the end of the interval in which each time lies."""
        if not len(times):
            return times, times
        weekly = self.timeframe is Timeframe.W1
        days = self.anchor.starts(int(times[0]), int(times[-1]), every=7 if weekly else 1)
        number = np.searchsorted(days, times, side="right") - 1
        starts, ends = days[number], days[number + 1]
        if self.timeframe.nanoseconds < _DAY:
            starts = starts + (times - starts) // self.timeframe.nanoseconds * self.timeframe.nanoseconds
            ends = np.minimum(starts + self.timeframe.nanoseconds, ends)
        if members.sessions is not None:
            closes = members.sessions.last_trade(starts, ends)
            after = times >= closes
            starts, ends = np.where(after, closes, starts), np.where(after, ends, closes)
        return starts, ends

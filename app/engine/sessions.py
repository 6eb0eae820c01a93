"""When a market trades: its sessions as plain arrays, and what they say about the bounds of bars."""

from dataclasses import dataclass, field

import numpy as np

from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.engine.columns import Int64

DAY = Timeframe.D1.nanoseconds


def _no_breaks() -> Int64:
    return np.empty((0, 2), np.int64)


def _no_days() -> Int64:
    return np.empty(0, np.int64)


@dataclass(frozen=True, eq=False)
class Sessions:
    """The sessions of one market, oldest first: it trades from each open until the close of the same row.

    `opens` and `closes` are int64 nanoseconds UTC, shape (sessions,); `breaks` are the pauses inside sessions
    as (start, end), shape (breaks, 2), ascending; `days` are the exchange's own dates of the sessions, in
    days since 1970: left out, they are the UTC dates on which the sessions end. Raises InputError where
    there is no session, or where sessions are empty or overlap.
    """

    opens: Int64
    closes: Int64
    breaks: Int64 = field(default_factory=_no_breaks)
    days: Int64 = field(default_factory=_no_days)
    name: str = ""

    def __post_init__(self) -> None:
        bounds = np.column_stack((self.opens, self.closes)).ravel()
        if not len(bounds) or (np.diff(bounds) < 0).any() or (self.opens >= self.closes).any():
            raise InputError(
                f"The sessions of {self.name or 'the calendar'} are none at all, or they overlap.",
                "Give each session an open before its close, oldest first.",
            )
        if not len(self.days):
            object.__setattr__(self, "days", (self.closes - 1) // DAY)
        for column in (self.opens, self.closes, self.breaks, self.days):
            column.flags.writeable = False

    def __len__(self) -> int:
        return len(self.opens)

    def session_of(self, time: int) -> int | None:
        """Return the number of the session that trades at a time, from its open to just before its close."""
        number = int(np.searchsorted(self.closes, time, side="right"))
        return number if number < len(self) and self.opens.item(number) <= time else None

    def traded_until(self, times: Int64) -> Int64:
        """Return how many nanoseconds the market had traded by each time, since the first open."""
        total = _elapsed(self.opens, self.closes, times)
        if len(self.breaks):
            total = total - _elapsed(self.breaks[:, 0], self.breaks[:, 1], times)
        return np.asarray(total, np.int64)

    def last_trade(self, starts: Int64, ends: Int64) -> Int64:
        """Return when the trading in each interval ends: at a close inside it, else with the interval."""
        number = np.searchsorted(self.opens, ends, side="left") - 1
        closes = self.closes[np.maximum(number, 0)]
        inside = (number >= 0) & (starts < closes) & (closes < ends)
        return np.where(inside, closes, ends)

    def first_trade(self, starts: Int64, ends: Int64) -> Int64:
        """Return when the trading in each interval begins: at an open inside it, else with the interval."""
        number = np.searchsorted(self.closes, starts, side="right")
        opens = self.opens[np.minimum(number, len(self) - 1)]
        inside = (number < len(self)) & (starts < opens) & (opens < ends)
        return np.where(inside, opens, starts)


def _elapsed(starts: Int64, ends: Int64, times: Int64) -> Int64:
    """Return how much of the ascending, disjoint intervals lies before each time."""
    begun = np.searchsorted(starts, times, side="right")
    before = np.append(0, np.cumsum(ends - starts))
    latest = np.maximum(begun - 1, 0)
    left = np.where(begun > 0, np.maximum(ends[latest] - times, 0), 0)
    return np.asarray(before[begun] - left, np.int64)

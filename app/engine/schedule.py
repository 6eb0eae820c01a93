"""When a strategy's timers are due: moments, and the steps at which what was known by then is complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np

from app.domain.errors import ConfigurationError
from app.domain.money import INT64_MAX
from app.engine.columns import Int64
from app.engine.sessions import DAY, Sessions
from app.engine.timeline import Timeline

_NOW, _ONE_DAY = timedelta(), timedelta(days=1)
_ONE_YEAR = timedelta(days=366)  # so that a moment stays within 64 bits


@dataclass(frozen=True, slots=True)
class AtOpen:
    """Each session's open, plus or minus up to a day; without a calendar each midnight UTC."""

    offset: timedelta = _NOW

    def __post_init__(self) -> None:
        _check_duration("AtOpen", self.offset, most=_ONE_DAY)


@dataclass(frozen=True, slots=True)
class AtClose:
    """Each session's close, plus or minus up to a day; without a calendar the midnight UTC that ends it."""

    offset: timedelta = _NOW

    def __post_init__(self) -> None:
        _check_duration("AtClose", self.offset, most=_ONE_DAY)


@dataclass(frozen=True, slots=True)
class Every:
    """The end of every so many timestamps, counted from the first."""

    bars: int

    def __post_init__(self) -> None:
        _check_count("Every", self.bars, least=1)


@dataclass(frozen=True, slots=True)
class EveryPeriod:
    """Every whole multiple of a duration since 1970-01-01T00:00Z: an hour means each full hour."""

    period: timedelta

    def __post_init__(self) -> None:
        _check_duration("EveryPeriod", self.period, most=_ONE_YEAR)
        if self.period <= _NOW:
            raise ConfigurationError(f"EveryPeriod({self.period}) never comes.", "Give a positive duration.")


@dataclass(frozen=True, slots=True)
class MonthStart:
    """The open of a month's first session, or of the one `offset` sessions later.

    Without a calendar it is the end of that day's first bar: a day is known once it has been seen.
    """

    offset: int = 0

    def __post_init__(self) -> None:
        _check_count("MonthStart", self.offset, least=0)


@dataclass(frozen=True, slots=True)
class WeekStart:
    """The open of a week's first session (weeks begin on Monday), or of the one `offset` sessions later.

    Without a calendar it is the end of that day's first bar: a day is known once it has been seen.
    """

    offset: int = 0

    def __post_init__(self) -> None:
        _check_count("WeekStart", self.offset, least=0)


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """The close of a month's last session, or of the one `offset` sessions earlier; needs a calendar."""

    offset: int = 0

    def __post_init__(self) -> None:
        _check_count("MonthEnd", self.offset, least=0)


Timer = AtOpen | AtClose | Every | EveryPeriod | MonthStart | WeekStart | MonthEnd


class Due(NamedTuple):
    """A timer's moment in UTC nanoseconds, its name, and the first timestamp at which its orders may fill."""

    moment: int
    name: str
    eligible: int


def due(
    timers: Mapping[str, Timer], timeline: Timeline, sessions: Sessions | None = None
) -> dict[int, tuple[Due, ...]]:
    """Return the timers that are due by step, in the order of their moments, then of their declaration.

    A moment comes at the last step whose bars have all ended by then, so the strategy sees all that was known
    and nothing more; its orders may fill in bars that start at or after it. Of several moments of one
    timer at one step the first counts. After the last step only the moment at which it ends is certain.
    A calendar tells that a bar's trading begins with a session and ends with it. Raises ConfigurationError
    for MonthEnd without a calendar, and for what is no timer.
    """
    if not timers:
        return {}
    clock = _Clock(timeline, sessions)
    found: list[tuple[int, Due]] = []
    for name, timer in timers.items():
        found += clock.occasions(name, timer)
    found.sort(key=lambda each: (each[0], each[1].moment))
    steps: dict[int, list[Due]] = {}
    for step, occasion in found:
        steps.setdefault(step, []).append(occasion)
    return {step: tuple(occasions) for step, occasions in steps.items()}


def steps_of_warmup(timeline: Timeline, warmup: int | timedelta) -> int:
    """Return how many steps pass before a strategy is first asked: so many timestamps, or those of a period.

    The period counts from the first timestamp. Raises ConfigurationError for a warm-up below zero.
    """
    if isinstance(warmup, timedelta):
        if warmup < _NOW:
            raise ConfigurationError(f"A warm-up of {warmup} is below zero.", "Give none, or a longer one.")
        until = min(timeline.times.item(0) + _nanoseconds(warmup), INT64_MAX)
        return int(np.searchsorted(timeline.times, until, side="left"))
    _check_count("A warm-up of", warmup, least=0)
    return min(int(warmup), len(timeline))


class _Clock:
    """Turns timers into moments, and moments into steps, on one timeline."""

    def __init__(self, timeline: Timeline, sessions: Sessions | None) -> None:
        self._times = timeline.times
        self._sessions = sessions
        starts, ends = timeline.times, timeline.known_until
        if sessions is not None:
            starts = sessions.first_trade(starts, ends)
            ends = np.maximum.accumulate(sessions.last_trade(timeline.times, ends))
        self._starts, self._ends = starts, ends

    def occasions(self, name: str, timer: Timer) -> list[tuple[int, Due]]:
        """Return the steps at which a timer is due, ascending, one occasion for each."""
        moments = self._moments(name, timer)
        steps = np.searchsorted(self._ends, moments, side="right") - 1
        # What follows the last step is not known: only its own end surely lies before the next bar's.
        last = len(self._ends) - 1
        certain = (steps >= 0) & ((steps < last) | (moments == self._ends[last]))
        moments, steps = moments[certain], steps[certain]
        first = np.append(True, steps[1:] != steps[:-1])[: len(steps)]
        moments, steps = moments[first], steps[first]
        following = np.searchsorted(self._starts, moments, side="left")
        eligible = np.append(self._times, INT64_MAX)[following]
        occasions = zip(moments.tolist(), eligible.tolist(), strict=True)
        return [
            (step, Due(moment, name, label))
            for step, (moment, label) in zip(steps.tolist(), occasions, strict=True)
        ]

    def _moments(self, name: str, timer: object) -> Int64:
        """Return a timer's moments, ascending."""
        sessions = self._sessions
        match timer:
            case AtOpen(offset):
                opens = self._midnights() if sessions is None else sessions.opens
                moments = opens + _nanoseconds(offset)
            case AtClose(offset):
                closes = self._midnights() + DAY if sessions is None else sessions.closes
                moments = closes + _nanoseconds(offset)
            case Every(bars):
                moments = self._ends[bars - 1 :: bars]
            case EveryPeriod(period):
                # The next multiple after each step is enough, since only the first at a step counts.
                length = _nanoseconds(period)
                moments = -(-self._ends // length) * length
            case MonthStart(offset):
                moments = self._begun("month", offset)
            case WeekStart(offset):
                moments = self._begun("week", offset)
            case MonthEnd(offset):
                moments = self._month_ends(name, offset)
            case _:
                raise ConfigurationError(
                    f"The timer '{name}' is {timer!r}, which is no timer.",
                    "Give AtOpen, AtClose, Every, EveryPeriod, MonthStart, MonthEnd or WeekStart.",
                )
        return np.asarray(moments, np.int64)

    def _midnights(self) -> Int64:
        first, last = (int(time) // DAY for time in (self._times[0], self._ends[-1]))
        # A day more on either side, because an offset may be as long as that.
        return np.arange(first - 1, last + 3, dtype=np.int64) * DAY

    def _begun(self, period: str, offset: int) -> Int64:
        """Return the opens of the sessions that are `offset` after the first of their month or week."""
        if self._sessions is not None:
            return self._sessions.opens[_nth_of_period(_periods(self._sessions.days, period), offset)]
        days = self._times // DAY
        first_bars = np.flatnonzero(np.append(True, days[1:] != days[:-1]))
        nth = _nth_of_period(_periods(days[first_bars], period), offset)
        return self._ends[first_bars[nth]]

    def _month_ends(self, name: str, offset: int) -> Int64:
        if self._sessions is None:
            raise ConfigurationError(
                f"The timer '{name}' is a MonthEnd, but without a calendar nobody knows which session of a "
                "month is its last.",
                "Name a calendar, or use MonthStart: it comes with the first bar of the new month.",
            )
        # Counted from the end, a month's last session is its first.
        backwards = _nth_of_period(_periods(self._sessions.days, "month")[::-1], offset)
        return self._sessions.closes[::-1][backwards][::-1]


def _periods(days: Int64, period: str) -> Int64:
    """Return the number of the month or week (from Monday) in which each day since 1970 lies."""
    if period == "week":
        return np.asarray((days + 3) // 7, np.int64)  # 1970-01-01 was a Thursday
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _nth_of_period(periods: Int64, offset: int) -> Int64:
    """Return the rows that are `offset` after the first of their period.

    The period of the first row is left out: the data may begin in the middle of it.
    """
    changes = np.flatnonzero(periods[1:] != periods[:-1]) + 1
    rows = changes + offset
    changes, rows = changes[rows < len(periods)], rows[rows < len(periods)]
    return np.asarray(rows[periods[rows] == periods[changes]], np.int64)


def _nanoseconds(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1) * 1000


def _check_count(what: str, value: object, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ConfigurationError(
            f"{what} takes a whole number from {least}, not {value!r}.", f"Give {least} or more."
        )


def _check_duration(what: str, value: object, most: timedelta) -> None:
    if not isinstance(value, timedelta) or abs(value) > most:
        raise ConfigurationError(
            f"{what} takes a timedelta of at most {most.days * 24} hours, not {value!r}.",
            "Write for example timedelta(minutes=10).",
        )

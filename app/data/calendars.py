"""Exchange calendars: the sessions of a market as plain arrays, half days and breaks included."""

from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

import numpy as np

from app.data.text import shown
from app.domain.bars import moment
from app.domain.errors import ConfigurationError, InputError, described
from app.ports.scheduling import Sessions

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

_FIRST = date(1700, 1, 1)  # where no calendar names a first day of its own
_WEEK = timedelta(days=7)


def sessions(name: str, start: int, end: int) -> Sessions:
    """Return the sessions of an exchange from `start` to `end`, nanoseconds UTC, and a month around them.

    The month on either side lets the first and last session of every month in the period be known; it is
    shorter where the calendar begins or ends. Names are those of exchange-calendars: XNYS, XNAS, XBOM,
    24/7. Raises ConfigurationError for an unknown calendar (with the nearest name), a period that reaches
    beyond what the calendar knows, and where exchange-calendars is not installed or cannot compute it, and
    InputError for a period that ends before it begins.
    """
    calendar = _calendar(name, start, end)
    breaks = np.column_stack((calendar.break_starts_nanos, calendar.break_ends_nanos))
    has_break = ~calendar.break_starts.isna().to_numpy()
    return Sessions(
        opens=np.array(calendar.opens_nanos, np.int64),
        closes=np.array(calendar.closes_nanos, np.int64),
        breaks=np.array(breaks[has_break], np.int64),
        days=calendar.sessions.to_numpy().astype("datetime64[D]").astype(np.int64),
        name=calendar.name,
    )


def early_closes(name: str, start: int, end: int) -> tuple[date, ...]:
    """Return the half days of an exchange from the day of `start` to that of `end`; raises as `sessions`."""
    first, last = moment(start).date(), moment(end).date()
    days = (stamp.date() for stamp in _calendar(name, start, end).early_closes)
    return tuple(day for day in days if first <= day <= last)


def calendar_names() -> tuple[str, ...]:
    """Return the names that `sessions` takes; raises ConfigurationError without exchange-calendars."""
    try:
        from exchange_calendars import get_calendar_names
    except ImportError as e:
        raise ConfigurationError(
            "Exchange calendars need exchange-calendars, which is not installed.",
            'Run: pip install "lts-server[calendars]"',
        ) from e
    return tuple(sorted(map(str, get_calendar_names(include_aliases=True))))


def _calendar(name: str, start: int, end: int) -> "ExchangeCalendar":
    names = calendar_names()
    if name not in names:
        folded = {known.casefold(): known for known in names}
        near = get_close_matches(name.casefold(), folded, 1)
        hint = f"Did you mean '{folded[near[0]]}'? " if near else ""
        raise ConfigurationError(
            f"There is no calendar {shown(name)}.", f"{hint}There are: {', '.join(names)}."
        )
    if end < start:
        raise InputError("The period of a calendar ends before it begins.", "Exchange its start and end.")
    first, last = moment(start).date(), moment(end).date()
    earliest, latest = _known_days(name)
    if first < earliest or last > latest:
        raise ConfigurationError(
            f"The calendar {name} is known from {earliest} to {latest}, but {first} to {last} is asked for.",
            "Ask for a period inside it: exchanges announce their holidays about a year ahead.",
        )
    return _computed(name, max(earliest, _month_before(first)), min(latest, _month_after(last)))


def _known_days(name: str) -> tuple[date, date]:
    """Return the first and last day for which the library vouches: at most a year from today."""
    kind = type(_computed(name))
    earliest, latest = kind.bound_min(), kind.default_end()
    return (_FIRST if earliest is None else earliest.date()), latest.date()


def _computed(name: str, first: date | None = None, last: date | None = None) -> "ExchangeCalendar":
    from exchange_calendars import get_calendar

    try:
        with catch_warnings():
            simplefilter("ignore")  # how the library uses pandas is not our user's to mend
            return get_calendar(name, start=first, end=last)
    # The library computes holidays with pandas, and the two may fall out of step between their releases.
    except (ValueError, NotImplementedError) as error:
        raise ConfigurationError(
            f"The calendar {name} cannot be computed: {described(error)}.",
            "Choose another period or calendar, or upgrade exchange-calendars and pandas.",
        ) from error


def _month_before(day: date) -> date:
    """Return the day that is a week before the month before."""
    return (day.replace(day=1) - _WEEK).replace(day=1) - _WEEK


def _month_after(day: date) -> date:
    """Return the day that is a week after the month after."""
    following = (day.replace(day=28) + _WEEK).replace(day=28) + _WEEK
    return following.replace(day=1) + _WEEK

"""Sessions as plain arrays: which one trades at a time, and when the trading in a bar begins and ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError
from app.engine.sessions import DAY, Sessions

pytestmark = pytest.mark.unit


def sessions(*bounds, breaks=()):
    opens, closes = np.array(bounds, np.int64).reshape(-1, 2).T.copy()
    return Sessions(opens, closes, breaks=np.array(breaks, np.int64).reshape(-1, 2))


@st.composite
def calendars(draw):
    """Draw sessions and a break inside some of them, in small whole numbers."""
    edges = sorted(draw(st.sets(st.integers(0, 300), min_size=2, max_size=24)))
    bounds = list(zip(edges[::2], edges[1::2], strict=False))
    breaks = [(first + 1, last - 1) for first, last in bounds if last - first > 4 and draw(st.booleans())]
    return sessions(*bounds, breaks=breaks)


def trades_at(calendar, time):
    inside = any(a <= time < b for a, b in zip(calendar.opens, calendar.closes, strict=True))
    return inside and not any(a <= time < b for a, b in calendar.breaks)


def test_a_session_trades_from_its_open_to_just_before_its_close():
    calendar = sessions((10, 20), (30, 40))
    assert [calendar.session_of(time) for time in (9, 10, 19, 20, 30, 39, 40)] == [
        None, 0, 0, None, 1, 1, None,
    ]  # fmt: skip


def test_sessions_that_follow_without_a_pause_share_no_moment():
    calendar = sessions((10, 20), (20, 30))
    assert [calendar.session_of(time) for time in (19, 20)] == [0, 1]


@given(calendars(), st.lists(st.integers(-10, 310), min_size=1, max_size=20))
def test_traded_time_counts_every_moment_of_trading_once(calendar, times):
    counted = [sum(trades_at(calendar, moment) for moment in range(-10, time)) for time in times]
    assert calendar.traded_until(np.array(times)).tolist() == counted


@given(calendars(), st.integers(-10, 310), st.integers(1, 60))
def test_trading_in_a_bar_begins_at_an_open_and_ends_at_a_close_inside_it(calendar, start, length):
    end = start + length
    closes = [
        close
        for open_, close in zip(calendar.opens.tolist(), calendar.closes.tolist(), strict=True)
        if open_ < end
    ]
    opens = [
        open_
        for open_, close in zip(calendar.opens.tolist(), calendar.closes.tolist(), strict=True)
        if close > start
    ]
    last = closes[-1] if closes and start < closes[-1] < end else end
    first = opens[0] if opens and start < opens[0] < end else start
    assert calendar.last_trade(np.array([start]), np.array([end])).tolist() == [last]
    assert calendar.first_trade(np.array([start]), np.array([end])).tolist() == [first]
    outside = [*range(start, first), *range(last, end)]
    assert not any(trades_at(calendar, moment) for moment in outside)


def test_a_sessions_date_is_the_utc_date_on_which_it_ends_unless_the_exchange_says_another():
    overnight = sessions((DAY - 5, 2 * DAY - 10), (2 * DAY, 3 * DAY))
    assert overnight.days.tolist() == [1, 2]
    told = Sessions(overnight.opens, overnight.closes, days=np.array([2, 3]))
    assert told.days.tolist() == [2, 3]


@pytest.mark.parametrize("bounds", [(), ((5, 5),), ((5, 4),), ((5, 9), (8, 12)), ((8, 12), (5, 7))])
def test_sessions_that_are_none_or_overlap_are_refused(bounds):
    with pytest.raises(InputError, match="none at all, or they overlap"):
        sessions(*bounds)


def test_sessions_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        sessions((10, 20)).opens[0] = 5

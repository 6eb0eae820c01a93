"""Several series advance together by timestamp."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.timeline import Timeline, due_actions
from app.ports import Dividend, MarketData, Split, Timeframe

pytestmark = pytest.mark.unit


def test_the_timeline_is_the_union_of_all_timestamps(small, day):
    timeline = Timeline(small({"AAA": [1, None, 3, None], "BBB": [None, 5, 6, None]}))
    assert timeline.times.tolist() == [day(0), day(1), day(2)]
    assert len(timeline) == 3
    assert {symbol: rows.tolist() for symbol, rows in timeline.rows.items()} == {
        "AAA": [0, 0, 1],
        "BBB": [-1, 0, 1],
    }
    assert {symbol: fresh.tolist() for symbol, fresh in timeline.fresh.items()} == {
        "AAA": [True, False, True],
        "BBB": [False, True, True],
    }


@given(st.data())
def test_every_bar_is_taken_once_and_in_order(small, markets, data):
    bars, _ = data.draw(markets)
    market = small(bars)
    timeline = Timeline(market)
    assert timeline.times.dtype == np.int64
    assert sorted(set(timeline.times.tolist())) == timeline.times.tolist()
    for symbol, series in market.series.items():
        taken = timeline.rows[symbol][timeline.fresh[symbol]]
        assert taken.tolist() == list(range(len(series)))
        assert timeline.times[timeline.fresh[symbol]].tolist() == series.timestamps.tolist()


def test_a_time_is_found_at_its_step_or_the_next(small, day):
    market = small({"AAA": [1, None, 3, None], "BBB": [1, 1, 1, 1]})
    timeline = Timeline(market)
    assert [timeline.step_at(time) for time in (day(0) - 5, day(1), day(1) + 1, day(3), day(4))] == [
        0,
        1,
        2,
        3,
        None,
    ]
    series = market.series["AAA"]
    assert [timeline.step_of_bar(series, time) for time in (day(0), day(1), day(2), day(3))] == [
        0,
        2,
        2,
        None,
    ]


def test_actions_are_due_at_their_symbols_first_bar_on_or_after_them_splits_first(small, day):
    dividend = Dividend("AAA", day(1), day(1), Decimal(1), "USD")
    split, late = Split("AAA", day(1), 2, 1), Split("AAA", day(9), 2, 1)
    first, unknown = Split("AAA", day(0), 2, 1), Split("ZZZ", day(1), 2, 1)
    market = small({"AAA": [1, None, 3], "BBB": [1, 1, 1]})
    due = due_actions(market, Timeline(market), [late, dividend, split, first, unknown])
    assert due == {2: [split, dividend]}


HOUR = Timeframe.H1.nanoseconds


def test_what_is_known_reaches_to_the_latest_end_of_the_bars_so_far(small, day):
    market = small({"AAA": [1, 1, None, 1], "BBB": [1, 1, 1, 1]})
    late = replace(market.series["BBB"], timestamps=market.series["BBB"].timestamps + 14 * HOUR)
    assert Timeline(market).known_until.tolist() == [day(1), day(2), day(3), day(4)]
    offset = Timeline(MarketData({"AAA": market.series["AAA"], "BBB": late}))
    ends = [day(1), day(1) + 14 * HOUR, day(2), day(2) + 14 * HOUR, day(3) + 14 * HOUR, day(4)]
    assert offset.known_until.tolist() == [*ends, day(4) + 14 * HOUR]


def test_a_day_of_23_hours_ends_with_the_next_label_even_where_a_symbol_has_none(small, day):
    market = small({"AAA": [1, 1, 1], "BBB": [1, None, 1]})
    hours = np.array([5, 4, 4]) * HOUR
    series = {
        "AAA": replace(market.series["AAA"], timestamps=market.series["AAA"].timestamps + hours),
        "BBB": replace(market.series["BBB"], timestamps=market.series["BBB"].timestamps + hours[[0, 2]]),
    }
    timeline = Timeline(MarketData(series))
    assert timeline.known_until.tolist() == [day(number) + 4 * HOUR for number in (1, 2, 3)]

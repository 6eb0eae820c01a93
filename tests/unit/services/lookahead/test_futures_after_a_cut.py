"""The copies of a market: the past untouched, the future gone or garbage that is still a market."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ports import Dividend, Split
from app.services._lookahead.futures import Future, with_future

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

COLUMNS = ("timestamps", "opens", "highs", "lows", "closes", "volumes", "flags")
GARBAGE = (Future.RISING, Future.FALLING)

prices = st.integers(1, 10**9).map(lambda ticks: Decimal(ticks) / 100)
rows = st.one_of(st.none(), st.tuples(prices, st.integers(0, 10**6)))


def columns(series, stop):
    return {name: getattr(series, name)[:stop].tolist() for name in COLUMNS}


def known(series, cut):
    return int((series.timestamps <= cut).sum())


@st.composite
def cut_markets(draw, small, day):
    """Draw a market of two symbols with gaps, the second one perhaps late, and a day to cut it at."""
    length = draw(st.integers(2, 20))
    bars = {}
    for symbol in ("AAA", "BBB"):
        drawn = draw(st.lists(rows, min_size=length, max_size=length))
        drawn[-1] = drawn[-1] or (Decimal(7), 5)
        bars[symbol] = [None if row is None else (*[row[0]] * 4, row[1]) for row in drawn]
    actions = [
        Split("AAA", day(draw(st.integers(0, length))), 2, 1),
        Dividend("BBB", day(draw(st.integers(0, length))), day(length), Decimal("0.5"), "USD"),
    ]
    return small(bars, actions=actions), day(draw(st.integers(0, length - 2)))


@settings(max_examples=100)
@given(data=st.data(), seed=st.integers(0, 9), future=st.sampled_from(list(Future)))
def test_the_past_is_untouched_whatever_the_future(small, day, data, seed, future):
    market, cut = data.draw(cut_markets(small, day))
    copy = with_future(market, cut, future, seed)
    assert list(copy.series) == list(market.series)
    for symbol, real in market.series.items():
        until = known(real, cut)
        assert columns(copy.series[symbol], until) == columns(real, until)
        assert copy.series[symbol].instrument == real.instrument
    past = [action for action in copy.actions if action.ex_time <= cut]
    assert past == [action for action in market.actions if action.ex_time <= cut]


@settings(max_examples=100)
@given(data=st.data(), seed=st.integers(0, 9), future=st.sampled_from(GARBAGE))
def test_garbage_is_made_of_valid_bars_at_the_same_times(small, day, data, seed, future):
    market, cut = data.draw(cut_markets(small, day))
    for symbol, copied in with_future(market, cut, future, seed).series.items():
        real = market.series[symbol]
        until = known(real, cut)
        assert copied.timestamps.tolist() == real.timestamps.tolist()
        assert sorted(copied.volumes[until:].tolist()) == sorted(real.volumes[until:].tolist())
        for column in (copied.opens, copied.closes):
            assert (copied.lows <= column).all()
            assert (column <= copied.highs).all()
        assert (copied.lows >= 1).all()
        assert {getattr(copied, name).dtype for name in COLUMNS[:-1]} == {np.dtype(np.int64)}


@settings(max_examples=50)
@given(data=st.data())
def test_the_two_garbages_go_opposite_ways_from_the_last_known_price(small, day, data):
    market, cut = data.draw(cut_markets(small, day))
    rising, falling = (with_future(market, cut, future, 1) for future in GARBAGE)
    for symbol, real in market.series.items():
        until = known(real, cut)
        if 0 < until < len(real):
            last = real.closes[until - 1]
            assert rising.series[symbol].closes[until] > last
            assert falling.series[symbol].closes[until] < last or last == 1


@settings(max_examples=50)
@given(data=st.data())
def test_a_prefix_ends_at_the_cut_and_leads_to_nothing_after_it(small, day, data):
    market, cut = data.draw(cut_markets(small, day))
    prefix = with_future(market, cut, Future.NONE, 1)
    for symbol, copied in prefix.series.items():
        assert len(copied) == max(1, known(market.series[symbol], cut))
        assert not any(
            np.shares_memory(getattr(copied, name), getattr(market.series[symbol], name)) for name in COLUMNS
        )
    assert all(action.ex_time <= cut for action in prefix.actions)


def test_the_same_seed_gives_the_same_garbage_and_another_one_other(small, day):
    market = small({"AAA": range(10, 40), "BBB": range(10, 40)})
    one, same, other = (with_future(market, day(9), Future.RISING, seed).digest for seed in (1, 1, 2))
    assert one == same != other


def test_symbols_get_garbage_of_their_own(small, day):
    market = small({"AAA": range(10, 40), "BBB": range(10, 40)})
    copy = with_future(market, day(9), Future.FALLING, 1)
    assert copy.series["AAA"].closes.tolist() != copy.series["BBB"].closes.tolist()


def test_the_actions_after_the_cut_are_replaced_by_splits_that_were_not_there(small, day):
    late = Dividend("AAA", day(20), day(20), Decimal(1), "USD")
    market = small({"AAA": range(10, 40)}, actions=[late])
    assert with_future(market, day(9), Future.NONE, 1).actions == ()
    (split,) = with_future(market, day(9), Future.RISING, 1).actions
    assert isinstance(split, Split)
    assert split.ex_time > day(9)


def test_the_largest_prices_stay_within_64_bits(small, day):
    market = small({"AAA": [10] * 30})
    huge = np.full(30, 2**62, np.int64)
    series = replace(market.series["AAA"], opens=huge, highs=huge, lows=huge, closes=huge)
    copy = with_future(replace(market, series={"AAA": series}), day(9), Future.RISING, 1)
    assert (copy.series["AAA"].highs >= copy.series["AAA"].closes).all()
    assert (copy.series["AAA"].lows > 0).all()


def test_a_feed_without_volume_has_none_in_garbage_either(small, day):
    copy = with_future(small({"AAA": [10] * 9}, has_volume=False), day(3), Future.RISING, 1)
    assert not copy.series["AAA"].has_volume
    assert not copy.series["AAA"].volumes.any()

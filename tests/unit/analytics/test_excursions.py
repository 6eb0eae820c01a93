"""Excursions: by hand, and against a walk through each trade's bars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.excursions import excursions
from app.analytics.splits import shares_at_the_end
from app.domain.events import CorporateAction, Split
from app.domain.fills import Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side

pytestmark = pytest.mark.unit

AAA = Instrument("AAA")


@dataclass(frozen=True)
class Bars:
    timestamps: np.ndarray
    highs: np.ndarray
    lows: np.ndarray


def bars(*ranges: tuple[int, int]) -> Bars:
    """Return daily bars of (low, high) at times 0, 10, 20 ..."""
    lows, highs = np.array(ranges, np.int64).T
    return Bars(np.arange(len(ranges), dtype=np.int64) * 10, highs, lows)


def closed(  # noqa: PLR0917 - a trade reads as: from bar, to bar, quantity, paid, got
    first: int, last: int, lots: int, paid: int, got: int, side: Side = Side.BUY
) -> Trade:
    gain = got - paid if side is Side.BUY else paid - got
    return Trade(1, AAA, side, lots, first * 10, last * 10, paid, got, gain, fees=7)


def closing(trade: Trade) -> Fill:
    side = Side.SELL if trade.side is Side.BUY else Side.BUY
    return Fill("e", "c", 1, trade.instrument, side, trade.lots, 1, trade.exit_value, 0, trade.exit_time)


def measured(
    trades: Sequence[Trade], market: Bars, actions: Iterable[CorporateAction] = ()
) -> list[tuple[float, float]]:
    found = excursions(trades, [closing(trade) for trade in trades], {"AAA": market}, tuple(actions))
    return list(zip(found.mae_amount.tolist(), found.mfe_amount.tolist(), strict=True))


def test_a_long_trade_is_measured_at_the_lows_and_highs_from_entry_to_the_bar_before_its_exit() -> None:
    market = bars((1, 999), (95, 104), (80, 110), (90, 130), (1, 999))
    trade = closed(1, 4, lots=10, paid=1_000, got=1_200)
    assert measured([trade], market) == [(-200, 300)]


def test_a_short_trade_is_measured_the_other_way_round() -> None:
    market = bars((95, 104), (80, 110), (1, 999))
    trade = closed(0, 2, lots=10, paid=1_000, got=900, side=Side.SELL)
    assert measured([trade], market) == [(-100, 200)]


def test_the_exit_itself_is_an_excursion_although_the_rest_of_its_bar_is_not() -> None:
    market = bars((95, 104), (1, 999))
    assert measured([closed(0, 1, lots=10, paid=1_000, got=500)], market) == [(-500, 40)]
    assert measured([closed(0, 1, lots=10, paid=1_000, got=2_000)], market) == [(-50, 1_000)]


def test_a_trade_within_one_bar_has_its_result_as_its_only_excursion() -> None:
    market = bars((1, 999), (1, 999))
    assert measured([closed(0, 0, 10, 1_000, 1_100), closed(1, 1, 10, 1_000, 900)], market) == [
        (0, 100),
        (-100, 0),
    ]


def test_excursions_are_fractions_of_the_money_entered() -> None:
    market = bars((90, 130), (1, 999))
    trade = closed(0, 1, lots=10, paid=1_000, got=1_000)
    found = excursions([trade, replace(trade, entry_value=0)], [closing(trade)], {"AAA": market}, ())
    assert found.mae[0] == pytest.approx(-0.10)
    assert found.mfe[0] == pytest.approx(0.30)
    assert (found.mae[1], found.mfe[1]) == (0, 0)


def test_a_split_within_a_trade_does_not_look_like_a_crash() -> None:
    market = bars((95, 104), (90, 110), (45, 60), (48, 50))
    trade = closed(0, 3, lots=20, paid=1_000, got=980)
    assert measured([trade], market, [Split("AAA", 15, 2, 1)]) == [(-100, 200)]


def test_a_split_on_the_day_of_the_exit_counts_the_lots_in_new_shares() -> None:
    market = bars((95, 104), (90, 110), (45, 60))
    trade = closed(0, 2, lots=20, paid=1_000, got=1_000)
    assert measured([trade], market, [Split("AAA", 20, 2, 1)]) == [(-100, 100)]


def test_a_trade_that_a_split_ended_is_counted_in_the_shares_before_it() -> None:
    market = bars((95, 104), (90, 110), (950, 1_040))
    trade = closed(0, 2, lots=5, paid=500, got=500)
    reverse = (Split("AAA", 20, 1, 10),)
    found = excursions([trade], [], {"AAA": market}, reverse)
    assert (found.mae_amount[0], found.mfe_amount[0]) == (-50, 50)


@pytest.mark.parametrize("action", [Split("AAA", 0, 2, 1), Split("BBB", 10, 2, 1), Split("AAA", 30, 2, 1)])
def test_a_split_outside_the_trade_changes_nothing(action: Split) -> None:
    market = bars((95, 104), (90, 110), (1, 999), (1, 999))
    assert measured([closed(0, 2, 10, 1_000, 1_000)], market, [action]) == [(-100, 100)]


def test_a_symbol_without_bars_leaves_the_results_alone() -> None:
    trade = closed(0, 2, 10, 1_000, 900)
    for ranges in ({}, {"AAA": Bars(*np.empty((3, 0), np.int64))}):
        found = excursions([trade], [closing(trade)], ranges, ())
        assert (found.mae_amount.tolist(), found.mfe_amount.tolist()) == ([-100], [0])


def test_without_trades_there_are_no_excursions() -> None:
    found = excursions([], [], {}, ())
    assert len(found.mae) == len(found.mfe) == 0


def test_shares_at_the_end_multiply_over_later_splits() -> None:
    splits = [Split("AAA", 5, 2, 1), Split("AAA", 20, 3, 1), Split("AAA", 31, 7, 1)]
    assert shares_at_the_end(np.array([0, 10, 20, 30]), splits, "AAA").tolist() == [6, 3, 1, 1]


DAYS = 12


@st.composite
def markets(draw: st.DrawFn) -> tuple[Bars, list[Trade], list[Split]]:
    """Random bars, trades one after the other, and splits."""
    prices = st.integers(1, 10_000)
    ranges = draw(st.lists(st.tuples(prices, prices).map(sorted), min_size=DAYS, max_size=DAYS))
    ends = sorted(draw(st.lists(st.integers(0, DAYS - 1), max_size=8)))
    trades = [
        closed(first, last, draw(st.integers(1, 90)), draw(prices), draw(prices), draw(st.sampled_from(Side)))
        for first, last in zip(ends[::2], ends[1::2], strict=False)
    ]
    day = st.integers(-1, DAYS).map(lambda number: number * 10 - 3)
    splits = st.builds(Split, st.sampled_from(["AAA", "BBB"]), day, st.integers(1, 4), st.integers(1, 4))
    return bars(*ranges), trades, draw(st.lists(splits, max_size=3))


def walked(trade: Trade, market: Bars, splits: list[Split]) -> tuple[Fraction, Fraction]:
    """Walk through a trade's bars, exactly."""
    seen = [Fraction(0), Fraction(trade.realised)]
    stamps = market.timestamps.tolist()
    for row, time in enumerate(stamps):
        if not trade.entry_time <= time < trade.exit_time:
            continue
        share = Fraction(1)
        for split in splits:
            acts = next((stamp for stamp in stamps if stamp >= split.ex_time), None)
            if split.symbol == "AAA" and acts is not None and time < acts <= trade.exit_time:
                share *= split.ratio
        for price in (int(market.lows[row]), int(market.highs[row])):
            value = price * trade.lots / share
            seen.append(value - trade.entry_value if trade.side is Side.BUY else trade.entry_value - value)
    return min(seen), max(seen)


@given(markets())
def test_excursions_are_those_of_a_walk_through_the_bars(
    case: tuple[Bars, list[Trade], list[Split]],
) -> None:
    market, trades, splits = case
    for (mae, mfe), trade in zip(measured(trades, market, splits), trades, strict=True):
        worst, best = walked(trade, market, splits)
        assert (mae, mfe) == (pytest.approx(float(worst), abs=0.51), pytest.approx(float(best), abs=0.51))


@given(markets())
def test_no_trade_ends_outside_its_excursions(case: tuple[Bars, list[Trade], list[Split]]) -> None:
    market, trades, splits = case
    for (mae, mfe), trade in zip(measured(trades, market, splits), trades, strict=True):
        assert mae <= min(0, trade.realised)
        assert mfe >= max(0, trade.realised)

"""Nothing after the current bar can be known: not from views, not from decisions."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.data.sample.source import load
from app.engine.simulation import Simulation
from app.indicators.sma import SMA
from app.ports import (
    BpsOfNotional,
    DataRequest,
    MarketData,
    OrderType,
    Place,
    Side,
    Split,
    Timeframe,
    VenueModel,
)
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

COLUMNS = ("opens", "highs", "lows", "closes", "volumes")
LATEST = ("time", "open", "high", "low", "close", "volume", "fast", "slow")


def simulated(market):
    indicators = {"fast": SMA(2), "slow": SMA(3, source="highs")}
    return Simulation(market, VenueModel(BpsOfNotional(Decimal(0))), "USD", indicators)


def views_by_step(market, count):
    """Return everything that a strategy could read at each of the first steps, as bytes."""
    simulation = simulated(market)
    seen = []
    for step in range(count):
        simulation.advance(step)
        bars = simulation.bars
        view = {
            symbol: (
                [getattr(bar, name).tobytes() for name in COLUMNS],
                np.array([getattr(bar, name) for name in LATEST], np.float64).tobytes(),
            )
            for symbol, bar in bars.items()
        }
        seen.append((bars.time, bars.updated, list(bars), view))
    return seen


garbage_bars = st.tuples(*[st.integers(1, 10**6)] * 4, st.integers(0, 10**6))


@st.composite
def futures(draw, markets, day):
    """Draw a market, a moment in it, and the same market with another future after that moment."""
    bars, actions = draw(markets)
    periods = len(bars["AAA"])
    cut = draw(st.integers(0, periods - 2))
    other = {}
    for symbol, rows in bars.items():
        future = draw(st.lists(st.one_of(st.none(), garbage_bars), min_size=periods, max_size=periods))
        future[-1] = future[-1] or (1, 1, 1, 1, 1)
        other[symbol] = [*rows[: cut + 1], *future[cut + 1 :]]
    later = day(cut + 1)
    known = [action for action in actions if action.ex_time < later]
    more = [Split("AAA", day(draw(st.integers(cut + 1, periods))), draw(st.integers(1, 9)), 4)]
    return cut, (bars, actions), (other, (*known, *more))


@settings(max_examples=60)
@given(st.data())
def test_views_are_the_same_whatever_the_future_is(small, markets, day, data):
    _, one, other = parts = data.draw(futures(markets, day))
    market, changed = small(one[0], actions=one[1]), small(other[0], actions=other[1])
    steps = steps_until(parts[0], market, day)
    assert views_by_step(changed, steps) == views_by_step(market, steps)


@settings(max_examples=60)
@given(st.data())
def test_fills_and_cash_until_now_are_the_same_whatever_the_future_is(small, markets, day, replay, data):
    cut, one, other = data.draw(futures(markets, day))
    came_to = []
    for bars, actions in (one, other):
        strategy = SmaCross(SmaCrossOptions(fast=1, slow=2))
        result = replay(small(bars, actions=actions), strategy, bps="10", capital="4000").result
        came_to.append(
            (
                [
                    (fill.time, fill.lots, fill.ticks, fill.fee)
                    for fill in result.fills
                    if fill.time <= day(cut)
                ],
                [(entry.time, entry.amount) for entry in result.cash if entry.time <= day(cut)],
            )
        )
    assert came_to[0] == came_to[1]


def steps_until(cut, market, day):
    """Return how many timestamps there are until the end of a day."""
    times = {time for series in market.series.values() for time in series.timestamps.tolist()}
    return sum(time <= day(cut) for time in times)


def test_what_a_strategy_sees_cannot_be_written(small):
    simulation = simulated(small({"AAA": [1, 2, 3, 4]}))
    simulation.advance(0)
    simulation.advance(1)
    for name in COLUMNS:
        view = getattr(simulation.bars["AAA"], name)
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 7
        with pytest.raises(ValueError, match="WRITEABLE"):
            view.flags.writeable = True


def test_nothing_can_be_assigned_to_the_latest_bar(small):
    simulation = simulated(small({"AAA": [1, 2]}))
    simulation.advance(0)
    for name in ("close", "closes", "time"):
        with pytest.raises(AttributeError):
            setattr(simulation.bars["AAA"], name, 1.0)
    with pytest.raises(TypeError):
        simulation.bars["AAA"] = None
    with pytest.raises(TypeError):
        simulation.book.orders["ID"] = None


def test_a_symbol_is_unknown_before_its_first_bar(small):
    simulation = simulated(small({"AAA": [1, 2, 3], "BBB": [None, None, 9]}))
    for step in range(2):
        simulation.advance(step)
        assert list(simulation.bars) == ["AAA"]
        assert simulation.book.last_ticks("BBB") is None
        with pytest.raises(KeyError):
            simulation.bars["BBB"]
    simulation.advance(2)
    assert simulation.bars["BBB"].close == 9


def test_a_view_names_no_attribute_that_leads_to_symbols_without_a_bar(small):
    simulation = simulated(small({"AAA": [1, 2], "BBB": [None, 9]}))
    simulation.advance(0)
    public = [getattr(simulation.bars, name) for name in dir(simulation.bars) if not name.startswith("_")]
    assert not any("BBB" in value for value in public if isinstance(value, dict | tuple | list))
    assert not hasattr(simulation.bars, "views")


def test_the_adjusted_closes_of_the_sample_go_on_evenly_over_its_splits():
    market = load(DataRequest(("AAPL", "MSFT")))
    simulation = simulated(market)
    for step in range(len(simulation.timeline)):
        simulation.advance(step)
    splits = [action for action in market.actions if isinstance(action, Split)]
    assert len(splits) == 3
    for split in splits:
        series = market.series[split.symbol]
        row = series.timestamps.tolist().index(split.ex_time)
        adjusted = simulation.bars[split.symbol].closes
        raw = series.closes[row] / series.closes[row - 1]
        assert raw < 0.6
        assert adjusted[row] / adjusted[row - 1] == pytest.approx(2 * raw)
        assert 0.9 < adjusted[row] / adjusted[row - 1] < 1.1


OFFSET = 14 * Timeframe.H1.nanoseconds


@pytest.mark.parametrize("stop", [None, 15], ids=["market", "stop"])
def test_an_order_waits_until_every_bar_that_its_maker_saw_has_ended(small, replay, day, stop):
    # AAA's day 1 ends at midnight; BBB's bar of 14:00 that day starts before AAA's close is known.
    market = small({"AAA": [10, 20, 20, 20], "BBB": [10, (10, 20, 10, 20), 20, 20]})
    late = replace(market.series["BBB"], timestamps=market.series["BBB"].timestamps + OFFSET)
    market = MarketData({"AAA": market.series["AAA"], "BBB": late})
    order = Place("BBB", Side.BUY, 1, OrderType.STOP if stop else OrderType.MARKET, stop=stop)
    steps = {time: step for step, time in enumerate(simulated(market).timeline.times.tolist())}
    (fill,) = replay(market, {steps[day(1)]: [order]}).result.fills
    assert (fill.time, fill.price) == (day(2) + OFFSET, 20)
    # Seen with BBB's bar of 14:00, which ends at 14:00 the next day: AAA's next midnight is too early.
    other = Place("AAA", Side.BUY, 1)
    (fill,) = replay(market, {steps[day(1) + OFFSET]: [other]}).result.fills
    assert fill.time == day(3)


@pytest.mark.parametrize("timeframe", [Timeframe.M1, Timeframe.D1, Timeframe.W1])
def test_where_labels_agree_an_order_fills_at_the_symbols_next_bar(small, replay, timeframe):
    market = small({"AAA": [1, 1, None, 1], "BBB": [1, 1, 1, 1]}, timeframe=timeframe)
    program = {step: [Place(symbol, Side.BUY, 1) for symbol in ("AAA", "BBB")] for step in range(3)}
    times = market.series["BBB"].timestamps.tolist()
    filled = [
        (times.index(fill.time), fill.instrument.symbol) for fill in replay(market, program).result.fills
    ]
    assert filled == [(1, "AAA"), (1, "BBB"), (2, "BBB"), (3, "AAA"), (3, "AAA"), (3, "BBB")]

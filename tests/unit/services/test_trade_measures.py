"""Trades measured batch by batch, as they are stored."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.excursions import excursions
from app.ports import OrderType, Place, Side, Split
from app.services.trade_measures import TradeMeasures

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

CAPITAL = "1000000"
DAYS = 16


def stored(replayed):
    """Return the measures of a run's trades, batch by batch."""
    measures = TradeMeasures(replayed.market)
    batches = replayed.recorded.batches
    return [each for batch in batches for each in measures.of(batch.trades, batch.fills)]


def test_a_trade_has_its_bars_and_its_excursions(small, replay):
    market = small({"A": [100, (100, 104, 95, 100), (100, 120, 90, 100), (100, 100, 100, 100)]})
    program = {0: [Place("A", Side.BUY, 10)], 2: [Place("A", Side.SELL, 10)]}
    (measure,) = stored(replay(market, program, capital=CAPITAL))
    assert (measure.bars, measure.ambiguous) == (2, False)
    assert (measure.mae, measure.mfe) == (pytest.approx(-0.10), pytest.approx(0.20))


def test_a_trade_that_an_ambiguous_fill_of_an_earlier_batch_built_up_is_ambiguous(small, replay):
    pair = [
        Place("A", Side.BUY, 1, OrderType.STOP, stop=Decimal(13), group="one"),
        Place("A", Side.BUY, 1, OrderType.LIMIT, limit=Decimal(8), group="one"),
    ]
    market = small({"A": [10, (10, 14, 7, 9), 10, 10]})
    replayed = replay(market, {0: pair, 2: [Place("A", Side.SELL, 1)]}, capital=CAPITAL)
    (trade,), (entry, exit_) = replayed.result.trades, replayed.result.fills
    measures = TradeMeasures(market)
    assert list(measures.of([], [entry])) == []
    (measure,) = measures.of([trade], [exit_])
    assert measure.ambiguous


prices = st.integers(50, 150)
bars = st.tuples(prices, prices, prices, prices).map(lambda four: (four[0], max(four), min(four), four[1]))


@given(
    rows=st.lists(bars, min_size=DAYS, max_size=DAYS),
    turns=st.lists(st.integers(0, DAYS - 2), min_size=2, max_size=8, unique=True).map(sorted),
    split=st.tuples(st.integers(0, DAYS), st.integers(1, 3), st.integers(1, 3)),
    cut=st.integers(0, DAYS),
)
def test_its_own_bars_measure_a_trade_as_the_whole_market_does(
    small, replay, day, *, rows, turns, split, cut
):
    actions = [Split("A", day(split[0]), *split[1:])]
    program = {
        step: [Place("A", Side.SELL if place % 2 else Side.BUY, 6)] for place, step in enumerate(turns)
    }
    result = replay(small({"A": rows}, actions=actions), program, capital=CAPITAL).result
    market = small({"A": rows}, actions=actions)
    whole = excursions(result.trades, result.fills, market.series, market.actions)
    measures = TradeMeasures(market)
    found = []
    for earlier in (True, False):
        trades = [trade for trade in result.trades if (trade.exit_time < day(cut)) is earlier]
        fills = [fill for fill in result.fills if (fill.time < day(cut)) is earlier]
        found += measures.of(trades, fills)
    assert [each.mae for each in found] == pytest.approx(whole.mae.tolist())
    assert [each.mfe for each in found] == pytest.approx(whole.mfe.tolist())

"""A replay from its first bar to its result."""

from decimal import Decimal

import numpy as np
import pytest

from app.ports import OrderType, Place, RunStatus, Side, Strategy, Timeframe
from plugins_pipeline import backtest
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

BUY = {0: [Place("AAA", Side.BUY, 10)]}


def test_a_run_comes_to_a_complete_result(small, replay, day):
    market = small({"AAA": [10, 10, 12], "BBB": [None, 5, 5]})
    result = replay(market, BUY, capital="1000", bps="10").result
    assert (result.status, result.currency, result.bars) == (RunStatus.COMPLETED, "USD", 5)
    assert result.period == (day(0), day(2))
    assert result.equity.equity.tolist() == [100_000, 99_990, 101_990]
    assert (len(result.orders), len(result.fills), len(result.trades), result.fees) == (1, 1, 0, 10)
    assert dict(result.last_ticks) == {"AAA": 1_200, "BBB": 500}
    assert result.statistics["total_return"] == pytest.approx(0.0199)
    assert result.benchmark_name == "the market"
    assert len(result.benchmark) == len(result.equity)
    assert result.benchmark[0] == pytest.approx(100_000)


def test_a_run_that_is_asked_to_stop_ends_at_the_next_timestamp_as_interrupted(small, replay, day):
    replayed = replay(small({"AAA": [10, 10, 12, 13]}), BUY, stop_after=2)
    result = replayed.result
    assert result.status is RunStatus.INTERRUPTED
    assert (len(result.equity), result.period, result.bars) == (2, (day(0), day(1)), 2)
    assert replayed.recorded.batches[-1].progress == 0.5
    assert len(replayed.recorded.batches[-1].fills) == 1


def test_a_run_that_is_stopped_before_its_first_bar_has_a_result_all_the_same(small, replay):
    replayed = replay(small({"AAA": [10, 10]}), BUY, stop_after=0)
    assert replayed.result.status is RunStatus.INTERRUPTED
    assert (len(replayed.result.equity), replayed.result.bars) == (0, 0)
    assert replayed.cash == [("deposit", 10_000_000)]


def test_an_interrupted_run_cancels_its_orders_at_the_last_step_taken(small, replay, day):
    stop = Place("AAA", Side.BUY, 1, OrderType.STOP, stop=99)
    replayed = replay(small({"AAA": [10, 10, 10]}), {0: [stop]}, stop_after=2)
    assert replayed.orders == [("canceled", "interrupted")]
    (order,) = replayed.result.orders
    assert order.updated_at == day(1)
    assert list(replayed.recorded.batches[-1].orders) == [order] == replayed.strategy.heard[-1:]


def test_a_long_run_is_recorded_in_batches_as_it_goes(small, replay):
    count = backtest.BATCH + 7
    market = small({"AAA": [10] * count}, timeframe=Timeframe.M1)
    program = {step: [Place("AAA", Side.BUY, 1)] for step in (0, 1, count - 3)}
    replayed = replay(market, program)
    batches = replayed.recorded.batches
    assert [batch.progress for batch in batches] == [backtest.BATCH / count, 1]
    assert [len(batch.fills) for batch in batches] == [2, 1]
    assert [len(batch.orders) for batch in batches] == [2, 1]
    assert replayed.progress == [(backtest.BATCH, count), (count, count)]


def test_the_same_input_gives_the_same_result(small, replay):
    rng = np.random.default_rng(5)
    market = small({"AAA": (1000 + rng.integers(-50, 50, 300).cumsum()).clip(1).tolist()})

    def run(run_id):
        strategy = SmaCross(SmaCrossOptions(fast=3, slow=9))
        return replay(market, strategy, bps="10", run_id=run_id).result

    one, other = run("one"), run("two")
    assert one.trades
    assert one.state_hash == other.state_hash
    assert np.array_equal(one.equity.equity, other.equity.equity)


class Hears(Strategy):
    """Buys once, and remembers when it heard of what."""

    def __init__(self):
        super().__init__()
        self.log = []

    def decide(self, *_):
        self.log.append("asked")
        return [Place("AAA", Side.BUY, 1)] if self.log == ["asked"] else []

    def on_order_update(self, order):
        self.log.append(order.status.value)


def test_a_strategy_hears_of_its_fill_before_it_is_asked_again(small, replay):
    strategy = Hears()
    replay(small({"AAA": [10, 10, 10]}), strategy)
    assert strategy.log == ["asked", "accepted", "filled", "asked", "asked"]


def test_its_debug_information_says_how_far_it_came():
    assert backtest.Backtest().get_debug_info() == {"steps": 0, "status": ""}


def test_the_capital_is_paid_in_to_the_cent(small, replay):
    replayed = replay(small({"AAA": [10]}), {}, capital="12345.67")
    assert replayed.cash == [("deposit", 1_234_567)]
    assert replayed.result.equity.cash[0] == Decimal("12345.67") * 100

"""What a compiled run refuses or leaves to Python, and what its tables take."""

import sys
from dataclasses import replace
from decimal import Decimal
from math import nan

import pytest

from app.domain.errors import ConfigurationError, PluginError
from app.domain.events import Dividend
from app.ports import Program, RunContext, Target, compiled
from app.services.speed import planned
from plugins_broker.simulated import Simulated
from plugins_pipeline.backtest import Backtest
from plugins_portfolio.fixed_quantity import FixedQuantity, FixedQuantityOptions
from plugins_strategy.buy_and_hold import BuyAndHold
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

DAY = 86_400 * 10**9
BARS = [10, 11, 12, 11, 9, 8, 9, 12, 14, 13, 9, 7]


@compiled
def third(state, columns, row, params):
    return (1 / 3 if row == 3 else nan), nan, nan, nan, 0.0


@compiled
def ahead(state, columns, row, params):
    return columns[0][row + 10_000_000], nan, nan, nan, 0.0


class Third(SmaCross):
    """Wants a third, which has no six decimals."""

    def program(self) -> Program:
        return Program(third, ("closes",))

    def decide(self, bars, book):
        return ()


class Ahead(Third):
    def program(self) -> Program:
        return Program(ahead, ("closes",))

    def decide(self, bars, book):
        return ()


class Other(SmaCross):
    """Decides otherwise and says nothing of its parent's program."""

    def decide(self, bars, book):
        return ()


class Doubled(FixedQuantity):
    def size(self, targets, weights, bars, book, instruments):
        return ()


class Discard:
    def write(self, batch):
        """Keep nothing."""


@pytest.fixture
def context(small, folder):
    data = small({"AAA": BARS})
    return RunContext(
        run_id="run",
        portfolio_name="portfolio",
        strategy_name="mine",
        currency="USD",
        capital=Decimal(100_000),
        market=data,
        seed=1,
        benchmark=data,
        benchmark_name="",
        strategy=SmaCross(SmaCrossOptions(fast=1, slow=2)),
        portfolio=FixedQuantity(),
        broker=Simulated(),
        recorder=Discard(),
        progress=lambda _done, _total: None,
        stopping=lambda: False,
        speed="compiled",
        kernels=folder,
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"strategy": BuyAndHold()}, "strategy mine declares no program"),
        ({"strategy": Other(SmaCrossOptions())}, "strategy mine changes decide() and not program()"),
        ({"portfolio": Doubled()}, "portfolio Doubled changes size() and not signal_sizing()"),
        ({"rules": (object(),)}, "plugins offer risk rules"),
        ({"kernels": None}, "no folder for compiled kernels"),
    ],
)
def test_what_cannot_be_compiled_is_named(context, changes, why):
    plan = planned(replace(context, **changes))
    assert plan.program is None
    assert why in plan.notice


def test_nothing_is_said_where_nobody_asked_for_more(context):
    plan = planned(replace(context, speed="auto", strategy=BuyAndHold()))
    assert (plan.program, plan.notice) == (None, "")


def test_an_unknown_speed_is_refused(context):
    with pytest.raises(ConfigurationError, match=r"run\.speed is 'fast'"):
        planned(replace(context, speed="fast"))


def test_a_signal_of_many_decimals_is_left_to_python_and_the_run_says_so(context):
    result = Backtest().run(replace(context, strategy=Third(SmaCrossOptions())))
    assert "six decimals" in result.notices[-1]
    assert result.fills == []


def test_a_program_that_reads_behind_its_columns_is_stopped(context):
    with pytest.raises(PluginError, match="outside of its columns"):
        Backtest().run(replace(context, strategy=Ahead(SmaCrossOptions())))


def test_tables_grow_for_any_number_of_corporate_actions(context):
    times = next(iter(context.market.series.values())).timestamps
    paid = [Dividend("AAA", int(times[8]), int(times[9]), Decimal("0.01"), "USD")] * 3_000
    market = replace(context.market, actions=tuple(paid))
    compiled_run = Backtest().run(replace(context, market=market))
    strategy = SmaCross(SmaCrossOptions(fast=1, slow=2))
    other = Backtest().run(replace(context, market=market, strategy=strategy, speed="interpreted"))
    assert sum(entry.kind == "dividend" for entry in compiled_run.cash) == 3_000
    assert compiled_run.state_hash == other.state_hash


LIMIT = 5.0  # a name that the kernel has too, for something else


@compiled
def named_like_the_kernel(state, columns, row, params):
    return (1.0 if columns[0][row] > LIMIT else nan), nan, nan, nan, 0.0


@compiled
def with_a_helper(state, columns, row, params):
    return helper(row), nan, nan, nan, 0.0


def helper(row):
    return float(row)


class Named(Third):
    def program(self) -> Program:
        return Program(named_like_the_kernel, ("closes",))

    def decide(self, bars, book):
        return [Target(symbol, signal=1) for symbol in bars.updated if bars[symbol].close > LIMIT]


class Helped(Third):
    def program(self) -> Program:
        return Program(with_a_helper, ("closes",))

    def decide(self, bars, book):
        return ()


def test_a_strategys_numbers_are_its_own_whatever_the_kernel_calls_its_own(context):
    states = {
        Backtest().run(replace(context, strategy=Named(SmaCrossOptions()), speed=speed)).state_hash
        for speed in ("interpreted", "compiled")
    }
    assert len(states) == 1


def test_a_program_that_calls_what_cannot_be_compiled_is_named(context):
    plan = planned(replace(context, strategy=Helped(SmaCrossOptions())))
    assert plan.program is None
    assert "uses 'helper'" in plan.notice


def test_a_quantity_beyond_64_bits_is_left_to_python(context):
    quantity = FixedQuantityOptions(quantity=Decimal("9999999999.123456789012345678"))
    result = Backtest().run(replace(context, portfolio=FixedQuantity(quantity)))
    assert "64 bits" in result.notices[-1]
    assert {order.status for order in result.orders} == {"denied"}


@pytest.mark.skipif(sys.platform == "win32", reason="modes are those of POSIX")
def test_a_folder_that_others_may_write_is_refused(context, tmp_path):
    shared = tmp_path / "kernels"
    shared.mkdir()
    shared.chmod(0o777)
    plan = planned(replace(context, kernels=shared))
    assert plan.program is None
    assert "can be written by other users" in plan.notice

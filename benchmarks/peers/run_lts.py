"""The workloads on LTS, through the pieces that plugins and pipelines use; everything stays in memory."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from importlib.metadata import version
from itertools import product
from types import ModuleType

import msgspec
import numpy as np
from platformdirs import user_cache_path

from app.domain.bars import Timeframe
from app.engine.compiled.driver import Stage, WholeRun, write_back
from app.engine.kernel import layout as at
from app.engine.simulation import Simulation
from app.indicators.base import Indicator
from app.indicators.momentum import ROC
from app.ports import (
    Bars,
    BarSeries,
    BookView,
    Cancel,
    Instrument,
    Intent,
    MarketData,
    Order,
    OrderStatus,
    OrderType,
    Place,
    RunContext,
    RunResult,
    Side,
    Strategy,
    Target,
)
from app.services._sweep.compiled import compiled_row
from app.services._sweep.rows import Row
from app.services.kernels import kernel_module
from benchmarks.markets import Walk
from benchmarks.peers import rules
from benchmarks.peers.protocol import Outcome, answer, timed
from plugins_broker.simulated import Simulated
from plugins_pipeline.backtest import Backtest
from plugins_portfolio.equal_weight import EqualWeight, EqualWeightOptions
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions, SmaCrossState, crossing


class GuardedState(SmaCrossState):
    """What `SmaCross` remembers, and the purchase that has no stop yet, as (symbol, shares, price)."""

    unguarded: tuple[str, Decimal, Decimal] | None = None


class GuardedSmaCross(SmaCross):
    """The crossing with a stop under every position; it buys only when flat."""

    State = GuardedState
    state: GuardedState

    def on_order_update(self, order: Order) -> None:
        """Remember a purchase, so that the next decision can guard it."""
        if order.status is OrderStatus.FILLED and order.request.side is Side.BUY:
            assert order.average_price is not None
            self.state.unguarded = (order.symbol, order.filled, order.average_price)

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return the crossing's target with what it means for the stop, or the stop for a new position."""
        bought, self.state.unguarded = self.state.unguarded, None
        for target in super().decide(bars, book):
            assert isinstance(target, Target)
            held = book.lots(target.symbol) != 0
            if held and not target.signal:
                return [*map(Cancel, book.orders), target]
            if not held and target.signal:
                return [target]
        if bought is None:
            return ()
        symbol, quantity, price = bought
        stop = price * rules.STOP_PERCENT / 100
        return [Place(symbol, Side.SELL, quantity, type=OrderType.STOP, stop=stop)]


class RotationState(msgspec.Struct):
    """How many bars there have been."""

    bars: int = 0


class Rotation(Strategy):
    """Hold the symbols of the highest momentum in equal parts, chosen anew every so many bars."""

    State = RotationState
    state: RotationState

    def indicators(self) -> Mapping[str, Indicator]:
        """Return the momentum."""
        return {"momentum": ROC(rules.ROTATION_LOOKBACK)}

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return the weights of the chosen symbols, and zero for what is held of the others."""
        bar = self.state.bars
        self.state.bars += 1
        if not rules.rotates(bar):
            return ()
        ranked = sorted(bars, key=lambda symbol: bars[symbol].momentum, reverse=True)
        chosen, others = ranked[: rules.ROTATION_TOP], ranked[rules.ROTATION_TOP :]
        return [
            *(Target(symbol, weight=rules.ROTATION_WEIGHT) for symbol in chosen),
            *(Target(symbol, quantity=0) for symbol in others if book.lots(symbol)),
        ]


class Discard:
    """A recorder that keeps nothing, so that the engine alone is measured."""

    def write(self, batch: object) -> None:
        """Take a batch."""


def market(walk: Walk) -> MarketData:
    """Return a walk as market data; its symbols are S00, S01 ..."""
    series = {}
    for row in range(walk.symbols):
        symbol = f"S{row:02}"
        series[symbol] = BarSeries(
            instrument=Instrument(symbol, tick=Decimal("0.01")),
            timeframe=Timeframe.M1,
            timestamps=walk.timestamps,
            opens=walk.opens[row],
            highs=walk.highs[row],
            lows=walk.lows[row],
            closes=walk.closes[row],
            volumes=walk.volumes[row],
            flags=np.zeros(len(walk.timestamps), np.uint8),
        )
    return MarketData(series, source="walk")


def context(data: MarketData, strategy: Strategy) -> RunContext:
    """Return a run of a strategy under the rules that all engines share."""
    return RunContext(
        run_id="benchmark",
        portfolio_name="benchmark",
        strategy_name=type(strategy).__name__,
        currency="USD",
        capital=Decimal(rules.CAPITAL),
        market=data,
        seed=1,
        benchmark=data,
        benchmark_name="",
        strategy=strategy,
        portfolio=EqualWeight(),
        broker=Simulated(),
        recorder=Discard(),
        progress=lambda _done, _total: None,
        stopping=lambda: False,
    )


def backtested(walk: Walk, strategy: Strategy) -> Outcome:
    """Return what a backtest by the class API came to; its time includes equity curve and statistics."""
    run = context(market(walk), strategy)
    seconds, result = timed(lambda: Backtest().run(run))
    return Outcome(seconds, len(result.fills), final_equity(result))


def final_equity(result: RunResult) -> float:
    """Return the last equity in currency units."""
    return int(result.equity.equity[-1]) / 100


def sma_cross(walk: Walk) -> Outcome:
    """Return the crossing, all in or flat."""
    return backtested(walk, SmaCross(SmaCrossOptions(fast=rules.FAST, slow=rules.SLOW)))


def sma_cross_stop(walk: Walk) -> Outcome:
    """Return the crossing with one resting stop per position."""
    return backtested(walk, GuardedSmaCross(SmaCrossOptions(fast=rules.FAST, slow=rules.SLOW)))


def rotation(walk: Walk) -> Outcome:
    """Return the rotation through many symbols."""
    return backtested(walk, Rotation())


def compiled_strategy(stop_percent: int = 0, fast: int = rules.FAST, slow: int = rules.SLOW) -> SmaCross:
    """Return the crossing; its stop is measured from the close that signals, not from the price paid."""
    return SmaCross(SmaCrossOptions(fast=fast, slow=slow, stop_percent=Decimal(stop_percent)))


def staged(walk: Walk) -> tuple[Stage, ModuleType]:
    """Return a walk as the kernel's columns, and the kernel, compiled or loaded."""
    simulation = Simulation(market(walk), Simulated().simulation(), "USD", {})
    folder = user_cache_path("lts", appauthor=False) / "kernels"
    return Stage.of(simulation), kernel_module(crossing, folder)


def compiled(walk: Walk, stop_percent: int = 0) -> Outcome:
    """Return the crossing as a compiled program; its time includes the averages, the equity and the hash."""
    stage, module = staged(walk)
    portfolio = EqualWeight(EqualWeightOptions(capital=Decimal(rules.CAPITAL)))
    strategy, venue = compiled_strategy(stop_percent), Simulated().simulation()
    seconds, row = timed(lambda: compiled_row((), stage, strategy, portfolio, venue, module=module))
    assert row is not None
    return Outcome(seconds, row.fills, row.final_equity / 100)


def kernel_alone(walk: Walk, stop_percent: int = 0) -> Outcome:
    """Return the crossing as a compiled program, timed from the first bar to the last and nothing else."""
    stage, module = staged(walk)
    simulation = Simulation(stage.market, Simulated().simulation(), "USD", {})
    simulation.deposit(rules.CAPITAL * 100)
    strategy = compiled_strategy(stop_percent)
    sizing = EqualWeight().signal_sizing(
        {series.instrument.symbol: series.instrument for series in stage.market.series.values()}
    )
    assert sizing is not None
    whole = WholeRun(stage, simulation.desk, strategy.program(), sizing, strategy.indicators(), module=module)
    whole.inputs()  # the averages are computed, and kept by the stage, before the clock runs
    seconds, _ = timed(whole.run)
    write_back(whole.desk, simulation.desk)
    cash = simulation.book.cash + simulation.desk[at.D_POSITIONS][0][at.P_LOTS] * int(
        stage.market.series["S00"].closes[-1]
    )
    return Outcome(seconds, len(simulation.fills), cash / 100)


def sweep(walk: Walk) -> Outcome:
    """Return every pair of lengths through the compiled kernel, in two threads, each row with its hash."""
    stage, module = staged(walk)
    venue = Simulated().simulation()
    sets = [*product(rules.SWEEP_FAST, rules.SWEEP_SLOW)]

    def one(lengths: tuple[int, int]) -> Row:
        portfolio = EqualWeight(EqualWeightOptions(capital=Decimal(rules.CAPITAL)))
        row = compiled_row(lengths, stage, compiled_strategy(0, *lengths), portfolio, venue, module=module)
        assert row is not None
        return row

    with ThreadPoolExecutor(2) as pool:
        seconds, rows = timed(lambda: list(pool.map(one, sets)))
    equity = sum(row.final_equity for row in rows) / len(rows) / 100
    return Outcome(seconds, sum(row.fills for row in rows), equity, sets=len(sets))


if __name__ == "__main__":
    answer(
        "LTS",
        version("lts-server"),
        {
            "sma_cross": sma_cross,
            "sma_cross_stop": sma_cross_stop,
            "rotation": rotation,
            "sma_cross:compiled": compiled,
            "sma_cross_stop:compiled": partial(compiled, stop_percent=2),
            "sma_cross:kernel": kernel_alone,
            "sma_cross_stop:kernel": partial(kernel_alone, stop_percent=2),
            "sweep:compiled": sweep,
        },
    )

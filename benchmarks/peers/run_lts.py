"""The workloads on LTS, through the pieces that plugins and pipelines use; everything stays in memory."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from importlib.metadata import version

import msgspec
import numpy as np

from app.domain.bars import Timeframe
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
from benchmarks.markets import Walk
from benchmarks.peers import rules
from benchmarks.peers.protocol import Outcome, answer, timed
from plugins_broker.simulated import Simulated
from plugins_pipeline.backtest import Backtest
from plugins_portfolio.equal_weight import EqualWeight
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions, SmaCrossState


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


if __name__ == "__main__":
    answer(
        "LTS",
        version("lts-server"),
        {"sma_cross": sma_cross, "sma_cross_stop": sma_cross_stop, "rotation": rotation},
    )

"""How fast the line takes bars, and whether its cost grows in proportion to them."""

import statistics
from decimal import Decimal
from time import perf_counter

import numpy as np

from app.domain.bars import Timeframe
from app.domain.instruments import Instrument
from app.engine.columns import BarSeries, MarketData
from app.ports import RunContext
from plugins_broker.simulated import Simulated
from plugins_pipeline.backtest import Backtest
from plugins_portfolio.equal_weight import EqualWeight
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

MINUTE = Timeframe.M1.nanoseconds


def market(bars: int, seed: int = 1) -> MarketData:
    """Return one symbol's minute bars: a random walk in cents that never falls to zero."""
    random = np.random.default_rng(seed)
    closes = 10_000 + np.cumsum(random.integers(-5, 6, bars))
    closes += max(0, 1_000 - int(closes.min()))
    opens = np.roll(closes, 1)
    opens[0] = closes[0]
    series = BarSeries(
        instrument=Instrument("WALK", tick=Decimal("0.01")),
        timeframe=Timeframe.M1,
        timestamps=np.arange(bars, dtype=np.int64) * MINUTE,
        opens=opens,
        highs=np.maximum(opens, closes) + 2,
        lows=np.minimum(opens, closes) - 2,
        closes=closes,
        volumes=np.full(bars, 1_000, np.int64),
        flags=np.zeros(bars, np.uint8),
    )
    return MarketData({"WALK": series}, source="random walk")


class Discard:
    """A recorder that keeps nothing, so that the engine alone is measured."""

    def write(self, batch: object) -> None:
        """Take a batch."""


def seconds(data: MarketData) -> tuple[float, int]:
    """Return how long one backtest takes, and its number of fills."""
    context = RunContext(
        run_id="benchmark",
        portfolio_name="benchmark",
        strategy_name="sma_cross",
        currency="USD",
        capital=Decimal(1_000_000),
        market=data,
        seed=1,
        benchmark=data,
        benchmark_name="",
        strategy=SmaCross(SmaCrossOptions(fast=10, slow=50)),
        portfolio=EqualWeight(),
        broker=Simulated(),
        recorder=Discard(),
        progress=lambda _done, _total: None,
        stopping=lambda: False,
    )
    started = perf_counter()
    result = Backtest().run(context)
    return perf_counter() - started, len(result.fills)


def main(sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000), rounds: int = 3) -> None:
    """Print bars per second at each size, interleaved, and the cost per bar against the smallest."""
    markets = {size: market(size) for size in sizes}
    taken: dict[int, list[tuple[float, int]]] = {size: [] for size in sizes}
    for _ in range(rounds):
        for size, data in markets.items():
            taken[size].append(seconds(data))
    per_bar = {size: statistics.median(time for time, _ in runs) / size for size, runs in taken.items()}
    print(f"{'bars':>9} {'fills':>7} {'bars/s':>10} {'cost per bar against the smallest':>34}")
    for size in sizes:
        ratio = per_bar[size] / per_bar[sizes[0]]
        print(f"{size:>9,} {taken[size][0][1]:>7,} {1 / per_bar[size]:>10,.0f} {ratio:>33.2f}x")

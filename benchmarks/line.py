"""How fast the line takes bars, and whether its cost grows in proportion to bars, symbols and orders."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from time import process_time

import numpy as np

from app.engine.columns import MarketData
from app.ports import Bars, BookView, Intent, Strategy, Target
from benchmarks.markets import walk
from benchmarks.peers.run_lts import context, market
from plugins_pipeline.backtest import Backtest
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

BARS = (10_000, 100_000, 1_000_000)
SYMBOLS = (3, 30, 300)
BARS_PER_SYMBOL = 2_000
ORDERS = (500, 5_000, 50_000)
BARS_UNDER_ORDERS = 100_000

Run = tuple[float, int]
"""Processor seconds and fills."""


class InAndOut(Strategy):
    """Buys and sells one symbol in turn, every so many bars: the orders alone differ between two of these."""

    def __init__(self, every: int) -> None:
        super().__init__()
        self.every = every
        self.bar = 0

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:  # noqa: ARG002 - the port's signature
        """Return the next target at each bar that is due."""
        self.bar += 1
        if self.bar % self.every:
            return ()
        return [Target(symbol, quantity=self.bar // self.every % 2) for symbol in bars.updated]


def ran(data: MarketData, strategy: Strategy) -> Run:
    """Return what one backtest takes, and its number of fills; nothing is stored."""
    run = context(data, strategy)
    started = process_time()
    result = Backtest().run(run)
    return process_time() - started, len(result.fills)


def crossed(data: MarketData) -> Run:
    """Return what the crossing of averages takes."""
    return ran(data, SmaCross(SmaCrossOptions(fast=10, slow=50)))


def medians(work: Mapping[int, Callable[[], Run]], rounds: int) -> dict[int, Run]:
    """Return each work's median time, taken in turn so that a machine that slows down slows all of them."""
    taken: dict[int, list[Run]] = {size: [] for size in work}
    for _ in range(rounds):
        for size, run in work.items():
            taken[size].append(run())
    return {size: (statistics.median(time for time, _ in runs), runs[0][1]) for size, runs in taken.items()}


def slope(seconds: Mapping[int, float]) -> float:
    """Return the power of the size with which the time grows: 1 is in proportion."""
    sizes, times = np.log(list(seconds)), np.log(list(seconds.values()))
    return float(np.polyfit(sizes, times, 1)[0])


def table(unit: str, found: Mapping[int, Run], units: Callable[[int], int], base: float = 0.0) -> None:
    """Print the time of each size without `base`, what a unit costs, and the slope over all sizes."""
    seconds = {size: max(time - base, 1e-9) for size, (time, _) in found.items()}
    print(f"{unit:>14} {'fills':>7} {'seconds':>9} {'a second':>12} {'microseconds each':>18}")
    for size, time in seconds.items():
        each = time / units(size)
        print(f"{size:>14,} {found[size][1]:>7,} {time:>9.3f} {1 / each:>12,.0f} {each * 1e6:>18.2f}")
    print(f"slope over {unit}: {slope(seconds):.2f}\n")


def main(rounds: int = 3) -> None:
    """Print how the cost grows with bars, with symbols, and with orders over the same bars."""
    by_bars = {size: market(walk(size)) for size in BARS}
    found = medians({size: lambda data=data: crossed(data) for size, data in by_bars.items()}, rounds)
    table("bars", found, lambda size: size)

    by_symbols = {size: market(walk(BARS_PER_SYMBOL, size)) for size in SYMBOLS}
    found = medians({size: lambda data=data: crossed(data) for size, data in by_symbols.items()}, rounds)
    table("symbols", found, lambda size: size * BARS_PER_SYMBOL)

    data = market(walk(BARS_UNDER_ORDERS))
    idle = 2 * BARS_UNDER_ORDERS
    work = {size: BARS_UNDER_ORDERS // size for size in ORDERS} | {0: idle}
    found = medians(
        {size: lambda every=every: ran(data, InAndOut(every)) for size, every in work.items()}, rounds
    )
    alone, _ = found.pop(0)
    print(f"{BARS_UNDER_ORDERS:,} bars without an order: {alone:.3f} s, which is taken off the rest")
    table("orders", found, lambda size: size, base=alone)

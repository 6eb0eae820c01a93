"""The workloads on vectorbt, which takes its Rust functions where they are installed, else those of numba.

The clock runs over averages, signals and the simulation of the orders; what vectorbt computes only when asked
for (values, statistics) is read afterwards.
"""

from itertools import product

import numpy as np
import vectorbt as vbt
from numpy.typing import NDArray
from vectorbt._engine import is_rust_available

from benchmarks.markets import Walk
from benchmarks.peers import rules
from benchmarks.peers.protocol import Outcome, answer, timed

COMMON = {
    "init_cash": rules.CAPITAL,
    "fees": rules.COMMISSION,
    "size_granularity": 1,
    "freq": "1min",
}


def prices(walk: Walk, name: str) -> rules.Float64:
    """Return a column of prices as vectorbt takes them: (bars, symbols)."""
    return np.ascontiguousarray(getattr(walk, name).T / 100)


def average(closes: rules.Float64, lengths: list[int]) -> rules.Float64:
    """Return the moving averages of one symbol, a column for each length."""
    averages = vbt.MA.run(closes[:, 0], lengths).ma.to_numpy()
    return averages.reshape(len(closes), len(lengths))


def at_next_bar(signals: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return signals one bar later, where their orders are filled."""
    later = np.zeros_like(signals)
    later[1:] = signals[:-1]
    return later


def crossing(walk: Walk, pairs: list[tuple[int, int]], **stops: object) -> Outcome:
    """Return the crossings of each pair of lengths, bought and sold at the next open."""
    opens, highs, lows, closes = (prices(walk, name) for name in ("opens", "highs", "lows", "closes"))

    def run() -> vbt.Portfolio:
        fasts, slows = ([*dict.fromkeys(lengths)] for lengths in zip(*pairs, strict=True))
        fast, slow = average(closes, fasts), average(closes, slows)
        chosen_fast = fast[:, [fasts.index(pair[0]) for pair in pairs]]
        chosen_slow = slow[:, [slows.index(pair[1]) for pair in pairs]]
        above, below = rules.crossings(rules.levels(chosen_fast, chosen_slow))
        return vbt.Portfolio.from_signals(
            closes,
            at_next_bar(above),
            at_next_bar(below),
            open=opens,
            high=highs,
            low=lows,
            price=opens,
            size=rules.INVESTED,
            size_type="percent",
            **stops,
            **COMMON,
        )

    seconds, portfolio = timed(run)
    equity = float(np.mean(portfolio.final_value()))
    return Outcome(seconds, len(portfolio.order_records), equity, sets=len(pairs))


def sma_cross(walk: Walk) -> Outcome:
    """Return the crossing, all in or flat."""
    return crossing(walk, [(rules.FAST, rules.SLOW)])


def sma_cross_stop(walk: Walk) -> Outcome:
    """Return the crossing with a stop under every position, from the bar after the purchase."""
    stop = 1 - rules.STOP_PERCENT / 100
    return crossing(
        walk,
        [(rules.FAST, rules.SLOW)],
        sl_stop=stop,
        stop_entry_price="fillprice",
        stop_exit_price="stopmarket",
    )


def sweep(walk: Walk) -> Outcome:
    """Return many pairs of lengths at once; fills are their sum and the equity is their mean."""
    return crossing(walk, [*product(rules.SWEEP_FAST, rules.SWEEP_SLOW)])


def rotation(walk: Walk) -> Outcome:
    """Return the rotation through many symbols, which share their cash."""
    opens, closes = prices(walk, "opens"), prices(walk, "closes")

    def run() -> vbt.Portfolio:
        size = np.full(closes.shape, np.nan)
        before = np.empty_like(closes)
        before[0], before[1:] = closes[0], closes[:-1]
        bars = [bar for bar in range(len(closes) - 1) if rules.rotates(bar)]
        momentum = closes[bars] / closes[np.array(bars) - rules.ROTATION_LOOKBACK]
        chosen = np.argsort(-momentum, axis=1, kind="stable")[:, : rules.ROTATION_TOP]
        for bar, columns in zip(bars, chosen, strict=True):
            size[bar + 1] = 0
            size[bar + 1, columns] = rules.ROTATION_WEIGHT
        return vbt.Portfolio.from_orders(
            closes,
            size,
            size_type="targetpercent",
            price=opens,
            val_price=before,
            cash_sharing=True,
            group_by=True,
            call_seq="auto",
            **COMMON,
        )

    seconds, portfolio = timed(run)
    return Outcome(seconds, len(portfolio.order_records), float(portfolio.final_value()))


if __name__ == "__main__":
    answer(
        "vectorbt",
        f"{vbt.__version__} ({'Rust' if is_rust_available() else 'numba'})",
        {"sma_cross": sma_cross, "sma_cross_stop": sma_cross_stop, "sweep": sweep, "rotation": rotation},
    )

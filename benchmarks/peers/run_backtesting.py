"""The workloads on backtesting.py."""

import backtesting
import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy

from benchmarks.markets import Walk
from benchmarks.peers import rules
from benchmarks.peers.protocol import Outcome, answer, timed


def spread(closes: rules.Float64) -> rules.Float64:
    """Return fast minus slow by bar."""
    prices = pd.Series(closes)
    fast = prices.rolling(rules.FAST).mean().to_numpy()
    return rules.levels(fast, prices.rolling(rules.SLOW).mean().to_numpy())


class SmaCross(Strategy):
    """The crossing, all in or flat."""

    def init(self) -> None:
        self.spread = self.I(spread, self.data.Close)

    def next(self) -> None:
        before, now = self.spread[-2], self.spread[-1]
        if before <= 0 < now:
            self.toward(rules.shares(self.equity, self.data.Close[-1]))
        elif before >= 0 > now:
            self.toward(0)

    def toward(self, wanted: int) -> None:
        """Order what leads from the holding to the wanted one."""
        change = wanted - self.position.size
        if change > 0:
            self.buy(size=change)
        elif change < 0:
            self.sell(size=-change)


class GuardedSmaCross(SmaCross):
    """The crossing with one resting stop per position; it buys only when flat."""

    def toward(self, wanted: int) -> None:
        if wanted and not self.position:
            self.buy(size=wanted)
        elif not wanted and self.position:
            for trade in self.trades:
                trade.sl = None
            self.position.close()

    def next(self) -> None:
        for trade in self.trades:
            if trade.sl is None:
                trade.sl = rules.guard(trade.entry_price)
        super().next()


def run(walk: Walk, strategy: type[Strategy]) -> Outcome:
    """Return what a backtest came to; its time includes the statistics, which the library always makes."""
    prices = {
        name: getattr(walk, column)[0] / 100
        for name, column in {"Open": "opens", "High": "highs", "Low": "lows", "Close": "closes"}.items()
    }
    frame = pd.DataFrame(
        {**prices, "Volume": walk.volumes[0].astype(np.float64)}, index=pd.to_datetime(walk.timestamps)
    )
    backtest = Backtest(frame, strategy, cash=rules.CAPITAL, commission=rules.COMMISSION)
    seconds, statistics = timed(backtest.run)
    open_ = statistics["_strategy"].trades
    closed = statistics["_trades"]
    entries = {*closed["EntryBar"], *(trade.entry_bar for trade in open_)}
    return Outcome(seconds, len(entries) + closed["ExitBar"].nunique(), statistics["Equity Final [$]"])


def sma_cross(walk: Walk) -> Outcome:
    """Return the crossing, all in or flat."""
    return run(walk, SmaCross)


def sma_cross_stop(walk: Walk) -> Outcome:
    """Return the crossing with one resting stop per position."""
    return run(walk, GuardedSmaCross)


if __name__ == "__main__":
    answer(
        "backtesting.py", backtesting.__version__, {"sma_cross": sma_cross, "sma_cross_stop": sma_cross_stop}
    )

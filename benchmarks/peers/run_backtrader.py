"""The workloads on backtrader."""

import backtrader as bt
import numpy as np

from benchmarks.markets import Walk
from benchmarks.peers import rules
from benchmarks.peers.protocol import Outcome, answer, timed

_EPOCH = 719_163  # the day 1970-01-01, as backtrader counts
_DAY = 86_400_000_000_000


class Feed(bt.DataBase):
    """One symbol from rows of (datetime, open, high, low, close, volume), the leanest feed there can be."""

    params = (("rows", ()), ("timeframe", bt.TimeFrame.Minutes))

    def start(self) -> None:
        super().start()
        self._next = iter(self.p.rows)

    def _load(self) -> bool:
        row = next(self._next, None)
        if row is None:
            return False
        lines = self.lines
        (
            lines.datetime[0],
            lines.open[0],
            lines.high[0],
            lines.low[0],
            lines.close[0],
            lines.volume[0],
        ) = row
        lines.openinterest[0] = 0.0
        return True


class Counting(bt.Strategy):
    """Counts fills."""

    def __init__(self) -> None:
        self.fills = 0

    def notify_order(self, order: bt.Order) -> None:
        if order.status == order.Completed:
            self.fills += 1


class SmaCross(Counting):
    """The crossing, all in or flat."""

    def __init__(self) -> None:
        super().__init__()
        self.fast = bt.indicators.SMA(period=rules.FAST)
        self.slow = bt.indicators.SMA(period=rules.SLOW)
        self.before = float("nan")

    def next(self) -> None:
        slow = self.slow[0]
        before, now = self.before, rules.level(self.fast[0] - slow, slow)
        self.before = now
        if before <= 0 < now:
            self.toward(rules.shares(self.broker.getvalue(), self.data.close[0]))
        elif before >= 0 > now:
            self.toward(0)

    def toward(self, wanted: int) -> None:
        """Order what leads from the holding to the wanted one."""
        self.order_target_size(target=wanted)


class GuardedSmaCross(SmaCross):
    """The crossing with one resting stop per position; it buys only when flat."""

    def __init__(self) -> None:
        super().__init__()
        self.bought = None
        self.guard = None
        self.leaving = False

    def notify_order(self, order: bt.Order) -> None:
        super().notify_order(order)
        if order.status == order.Completed and order.isbuy():
            self.bought = order.executed

    def next(self) -> None:
        bought, self.bought, self.leaving = self.bought, None, False
        super().next()
        # Not at once in notify_order: the broker cannot cancel an order in the bar in which it was made.
        if bought and not self.leaving:
            stop = rules.guard(bought.price)
            self.guard = self.sell(size=bought.size, exectype=bt.Order.Stop, price=stop)

    def toward(self, wanted: int) -> None:
        if wanted and not self.position:
            self.buy(size=wanted)
        elif not wanted and self.position:
            self.leaving = True
            if self.guard is not None:
                self.broker.cancel(self.guard)
            self.close()


class Rotation(Counting):
    """Hold the symbols of the highest momentum in equal parts."""

    def next(self) -> None:
        if not rules.rotates(len(self) - 1):
            return
        ranked = sorted(
            self.datas, key=lambda data: data.close[0] / data.close[-rules.ROTATION_LOOKBACK], reverse=True
        )
        money = self.broker.getvalue() * rules.ROTATION_WEIGHT
        wanted = [(data, int(money / data.close[0])) for data in ranked[: rules.ROTATION_TOP]]
        wanted += [(data, 0) for data in ranked[rules.ROTATION_TOP :]]
        # Sales first, because orders are filled in this order from the cash that there is.
        for data, shares in sorted(wanted, key=lambda pair: pair[1] - self.getposition(pair[0]).size):
            if shares != self.getposition(data).size:
                self.order_target_size(data, target=shares)


def run(walk: Walk, strategy: type[Counting]) -> Outcome:
    """Return what a backtest came to; its time includes loading the rows, which is part of `Cerebro.run`."""
    cerebro = bt.Cerebro(stdstats=False)
    cerebro.broker.setcash(rules.CAPITAL)
    cerebro.broker.setcommission(commission=rules.COMMISSION)
    times = _EPOCH + walk.timestamps / _DAY
    for row in range(walk.symbols):
        prices = (getattr(walk, name)[row] / 100 for name in ("opens", "highs", "lows", "closes"))
        columns = np.column_stack((times, *prices, walk.volumes[row]))
        cerebro.adddata(Feed(rows=columns.tolist()))
    cerebro.addstrategy(strategy)
    seconds, (ran,) = timed(cerebro.run)
    return Outcome(seconds, ran.fills, cerebro.broker.getvalue())


def sma_cross(walk: Walk) -> Outcome:
    """Return the crossing, all in or flat."""
    return run(walk, SmaCross)


def sma_cross_stop(walk: Walk) -> Outcome:
    """Return the crossing with one resting stop per position."""
    return run(walk, GuardedSmaCross)


def rotation(walk: Walk) -> Outcome:
    """Return the rotation through many symbols."""
    return run(walk, Rotation)


if __name__ == "__main__":
    answer(
        "backtrader",
        bt.__version__,
        {"sma_cross": sma_cross, "sma_cross_stop": sma_cross_stop, "rotation": rotation},
    )

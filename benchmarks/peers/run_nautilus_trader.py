"""The workloads on nautilus_trader, which fills a market order at the close of the bar that caused it.

Its venue knows no next open when all it is fed is bars (see README.md). Logging is off.
"""

from decimal import Decimal

import nautilus_trader
import pandas as pd
from nautilus_trader.backtest.config import BacktestEngineConfig
from nautilus_trader.backtest.engine import BacktestEngine
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.events import OrderFilled, PositionOpened
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

from benchmarks.markets import MINUTE, Walk
from benchmarks.peers import rules
from benchmarks.peers.protocol import Outcome, answer, timed

VENUE = Venue("SIM")
INSTRUMENT = Equity(
    instrument_id=InstrumentId(Symbol("S00"), VENUE),
    raw_symbol=Symbol("S00"),
    currency=USD,
    price_precision=2,
    price_increment=Price.from_str("0.01"),
    lot_size=Quantity.from_int(1),
    ts_event=0,
    ts_init=0,
    maker_fee=Decimal(str(rules.COMMISSION)),
    taker_fee=Decimal(str(rules.COMMISSION)),
)
BARS = BarType.from_str(f"{INSTRUMENT.id}-1-MINUTE-LAST-EXTERNAL")


class SmaCross(Strategy):
    """The crossing, all in or flat."""

    def __init__(self) -> None:
        super().__init__(StrategyConfig(strategy_id="SMA-001"))
        self.fast = SimpleMovingAverage(rules.FAST)
        self.slow = SimpleMovingAverage(rules.SLOW)
        self.before = float("nan")
        self.shares = 0
        self.fills = 0

    def on_start(self) -> None:
        self.register_indicator_for_bars(BARS, self.fast)
        self.register_indicator_for_bars(BARS, self.slow)
        self.subscribe_bars(BARS)

    def on_bar(self, bar: Bar) -> None:
        slow = self.slow
        if not slow.initialized:
            return
        before, now = self.before, rules.level(self.fast.value - slow.value, slow.value)
        self.before = now
        if before <= 0 < now:
            self.toward(rules.shares(self.equity(bar), bar.close.as_double()))
        elif before >= 0 > now:
            self.toward(0)

    def equity(self, bar: Bar) -> float:
        """Return cash plus the holding at the close."""
        account = self.portfolio.account(VENUE)
        return account.balance_total(USD).as_double() + self.shares * bar.close.as_double()

    def toward(self, wanted: int) -> None:
        """Order what leads from the holding to the wanted one."""
        change = wanted - self.shares
        if change:
            side = OrderSide.BUY if change > 0 else OrderSide.SELL
            self.submit_order(self.order_factory.market(INSTRUMENT.id, side, Quantity.from_int(abs(change))))

    def on_order_filled(self, event: OrderFilled) -> None:
        self.fills += 1
        self.shares += int(event.last_qty) if event.order_side == OrderSide.BUY else -int(event.last_qty)


class GuardedSmaCross(SmaCross):
    """The crossing with one resting stop per position; it buys only when flat."""

    def toward(self, wanted: int) -> None:
        if wanted and not self.shares:
            super().toward(wanted)
        elif not wanted and self.shares:
            self.cancel_all_orders(INSTRUMENT.id)
            super().toward(0)

    def on_position_opened(self, event: PositionOpened) -> None:
        stop = Price(rules.guard(event.avg_px_open), INSTRUMENT.price_precision)
        # Reduce-only, because risk would want the cash to cover any other sale on a cash account.
        order = self.order_factory.stop_market(
            INSTRUMENT.id, OrderSide.SELL, event.quantity, stop, reduce_only=True
        )
        self.submit_order(order)


def bars(walk: Walk) -> list[Bar]:
    """Return the bars, each stamped with its end."""
    frame = pd.DataFrame(
        {
            name.removesuffix("s"): getattr(walk, name)[0] / 100
            for name in ("opens", "highs", "lows", "closes")
        },
        index=pd.to_datetime(walk.timestamps + MINUTE, utc=True),
    )
    frame["volume"] = walk.volumes[0].astype(float)
    return BarDataWrangler(BARS, INSTRUMENT).process(frame)


def run(walk: Walk, strategy: SmaCross, *, analysis: bool = False) -> Outcome:
    """Return what a backtest came to; `analysis` counts the library's statistics in."""
    engine = BacktestEngine(
        BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=analysis)
    )
    engine.add_venue(
        VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=USD,
        starting_balances=[Money(rules.CAPITAL, USD)],
    )
    engine.add_instrument(INSTRUMENT)
    data = bars(walk)
    engine.add_data(data)
    engine.add_strategy(strategy)
    seconds, _ = timed(engine.run)
    equity = strategy.equity(data[-1])
    engine.dispose()
    return Outcome(seconds, strategy.fills, equity)


def sma_cross(walk: Walk) -> Outcome:
    """Return the crossing, all in or flat."""
    return run(walk, SmaCross())


def sma_cross_stop(walk: Walk) -> Outcome:
    """Return the crossing with one resting stop per position."""
    return run(walk, GuardedSmaCross())


def sma_cross_analysis(walk: Walk) -> Outcome:
    """Return the crossing, all in or flat, with the library's statistics."""
    return run(walk, SmaCross(), analysis=True)


def sma_cross_stop_analysis(walk: Walk) -> Outcome:
    """Return the crossing with one resting stop per position, with the library's statistics."""
    return run(walk, GuardedSmaCross(), analysis=True)


if __name__ == "__main__":
    answer(
        "nautilus_trader",
        nautilus_trader.__version__,
        {
            "sma_cross": sma_cross,
            "sma_cross:analysis": sma_cross_analysis,
            "sma_cross_stop": sma_cross_stop,
            "sma_cross_stop:analysis": sma_cross_stop_analysis,
        },
    )

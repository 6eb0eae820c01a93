"""A naive simulated venue, written from the written rules alone: docs/reference/matching.md and engine.md.

It is the oracle of the engine's kernel: whole numbers and fractions only, every list scanned again every
time, one function per rule. It needs `tests/oracles` on the path, where the tests' conftest.py puts it.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from reference_account import ReferenceAccount, half_even
from reference_matching import Daily, Matching
from reference_orders import EVERYTHING, OrderDesk
from reference_values import (
    Bar,
    CancelOrder,
    Command,
    Commands,
    Fill,
    Outcome,
    ReplaceOrder,
    Submit,
    WorkingOrder,
    bars_of,
)

from app.domain.events import CorporateAction, Dividend, Split
from app.domain.intents import OrderType, Side, TimeInForce
from app.domain.orders import OrderRequest, OrderStatus, Reason
from app.engine.columns import BarSeries, MarketData
from app.engine.venue import VenueModel

__all__ = [
    "CancelOrder",
    "Command",
    "Commands",
    "Fill",
    "Outcome",
    "ReferenceVenue",
    "ReplaceOrder",
    "Submit",
]

ONE_AUCTION = {OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE}


class ReferenceVenue:
    """One run: a market, a venue, an account with so many minor units; `finer` serves `finer_bars`.

    `daily` gives (volatility, volume) known before each bar, by symbol and row, to the square-root impact.
    """

    def __init__(
        self,
        market: MarketData,
        venue: VenueModel,
        capital: int,
        finer: Mapping[str, BarSeries] | None = None,
        daily: Daily | None = None,
    ) -> None:
        self.market = market
        self.times = sorted(
            {time for series in market.series.values() for time in series.timestamps.tolist()}
        )
        steps = {time: step for step, time in enumerate(self.times)}
        self.bars = {symbol: bars_of(series, steps) for symbol, series in market.series.items()}
        instruments = {symbol: series.instrument for symbol, series in market.series.items()}
        self.account = ReferenceAccount(instruments, venue, capital)
        self.desk = OrderDesk()
        self.matching = Matching(venue, self.account, self.desk, finer=finer or {}, daily=daily or {})
        self.liquidations: list[WorkingOrder] = []
        self.known_until = 0

    def run(self, commands: Commands) -> Outcome:
        """Replay the market; the commands of a step act after its bars."""
        for step in range(len(self.times)):
            self.advance(step)
            self.act(commands.get(step, ()))
        for order in self.desk.working():
            order.status, order.reason = OrderStatus.CANCELED, Reason.END_OF_DATA
        return Outcome(
            orders=[(order.status.value, order.reason.value, order.filled) for order in self.desk.orders],
            fills=self.matching.fills,
            cash=self.account.cash,
            positions={
                symbol: (position.lots, position.cost, position.realised)
                for symbol, position in self.account.positions.items()
            },
        )

    def advance(self, step: int) -> None:
        """Do the work of one timestamp, in the order of "One timestamp"."""
        bars = {symbol: own[step] for symbol, own in self.bars.items() if step in own}
        self.known_until = max(self.known_until, *(bar.end for bar in bars.values()))
        self.take_corporate_actions(bars)
        self.account.pay_dividends(self.times[step])
        self.expire_before_the_open(bars, self.times[step])
        self.matching.offer_volume(bars)
        self.matching.phase_a(bars)
        self.matching.phase_b(bars)
        for symbol, bar in bars.items():
            self.account.marks[symbol] = Fraction(bar.close)
        self.matching.move_watermarks(bars)
        self.expire_after_the_bar(bars)
        self.forget_the_bar()
        self.call_margin()

    # Corporate actions

    def take_corporate_actions(self, bars: Mapping[str, Bar]) -> None:
        """Act at the symbol's first bar on or after the ex-date; not later than its first bar: never."""
        actions = sorted(
            self.market.actions, key=lambda action: (action.ex_time, isinstance(action, Dividend))
        )
        for action in actions:
            if action.symbol in bars and self.is_due(action, bars[action.symbol]):
                match action:
                    case Split():
                        self.split(action)
                    case Dividend():
                        self.account.entitle(action)

    def is_due(self, action: CorporateAction, bar: Bar) -> bool:
        """Return whether this bar is the symbol's first on or after the ex-date."""
        starts = [each.start for each in self.bars[action.symbol].values()]
        later = [start for start in starts if start >= action.ex_time]
        return action.ex_time > min(starts) and bool(later) and min(later) == bar.start

    def split(self, action: Split) -> None:
        """Split the position, then what is left of the working orders."""
        before = self.account.positions[action.symbol].lots
        active = self.desk.active_reducers(action.symbol)
        self.account.split(action)
        if before and not self.account.positions[action.symbol].lots:
            self.desk.close_reducers(active)
        for order in self.desk.working():
            if order.symbol == action.symbol and order.is_open:
                rescale(order, action.ratio)
                if order.lots <= order.filled:
                    self.desk.cancel(order, Reason.QUANTITY_BELOW_ONE_LOT)

    # Time in force

    def expire_before_the_open(self, bars: Mapping[str, Bar], now: int) -> None:
        """Expire what this bar starts too late for, then give day orders that may fill in it their expiry."""
        for order in self.desk.working():
            bar = bars.get(order.symbol)
            if not order.is_open:
                continue
            if order.expiry is not None and now >= order.expiry:
                self.desk.expire(order)
            elif bar is not None and order.activated and bar.start >= order.eligible_from:
                begin_day(order, bar)

    def expire_after_the_bar(self, bars: Mapping[str, Bar]) -> None:
        """Expire what this bar ends at or after."""
        for order in self.desk.working():
            if not order.is_open:
                continue
            bar = bars.get(order.symbol)
            if bar is None:
                if order.expiry is not None and self.known_until >= order.expiry:
                    self.desk.expire(order)
                continue
            if order.born == "open" or (order.born == "range" and self.matching.view(order, bar) is not None):
                begin_day(order, bar)
            if order.expiry is not None and self.known_until >= order.expiry:
                self.desk.expire(order)

    # After the bar

    def forget_the_bar(self) -> None:
        """From the next bar on, children are orders like others."""
        for order in self.desk.orders:
            if order.late and order.parent is not None and not order.parent.is_open:
                order.released = EVERYTHING
            order.born, order.late = "", 0

    def call_margin(self) -> None:
        """Below the maintenance margin, cancel what does not reduce and close the largest positions."""
        if not self.account.breached():
            return
        self.desk.cancel_for_margin()
        leaving = {order.symbol for order in self.liquidations if order.is_open}
        for symbol in self.account.to_liquidate(leaving):
            lots = self.account.positions[symbol].lots
            side = Side.SELL if lots > 0 else Side.BUY
            request = OrderRequest(symbol, side, abs(lots), reduce_only=True)
            self.liquidations.append(self.desk.submit(request, self.known_until, {}))

    # Commands

    def act(self, commands: Sequence[Command]) -> None:
        """Carry out one step's commands, in their order; requests of one group are an OCO."""
        marks = {symbol: int(mark) for symbol, mark in self.account.marks.items()}
        groups: dict[str, list[WorkingOrder]] = {}
        for command in commands:
            match command:
                case Submit(request):
                    order = self.desk.submit(request, self.known_until, marks)
                    self.desk.join(order, request.group, groups)
                case CancelOrder(number):
                    self.desk.cancel_by_number(number)
                case ReplaceOrder():
                    self.desk.replace(command, self.known_until)


def begin_day(order: WorkingOrder, bar: Bar) -> None:
    """Give a day order the end of the session of the first bar in which it may fill."""
    is_day = order.time_in_force is TimeInForce.DAY and order.type not in ONE_AUCTION
    if is_day and order.expiry is None:
        order.expiry = bar.session_end


def rescale(order: WorkingOrder, ratio: Fraction) -> None:
    """Restate what is left of an order in new shares: lots floored, prices to the nearest tick."""
    order.lots = order.filled + int((order.lots - order.filled) * ratio)
    order.released = order.filled + int(max(0, order.released - order.filled) * ratio)
    for name in ("stop", "limit", "trail", "watermark"):
        ticks = getattr(order, name)
        if ticks is not None:
            setattr(order, name, max(1, half_even(Fraction(ticks) / ratio)))

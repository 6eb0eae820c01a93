"""How the reference venue fills orders on one timestamp's bars: the open, the range, and what a fill does."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from reference_account import ReferenceAccount
from reference_choice import Candidate, choose
from reference_orders import OrderDesk
from reference_prices import (
    Reach,
    View,
    at_open,
    executes_rising,
    fill_price,
    in_range,
    moves_rising,
    short,
    whole,
)
from reference_values import Bar, Fill, WorkingOrder

from app.domain.intents import OrderType, TimeInForce
from app.domain.orders import OrderStatus, Reason
from app.engine.columns import BarSeries
from app.engine.venue import VenueModel

Daily = Mapping[str, list[tuple[Decimal, int]]]


class Execution(NamedTuple):
    """A price before slippage, when it is met ("open", "range", "close"), and whether that is a guess."""

    price: int
    phase: str
    rising: bool
    ambiguous: bool = False


class Matching:
    """Matches one account's orders on bars; `fills` grows in the order of execution."""

    def __init__(
        self,
        venue: VenueModel,
        account: ReferenceAccount,
        desk: OrderDesk,
        *,
        finer: Mapping[str, BarSeries],
        daily: Daily,
    ) -> None:
        self.venue = venue
        self.account = account
        self.desk = desk
        self.finer = finer
        self.daily = daily
        self.fills: list[Fill] = []
        self.offered: dict[str, int | None] = {}
        self.decided: list[tuple[list[WorkingOrder], str]] = []
        self.waiting: list[WorkingOrder] = []

    # Phase A: the open

    def offer_volume(self, bars: Mapping[str, Bar]) -> None:
        """Let each bar offer its share of volume; None is no bound."""
        share = self.venue.max_volume_share
        for symbol, bar in bars.items():
            self.offered[symbol] = None
            if share is not None and bar.has_volume:
                self.offered[symbol] = int(Fraction(share) * bar.volume)

    def may_work(self, order: WorkingOrder, bars: Mapping[str, Bar]) -> Bar | None:
        """Return the bar in which an open order is eligible and active, if there is one now."""
        bar = bars.get(order.symbol)
        if bar is None or not order.is_open or bar.start < order.eligible_from or not order.activated:
            return None
        return bar

    def phase_a(self, bars: Mapping[str, Bar]) -> None:
        """Take the orders in the order of their sequence, over all symbols, at the open."""
        for order in list(self.desk.orders):
            bar = self.may_work(order, bars)
            if bar is None or (order.type is OrderType.MARKET_ON_OPEN and not bar.begins_session):
                continue
            if bar.trades and order.working:
                self.take_at_open(order, bar, whole(bar), "open")
            if order.is_open and (order.at_once or order.type is OrderType.MARKET_ON_OPEN):
                self.desk.expire(order)

    def take_at_open(self, order: WorkingOrder, bar: Bar, view: View, phase: str) -> bool:
        """Trigger and fill an order at the open of a view; return whether the open executed it."""
        reach = at_open(order, view, self.venue.limit_fill)
        rising = reach.price is not None and moves_rising(order, reach.price)
        if reach.triggers:
            trigger(order)
        if reach.price is not None:
            self.execute(order, bar, Execution(reach.price, phase, rising))
        return reach.price is not None

    # Phase B: the range

    def phase_b(self, bars: Mapping[str, Bar]) -> None:
        """Take the orders that phase A left in the order of their sequence."""
        self.decided, self.waiting = [], []
        for order in list(self.desk.orders):
            bar = self.may_work(order, bars)
            if bar is None or not bar.trades or not order.working:
                continue
            if order.type is not OrderType.MARKET_ON_CLOSE:
                self.take_in_range(order, bar)
        for order in list(self.desk.orders):
            bar = self.may_work(order, bars)
            at_close = order.type is OrderType.MARKET_ON_CLOSE and order.born != "close"
            if at_close and bar is not None and bar.ends_session:
                self.take_at_close(order, bar)

    def view(self, order: WorkingOrder, bar: Bar) -> View | None:
        """Return what an order sees of the range: after its parent's fill in it, little or nothing."""
        if order.born in {"", "open"}:
            return whole(bar)
        waits = order.at_once or order.type in {OrderType.MARKET, OrderType.MARKET_ON_OPEN}
        if order.born == "close" or waits or executes_rising(order) != order.born_rising:
            return None
        return short(bar, order.born_price, order.born_rising)

    def take_at_close(self, order: WorkingOrder, bar: Bar) -> None:
        """Fill an order at the close that ends a session, and expire what is left of it."""
        if bar.trades and order.working:
            self.execute(order, bar, Execution(bar.close, "close", rising=False))
        if order.is_open:
            self.desk.expire(order)

    def take_in_range(self, order: WorkingOrder, bar: Bar) -> None:
        """Trigger and fill an order in the range, if it is the one that comes first of its group."""
        view = self.view(order, bar)
        if view is None:
            return
        if view.short:
            self.let_wait_for_those_at_once(order, bar)
        if order in self.waiting:
            return
        if view.short and self.take_at_open(order, bar, view, "range"):
            return
        reach = in_range(order, view, self.venue.limit_fill)
        if reach.price is None:
            if reach.triggers:
                trigger(order)
            return
        candidates = self.executing(order.group, order.symbol, bar)
        if not self.comes_first(order, candidates, view, bar):
            return
        rising = moves_rising(order, reach.price)
        if reach.triggers:
            trigger(order)
        self.execute(order, bar, Execution(reach.price, "range", rising, len(candidates) > 1))

    def comes_first(self, order: WorkingOrder, candidates: list[Candidate], view: View, bar: Bar) -> bool:
        """Return whether an order is the one of its OCO that this range fills: one, if several execute."""
        if any(order.group is group and order.symbol == symbol for group, symbol in self.decided):
            return False
        if len(candidates) > 1:
            finer = self.finer.get(order.symbol)
            if choose(self.venue.intrabar, candidates, view, bar, finer) is not order:
                return False
            self.decided.append((order.group, order.symbol))
        return True

    def let_wait_for_those_at_once(self, order: WorkingOrder, bar: Bar) -> None:
        """Where members of an OCO execute at the very price of their parent's fill, let the others wait."""
        members = [member for member in order.group if member.is_open and member.symbol == order.symbol]
        if any(self.at_its_open(member, bar).price is not None for member in members):
            self.waiting += [
                candidate.order
                for candidate in self.executing(order.group, order.symbol, bar)
                if self.at_its_open(candidate.order, bar).price is None
            ]

    def at_its_open(self, order: WorkingOrder, bar: Bar) -> Reach:
        """Return what the price of its parent's fill does to a child that sees a shorter bar."""
        view = self.view(order, bar) if order.activated and order.working else None
        if view is None or not view.short or order.type is OrderType.MARKET_ON_CLOSE:
            return Reach(False, None)
        return at_open(order, view, self.venue.limit_fill)

    def executing(self, group: list[WorkingOrder], symbol: str, bar: Bar) -> list[Candidate]:
        """Return the members of a group that this bar's range executes."""
        candidates = []
        for member in group:
            if member.symbol == symbol and self.may_work(member, {symbol: bar}) and member.working:
                view = self.view(member, bar)
                price = in_range(member, view, self.venue.limit_fill).price if view else None
                if price is not None:
                    candidates.append(Candidate(member, price))
        return candidates

    # Fills

    def execute(self, order: WorkingOrder, bar: Bar, execution: Execution) -> None:
        """Fill what volume, reduce-only and the account allow of an order at a price before slippage."""
        account, symbol = self.account, order.symbol
        lots = order.working
        offered = self.offered[symbol]
        if offered is not None:
            lots = min(lots, offered)
        if order.reduce_only:
            lots = min(lots, account.reducible(symbol, order.buys))
            if not account.reducible(symbol, order.buys):
                self.desk.cancel(order, Reason.POSITION_CLOSED)
                return
        paid = self.affordable(order, bar, execution.price, lots)
        if order.time_in_force is TimeInForce.FOK and paid < order.lots - order.filled:
            return
        if paid:
            self.fill(order, bar, execution, paid)
        if paid < lots and order.is_open:
            short_of = Reason.INSUFFICIENT_CASH if order.buys else Reason.SHORT_SALE_NOT_ALLOWED
            self.desk.cancel(order, short_of)

    def price_of(self, order: WorkingOrder, bar: Bar, price: int, lots: int) -> int:
        """Return the price of a fill after slippage."""
        rows = self.daily.get(order.symbol)
        known = rows[bar.row] if rows else None
        return fill_price(order, price, lots, bar, slippage=self.venue.slippage, daily=known)

    def affordable(self, order: WorkingOrder, bar: Bar, price: int, lots: int) -> int:
        """Return the lots that a cash account pays for, or holds to sell."""
        if not order.buys:
            return self.account.may_sell(order.symbol, lots)
        while lots:
            ticks = self.price_of(order, bar, price, lots)
            if self.account.pays_for(order.symbol, ticks, lots, order.filled_value):
                break
            lots -= 1
        return lots

    def fill(self, order: WorkingOrder, bar: Bar, execution: Execution, lots: int) -> None:
        """Book a fill and let it act on the orders that depend on it."""
        symbol = order.symbol
        ticks = self.price_of(order, bar, execution.price, lots)
        value = self.account.value(symbol, ticks, lots)
        fee = self.account.fee(value, order.filled_value)
        signed = lots if order.buys else -lots
        offered = self.offered[symbol]
        if offered is not None:
            self.offered[symbol] = offered - lots
        before = self.account.positions[symbol].lots
        reducers = self.desk.active_reducers(symbol)
        self.account.post(symbol, signed, value, fee)
        after = self.account.positions[symbol].lots
        self.fills.append(Fill(bar.step, order.number, signed, ticks, value, fee, execution.ambiguous))
        order.filled += lots
        order.filled_value += value
        done = order.filled >= order.lots
        order.status = OrderStatus.FILLED if done else OrderStatus.PARTIALLY_FILLED
        for child in order.children:
            release(child, lots, ticks, execution)
        self.desk.take_off_mates(order, lots)
        if before and (after == 0 or before * after < 0):
            self.desk.close_reducers(reducers)
        if done:
            self.desk.end(order)

    def move_watermarks(self, bars: Mapping[str, Bar]) -> None:
        """Move the best price of trailing stops that were active and eligible in a bar that traded."""
        for order in self.desk.working():
            bar = self.may_work(order, bars)
            if bar is None or not bar.trades or not order.trails:
                continue
            extreme = bar.low if order.buys else bar.high
            seen = extreme if order.born in {"", "open"} else bar.close
            assert order.watermark is not None
            order.watermark = min(order.watermark, seen) if order.buys else max(order.watermark, seen)


def trigger(order: WorkingOrder) -> None:
    """Let an order become executable; without a fill it stays `triggered`."""
    order.triggered = True
    order.status = OrderStatus.TRIGGERED


def release(child: WorkingOrder, lots: int, ticks: int, execution: Execution) -> None:
    """Make a child active for what its parent has filled."""
    if not child.is_open:
        return
    phase = execution.phase
    child.released += lots
    if not child.activated:
        child.activated = True
        child.watermark = ticks
        child.born, child.born_price, child.born_rising = (
            phase,
            execution.price,
            execution.rising,
        )
    elif phase == "close" or (phase == "range" and child.type is not OrderType.MARKET_ON_CLOSE):
        child.late += lots

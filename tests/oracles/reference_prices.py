"""Where a bar fills an order: the tables of phases A and B, written for buys; a sell is seen in a mirror."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from reference_values import Bar, WorkingOrder

from app.domain.intents import OrderType
from app.engine.venue import LimitFill, Slippage, SlippageModel

STOPS = {OrderType.STOP, OrderType.TRAILING_STOP}
STOP_LIKE = {OrderType.STOP, OrderType.TRAILING_STOP, OrderType.STOP_LIMIT}


@dataclass(frozen=True)
class View:
    """What an order sees of a bar: the whole of it, or for a child the part after its parent's fill."""

    open: int
    high: int
    low: int
    close: int
    short: bool = False

    def mirrored(self) -> "View":
        return View(-self.open, -self.low, -self.high, -self.close, self.short)


class Reach(NamedTuple):
    """Whether a price triggers an order, and the price at which it fills, before slippage."""

    triggers: bool
    price: int | None


def whole(bar: Bar) -> View:
    """Return the bar as it is."""
    return View(bar.open, bar.high, bar.low, bar.close)


def short(bar: Bar, price: int, rising: bool) -> View:
    """Return what surely comes after a fill inside the range: from its price on to the extreme."""
    high = bar.high if rising else price
    low = price if rising else bar.low
    return View(price, high, low, bar.close, short=True)


def executes_rising(order: WorkingOrder) -> bool:
    """Return whether an order inside the range executes on a rising price; if not, on a falling one."""
    return (order.type in STOP_LIKE) == order.buys


def moves_rising(order: WorkingOrder, price: int) -> bool:
    """Return whether the price was rising when the range filled an order, triggered before or not.

    A stop-limit that fills at its limit, having been triggered, is like a limit.
    """
    as_stop = order.type in STOP_LIKE
    if order.type is OrderType.STOP_LIMIT and price == order.limit:
        as_stop = not order.triggered and price == order.stop
    return as_stop == order.buys


def at_open(order: WorkingOrder, view: View, how: LimitFill) -> Reach:
    """Return what the open of a view does to an order (phase A)."""
    if order.buys:
        return _buy_at_open(order, view, how, 1)
    reach = _buy_at_open(order, view.mirrored(), how, -1)
    return Reach(reach.triggers, None if reach.price is None else -reach.price)


def in_range(order: WorkingOrder, view: View, how: LimitFill) -> Reach:
    """Return what the range of a view does to an order that its open has left (phase B)."""
    if order.buys:
        return _buy_in_range(order, view, how, 1)
    reach = _buy_in_range(order, view.mirrored(), how, -1)
    return Reach(reach.triggers, None if reach.price is None else -reach.price)


def _passes(price: int, limit: int, how: LimitFill) -> bool:
    return price < limit or (how is LimitFill.TOUCH and price == limit)


def _buy_at_open(order: WorkingOrder, view: View, how: LimitFill, mirror: int) -> Reach:
    price = view.open
    if order.type in {OrderType.MARKET, OrderType.MARKET_ON_OPEN}:
        return Reach(False, price)
    if order.type is OrderType.MARKET_ON_CLOSE:
        return Reach(False, None)
    if order.type in STOPS:
        if order.triggered:
            return Reach(False, price)
        reached = price >= mirror * order.stop_price()
        return Reach(reached, price if reached else None)
    triggers = False
    if order.type in {OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED} and not order.triggered:
        stop = mirror * order.stop_price()
        triggers = price >= stop if order.type is OrderType.STOP_LIMIT else price <= stop
        if not triggers:
            return Reach(False, None)
    return Reach(triggers, price if _passes(price, mirror * order.limit_price(), how) else None)


def _buy_in_range(order: WorkingOrder, view: View, how: LimitFill, mirror: int) -> Reach:
    if order.type in {OrderType.MARKET, OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE}:
        return Reach(False, None)
    if order.type in STOPS:
        stop = mirror * order.stop_price()
        reached = not order.triggered and view.high >= stop
        return Reach(reached, stop if reached else None)
    limit = mirror * order.limit_price()
    if order.type is OrderType.LIMIT or order.triggered:
        return Reach(False, limit if _passes(view.low, limit, how) else None)
    stop = mirror * order.stop_price()
    if order.type is OrderType.STOP_LIMIT:
        reached, later = view.high >= stop, view.close
    else:
        reached, later = view.low <= stop, view.low
    if not reached:
        return Reach(False, None)
    if _passes(stop, limit, how):
        return Reach(True, stop)
    return Reach(True, limit if _passes(later, limit, how) else None)


def fill_price(
    order: WorkingOrder,
    price: int,
    lots: int,
    bar: Bar,
    *,
    slippage: Slippage,
    daily: tuple[Decimal, int] | None = None,
) -> int:
    """Return the price of a fill after slippage; `daily` is (volatility, volume) known before the bar."""
    size = Fraction(slippage.size)
    share = Fraction(0)
    match slippage.model:
        case SlippageModel.FIXED_BPS:
            share = size / 10_000
        case SlippageModel.VOLUME_SHARE if bar.volume:
            share = size * min(Fraction(lots, bar.volume), Fraction(25, 1000)) ** 2
        case SlippageModel.SQUARE_ROOT if daily is not None:
            share = square_root_share(slippage.size, daily[0], lots, daily[1])
    ticks = size if slippage.model is SlippageModel.FIXED_TICKS else 0
    up, down = price * (1 + share) + ticks, price * (1 - share) - ticks
    moved = ceil(up) if order.buys else max(1, floor(down))
    if order.limit is None:
        return moved
    return min(moved, order.limit) if order.buys else max(moved, order.limit)


def square_root_share(y: Decimal, volatility: Decimal, lots: int, volume: int) -> Fraction:
    """Return Y * sigma * sqrt(Q / V) to 50 digits; nothing where no volume is known."""
    if volume <= 0:
        return Fraction(0)
    with localcontext(prec=50):
        return Fraction(y * volatility * (Decimal(lots) / Decimal(volume)).sqrt())

"""At what price a bar fills an order: plain functions of integers, in ticks.

An order is first eligible at its symbol's first bar that starts when all bars seen at its making have ended.
Phase A is the open, phase B the range.
"""

from app.domain.intents import OrderType, Side


def fill_at_open(type_: OrderType, side: Side, stop: int, open_: int) -> int | None:
    """Return the open when it fills the order: any market order, and a stop that the open has crossed."""
    if type_ is OrderType.MARKET:
        return open_
    crossed = open_ >= stop if side is Side.BUY else open_ <= stop
    return open_ if crossed else None


def fill_in_range(side: Side, stop: int, high: int, low: int) -> int | None:
    """Return the stop price when the bar's range reaches it, for a stop that the open has not crossed."""
    reached = high >= stop if side is Side.BUY else low <= stop
    return stop if reached else None

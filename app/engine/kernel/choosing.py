"""What the range of a bar does to an order, and which of an OCO comes first when it does it to several."""

from typing import Any

from app.engine.kernel.layout import (
    B_CLOSE,
    B_FINER,
    B_FINER_END,
    B_HIGH,
    B_LOW,
    B_OPEN,
    B_TRADES,
    BEST,
    D_BARS,
    D_COUNTS,
    D_FINER,
    D_ORDERS,
    D_VENUE,
    D_WORKING,
    FINER_BARS,
    N_WORKING,
    NEARER_FIRST,
    O_CHOSEN_STEP,
    O_DONE_STEP,
    O_ELIGIBLE,
    O_FROM,
    O_GROUP,
    O_KIND,
    O_SIDE,
    O_SYMBOL,
    O_TRIGGERED,
    OHLC,
    SEES_ALL,
    SEES_FALL,
    SEES_NOTHING,
    SEES_RISE,
    V_INTRABAR,
    V_TOUCH,
    Y_HIGH,
    Y_LOW,
    Y_TRADES,
)
from app.engine.kernel.orders import is_open, is_stop, left, sees
from app.engine.kernel.pricing import open_fill, range_fill, range_triggers, triggers


def takes_part(order: Any, time: int, desk: Any) -> bool:
    """Return whether an order works at this step: open, active, eligible, and its symbol trades."""
    return (
        left(order) > 0
        and order[O_ELIGIBLE] <= time
        and is_open(order)
        and desk[D_BARS][order[O_SYMBOL]][B_TRADES] == 1
    )


def range_price(order: Any, step: int, desk: Any) -> int:
    """Return the price at which the part of the bar that an order sees fills it, else 0."""
    view = sees(order, step)
    if view == SEES_NOTHING:
        return 0
    bar, touch = desk[D_BARS][order[O_SYMBOL]], desk[D_VENUE][V_TOUCH]
    high, low, close = bar[B_HIGH], bar[B_LOW], bar[B_CLOSE]
    if view == SEES_ALL:
        return range_fill(order, order[O_TRIGGERED] == 1, high, low, close, touch)
    price = open_fill(order, order[O_FROM], 0, touch)
    if price > 0:
        return price
    triggered = order[O_TRIGGERED] == 1 or triggers(order, order[O_FROM])
    if view == SEES_FALL:
        return range_fill(order, triggered, order[O_FROM], low, close, touch)
    return range_fill(order, triggered, high, order[O_FROM], close, touch)


def range_marks(order: Any, step: int, desk: Any) -> bool:
    """Return whether the part of the bar that an order sees triggers it."""
    view = sees(order, step)
    bar = desk[D_BARS][order[O_SYMBOL]]
    if view == SEES_NOTHING:
        return False
    high = order[O_FROM] if view == SEES_FALL else bar[B_HIGH]
    low = order[O_FROM] if view == SEES_RISE else bar[B_LOW]
    return range_triggers(order, high, low)


def choose(row: int, step: int, time: int, desk: Any) -> None:
    """Where a range fills several of an order's OCO, let one have it and the others wait for the next bar.

    Those that execute where a shorter view begins come before the others, and that is no ambiguity.
    """
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    best, found, at_once = -1, 0, 0
    for place in range(desk[D_COUNTS][N_WORKING]):
        other = working[place]
        if not _may_be_chosen(orders[other], orders[row], step, time, desk):
            continue
        found += 1
        starts = _at_start(orders[other], step, desk)
        if (
            best < 0
            or (starts and at_once == 0)
            or (not starts and at_once == 0 and _comes_before(other, best, step, desk))
        ):
            best = other
        if starts:
            at_once += 1
    if found < 2:
        return
    for place in range(desk[D_COUNTS][N_WORKING]):
        other = working[place]
        if other == best or not _may_be_chosen(orders[other], orders[row], step, time, desk):
            continue
        if at_once == 0 or not _at_start(orders[other], step, desk):
            orders[other][O_DONE_STEP] = step
    if at_once == 0:
        orders[best][O_CHOSEN_STEP] = step


def _may_be_chosen(other: Any, order: Any, step: int, time: int, desk: Any) -> bool:
    """Return whether a working order is of an order's OCO and symbol, and the range fills it."""
    return (
        other[O_GROUP] == order[O_GROUP]
        and other[O_SYMBOL] == order[O_SYMBOL]
        and other[O_DONE_STEP] != step
        and takes_part(other, time, desk)
        and range_price(other, step, desk) > 0
    )


def _at_start(order: Any, step: int, desk: Any) -> bool:
    """Return whether an order executes at the very price from which it sees the rest of a bar."""
    view = sees(order, step)
    if view in (SEES_ALL, SEES_NOTHING):
        return False
    return open_fill(order, order[O_FROM], 0, desk[D_VENUE][V_TOUCH]) > 0


def _comes_before(one: int, other: int, step: int, desk: Any) -> bool:
    """Return whether the policy takes one of two orders that the range fills to come before the other."""
    orders, policy = desk[D_ORDERS], desk[D_VENUE][V_INTRABAR]
    first, second = orders[one], orders[other]
    price, against = range_price(first, step, desk), range_price(second, step, desk)
    bar = desk[D_BARS][first[O_SYMBOL]]
    seen_from = bar[B_OPEN] if sees(first, step) == SEES_ALL else first[O_FROM]
    if policy == NEARER_FIRST:
        near, far = abs(price - seen_from), abs(against - seen_from)
        if near != far:
            return near < far
    elif policy == OHLC:
        near, far = _on_path(price, seen_from, bar), _on_path(against, seen_from, bar)
        if near != far:
            return near < far
    elif policy == FINER_BARS:
        near = _finer_row(first, price, step, desk)
        far = _finer_row(second, against, step, desk)
        if near != far:
            return near < far
    worse = _is_worse(first, price, second, against)
    return not worse if policy == BEST else worse


def _is_worse(first: Any, price: int, second: Any, against: int) -> bool:
    """Return whether the first order's fill is the worse one for the account; on two sides, the stop's is."""
    if first[O_SIDE] == second[O_SIDE]:
        return first[O_SIDE] * (price - against) > 0
    return is_stop(first[O_KIND]) and not is_stop(second[O_KIND])


def _on_path(price: int, start: int, bar: Any) -> int:
    """Return how far a price lies on the path open, nearer extreme, other extreme; the low where equal."""
    up, down = bar[B_HIGH] - start, start - bar[B_LOW]
    if down <= up:
        return start - price if price <= start else 2 * down + price - start
    return price - start if price >= start else 2 * up + start - price


def _finer_row(order: Any, price: int, step: int, desk: Any) -> int:
    """Return the first finer bar that reaches an order's price, of those it sees; else the one behind."""
    bar, finer = desk[D_BARS][order[O_SYMBOL]], desk[D_FINER]
    begun = sees(order, step) == SEES_ALL
    falls = (order[O_SIDE] < 0) == is_stop(order[O_KIND])
    for row in range(bar[B_FINER], bar[B_FINER_END]):
        high, low = finer[row][Y_HIGH], finer[row][Y_LOW]
        begun = begun or low <= order[O_FROM] <= high
        if begun and finer[row][Y_TRADES] == 1 and (low <= price if falls else high >= price):
            return row
    return int(bar[B_FINER_END])

"""How an order's row moves: taken, filled, ended; and what that does to its children and its group."""

from typing import Any

from app.engine.kernel.layout import (
    ACCEPTED,
    ALL,
    B_CLOSES,
    B_NEXT_CLOSES,
    CANCELED,
    D_ACCOUNT,
    D_BARS,
    D_CHANGED,
    D_COUNTS,
    D_ORDERS,
    D_WORKING,
    DAY,
    FILLED,
    FOK,
    GROUP_DONE,
    IOC,
    MARKET,
    MARKET_ON_CLOSE,
    MARKET_ON_OPEN,
    N_FILLS,
    N_WORKING,
    NO_REASON,
    O_BORN,
    O_CHILDREN,
    O_EXPIRES,
    O_FILLED,
    O_FORCE,
    O_FROM,
    O_GROUP,
    O_KIND,
    O_LOTS,
    O_PARENT,
    O_READY,
    O_REASON,
    O_REDUCE_ONLY,
    O_SIDE,
    O_STATUS,
    O_STOP,
    O_SYMBOL,
    O_TRIGGERED,
    O_UPDATED,
    O_VIEW,
    O_VIEW_STEP,
    O_WAITING,
    O_WATERMARK,
    PARENT_CLOSED,
    PARTIALLY_FILLED,
    POSITION_CLOSED,
    SEES_ALL,
    SEES_FALL,
    SEES_NOTHING,
    STOP,
    STOP_LIMIT,
    SUBMITTED,
    TRAILING_STOP,
    TRIGGERED,
)
from app.engine.kernel.pricing import trail_stop
from app.engine.kernel.tables import cut, note


def is_open(order: Any) -> bool:
    """Return whether an order may still be filled in the ordinary way."""
    status = order[O_STATUS]
    return SUBMITTED <= status <= PARTIALLY_FILLED


def left(order: Any) -> int:
    """Return how many lots of an order may be filled as things stand."""
    return int(min(order[O_LOTS], order[O_READY]) - order[O_FILLED])


def is_active(order: Any) -> bool:
    """Return whether an order has no parent to wait for, or the parent has filled."""
    return order[O_PARENT] < 0 or order[O_BORN] >= 0


def tidy(desk: Any) -> None:
    """Drop the orders that have ended from those that work."""
    orders, working, counts = desk[D_ORDERS], desk[D_WORKING], desk[D_COUNTS]
    kept = 0
    for place in range(counts[N_WORKING]):
        row = working[place]
        if is_open(orders[row]):
            working[kept] = row
            kept += 1
    counts[N_WORKING] = kept
    cut(working, kept)


def end(row: int, status: int, reason: int, time: int, desk: Any) -> None:
    """End a working order, canceled or expired, and cut the children that waited for its rest."""
    order = desk[D_ORDERS][row]
    end_alone(row, reason, time, desk)
    order[O_STATUS] = status
    if order[O_CHILDREN] == 1:
        cut_children(time, desk)


def end_alone(row: int, reason: int, time: int, desk: Any) -> None:
    """Cancel a working order and nothing with it."""
    order = desk[D_ORDERS][row]
    order[O_STATUS] = CANCELED
    order[O_REASON] = reason
    order[O_UPDATED] = time
    note(desk[D_CHANGED], row)


def cut_children(time: int, desk: Any) -> None:
    """Cut the children of orders that have ended to what those filled, and cancel those of nothing.

    One pass is enough: a child stands behind its parent.
    """
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        child = orders[row]
        parent = child[O_PARENT]
        if parent >= 0 and child[O_READY] < ALL and is_open(child) and not is_open(orders[parent]):
            released = child[O_READY] + child[O_WAITING]
            if child[O_WAITING] == 0:
                child[O_READY] = ALL
            if released < child[O_LOTS]:
                _shorten(row, released, PARENT_CLOSED, time, desk)


def _shorten(row: int, lots: int, reason: int, time: int, desk: Any) -> None:
    """Lower an order's quantity; one with nothing left is canceled, at the quantity that it had."""
    order = desk[D_ORDERS][row]
    if lots > order[O_FILLED]:
        order[O_LOTS] = lots
        order[O_UPDATED] = time
        note(desk[D_CHANGED], row)
    else:
        end_alone(row, reason, time, desk)


def trigger(row: int, time: int, desk: Any) -> None:
    """Mark an order as triggered."""
    order = desk[D_ORDERS][row]
    if order[O_TRIGGERED] == 0:
        order[O_TRIGGERED] = 1
        order[O_UPDATED] = time
        if order[O_STATUS] == ACCEPTED:
            order[O_STATUS] = TRIGGERED
        note(desk[D_CHANGED], row)


def fill_row(row: int, lots: int, time: int, desk: Any) -> None:
    """Count lots that an order has filled; its children and its group hear of them separately."""
    order = desk[D_ORDERS][row]
    order[O_FILLED] += lots
    order[O_STATUS] = FILLED if order[O_FILLED] >= order[O_LOTS] else PARTIALLY_FILLED
    order[O_REASON] = NO_REASON
    order[O_UPDATED] = time
    note(desk[D_CHANGED], row)


def shrink_group(row: int, lots: int, time: int, desk: Any) -> None:
    """Take what one member of an OCO has filled off the others; one with nothing left is canceled."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    group = orders[row][O_GROUP]
    parents = 0
    for place in range(desk[D_COUNTS][N_WORKING]):
        other = orders[working[place]]
        if working[place] != row and other[O_GROUP] == group and is_open(other):
            if other[O_READY] < ALL:
                other[O_READY] = max(0, other[O_READY] - lots)
            _shorten(working[place], other[O_LOTS] - lots, GROUP_DONE, time, desk)
            parents += other[O_CHILDREN]
    if parents > 0:
        cut_children(time, desk)


def activate_children(
    parent: int, lots: int, price: int, paid: int, view: int, step: int, time: int, desk: Any
) -> None:
    """Let the children of an order work for the lots of its latest fill.

    `price` is where the market stood, `paid` that with slippage; `view` is what a child sees of the bar.
    """
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    fill = desk[D_COUNTS][N_FILLS] - 1
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        child = orders[row]
        if child[O_PARENT] != parent or not is_open(child):
            continue
        if child[O_BORN] < 0:
            child[O_READY] = lots
            child[O_BORN] = fill
            child[O_VIEW] = view
            child[O_FROM] = price
            child[O_VIEW_STEP] = step
            if child[O_KIND] == TRAILING_STOP:
                child[O_WATERMARK] = paid
                child[O_STOP] = trail_stop(child, desk[D_ACCOUNT])
            if child[O_FORCE] == DAY and child[O_KIND] not in (MARKET_ON_OPEN, MARKET_ON_CLOSE):
                bar = desk[D_BARS][child[O_SYMBOL]]
                child[O_EXPIRES] = bar[B_NEXT_CLOSES] if sees(child, step) == SEES_NOTHING else bar[B_CLOSES]
        elif view == SEES_ALL:
            child[O_READY] += lots
        else:
            child[O_WAITING] += lots
        child[O_UPDATED] = time
        note(desk[D_CHANGED], row)


def sees(order: Any, step: int) -> int:
    """Return what an order sees of the bar: a child only what follows its parent's fill in the same bar."""
    view = order[O_VIEW]
    if order[O_VIEW_STEP] != step or view == SEES_ALL:
        return SEES_ALL
    if order[O_FORCE] in (IOC, FOK) or not fires(order[O_KIND]):
        return SEES_NOTHING
    falls = (order[O_SIDE] < 0) == is_stop(order[O_KIND])
    return view if falls == (view == SEES_FALL) and view != SEES_NOTHING else SEES_NOTHING


def fires(kind: int) -> bool:
    """Return whether an order of a kind executes at a price of its own."""
    return kind not in (MARKET, MARKET_ON_OPEN, MARKET_ON_CLOSE)


def is_stop(kind: int) -> bool:
    """Return whether a kind executes on prices that move against its side's interest: up for a buy."""
    return kind in (STOP, STOP_LIMIT, TRAILING_STOP)


def release_waiting(desk: Any) -> None:
    """Let the lots that joined a child within the bar work from now on."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    for place in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[place]]
        if order[O_WAITING] > 0:
            ended = not is_open(orders[order[O_PARENT]])
            order[O_READY] = ALL if ended else order[O_READY] + order[O_WAITING]
            order[O_WAITING] = 0


def end_reductions(symbol: int, fill: int, time: int, desk: Any) -> None:
    """Cancel the active orders of a symbol that may only reduce a position which is no more.

    Those that the fill itself has made active, which is -1 where there was none, belong to the next position.
    """
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        order = orders[row]
        reduces = order[O_SYMBOL] == symbol and order[O_REDUCE_ONLY] == 1 and is_open(order)
        if reduces and is_active(order) and (fill < 0 or order[O_BORN] != fill):
            end(row, CANCELED, POSITION_CLOSED, time, desk)


def reducible(order: Any, held: int) -> int:
    """Return how many lots an order may fill without taking a holding beyond zero."""
    return max(0, -order[O_SIDE] * held)

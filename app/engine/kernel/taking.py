"""How an order enters the desk, what changes it there, and which bars its symbol's orders can ignore."""

from typing import Any

from app.engine.kernel.amounts import worth
from app.engine.kernel.layout import (
    ACCEPTED,
    ALL,
    CANCELED,
    D_ACCOUNT,
    D_CHANGED,
    D_COUNTS,
    D_ORDERS,
    D_POSITIONS,
    D_TERMS,
    D_WATCH,
    D_WORKING,
    DAY,
    DENIED,
    FOK,
    GTC,
    IOC,
    LARGEST,
    LIMIT,
    LIMIT_IF_TOUCHED,
    MARKET,
    N_ORDERS,
    N_WORKING,
    NEW,
    NO_REASON,
    O_CHILDREN,
    O_ELIGIBLE,
    O_EXPIRES,
    O_FILLED,
    O_FORCE,
    O_INDEX,
    O_KIND,
    O_LIMIT,
    O_LOTS,
    O_PARENT,
    O_REASON,
    O_SIDE,
    O_STATUS,
    O_STOP,
    O_SYMBOL,
    O_TRAIL,
    O_TRAIL_PPM,
    O_TRIGGERED,
    O_UPDATED,
    O_WATERMARK,
    P_LOTS,
    P_MARK,
    STOP,
    STOP_LIMIT,
    TRAILING_STOP,
    W_ABOVE,
    W_BELOW,
    W_EXPIRY,
)
from app.engine.kernel.orders import end, is_open, left
from app.engine.kernel.pricing import trail_stop
from app.engine.kernel.tables import note, push, put
from app.engine.kernel.upkeep import called, cancel_openings, covers, equity


def place(
    symbol: int,
    side: int,
    kind: int,
    lots: int,
    limit: int,
    stop: int,
    trail: int,
    trail_ppm: int,
    force: int,
    expires: int,
    parent: int,
    group: int,
    reduce_only: int,
    eligible: int,
    time: int,
    step: int,
    index: int,
    desk: Any,
) -> int:
    """Write down a new order, and return its row; prices and distances that it has not are 0, a parent -1."""
    orders, counts = desk[D_ORDERS], desk[D_COUNTS]
    row = counts[N_ORDERS]
    ready = 0 if parent >= 0 else ALL
    put(
        orders,
        row,
        (
            symbol, side, kind, lots, limit, stop, trail, trail_ppm, force, expires, parent, group,
            reduce_only, eligible, NEW, NO_REASON, 0, ready, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, time, time, step,
            index, 0, 0, -1, -1, 0,
        ),
    )  # fmt: skip
    counts[N_ORDERS] += 1
    if parent >= 0:
        orders[parent][O_CHILDREN] = 1
    return int(row)


def accept(row: int, mark: int, desk: Any) -> None:
    """Let a new order work; `mark` is the last close, where a trailing stop begins."""
    order, counts = desk[D_ORDERS][row], desk[D_COUNTS]
    order[O_STATUS] = ACCEPTED
    if order[O_KIND] == TRAILING_STOP:
        order[O_WATERMARK] = mark
        order[O_STOP] = trail_stop(order, desk[D_ACCOUNT])
    push(desk[D_WORKING], counts[N_WORKING], row)
    counts[N_WORKING] += 1
    note(desk[D_CHANGED], row)


def refuse(row: int, reason: int, desk: Any) -> None:
    """Record that a new order was denied."""
    order = desk[D_ORDERS][row]
    order[O_STATUS] = DENIED
    order[O_REASON] = reason
    note(desk[D_CHANGED], row)


def change(
    row: int,
    lots: int,
    limit: int,
    stop: int,
    trail: int,
    reason: int,
    bar_start: int,
    session_close: int,
    eligible: int,
    time: int,
    desk: Any,
) -> None:
    """Change a working order in place; 0 leaves a price as it is, and so does -1 the quantity.

    It works on in the bars that start at or after `eligible`. A day order whose day has not begun with the
    symbol's latest bar, which started at `bar_start`, then ends with the session of its new first bar. A
    quantity that has been filled already ends the order for `reason`.
    """
    order = desk[D_ORDERS][row]
    waits = bar_start < order[O_ELIGIBLE] < eligible
    if order[O_FORCE] == DAY and order[O_EXPIRES] != 0 and order[O_PARENT] < 0 and waits:
        order[O_EXPIRES] = session_close
    order[O_ELIGIBLE] = max(order[O_ELIGIBLE], eligible)
    order[O_UPDATED] = time
    note(desk[D_CHANGED], row)
    if lots >= 0 and lots <= order[O_FILLED]:
        end(row, CANCELED, reason, time, desk)
        return
    if lots >= 0:
        order[O_LOTS] = lots
    if limit > 0:
        order[O_LIMIT] = limit
    if stop > 0 and order[O_TRIGGERED] == 0:
        order[O_STOP] = stop
    if trail > 0 and order[O_TRIGGERED] == 0:
        order[O_TRAIL] = trail
        order[O_TRAIL_PPM] = 0
        if order[O_WATERMARK] > 0:
            order[O_STOP] = trail_stop(order, desk[D_ACCOUNT])


def watch(desk: Any) -> None:
    """Work out for every symbol which bars its working orders can ignore."""
    orders, working, rows = desk[D_ORDERS], desk[D_WORKING], desk[D_WATCH]
    for symbol in range(len(rows)):
        rows[symbol][W_BELOW] = 0
        rows[symbol][W_ABOVE] = LARGEST
        rows[symbol][W_EXPIRY] = LARGEST
    for position in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[position]]
        row = rows[order[O_SYMBOL]]
        if order[O_EXPIRES] != 0:
            row[W_EXPIRY] = min(row[W_EXPIRY], order[O_EXPIRES])
        if left(order) > 0:
            _watch_order(order, row)


def _watch_order(order: Any, row: Any) -> None:
    kind, side, stop = order[O_KIND], order[O_SIDE], order[O_STOP]
    below, above = 0, LARGEST
    if order[O_FORCE] == IOC or order[O_FORCE] == FOK:
        below = LARGEST
    elif kind == LIMIT or (order[O_TRIGGERED] == 1 and (kind in (STOP_LIMIT, LIMIT_IF_TOUCHED))):
        if side > 0:
            below = order[O_LIMIT]
        else:
            above = order[O_LIMIT]
    elif order[O_TRIGGERED] == 1:
        below = LARGEST
    elif kind in (STOP, STOP_LIMIT):
        if side > 0:
            above = stop
        else:
            below = stop
    elif kind == LIMIT_IF_TOUCHED:
        if side > 0:
            below = stop
        else:
            above = stop
    elif kind == TRAILING_STOP:
        if side > 0:
            above, below = stop, order[O_WATERMARK] - 1
        else:
            below, above = stop, order[O_WATERMARK] + 1
    else:
        below = LARGEST
    row[W_BELOW] = max(row[W_BELOW], below)
    row[W_ABOVE] = min(row[W_ABOVE], above)


def liquidate(step: int, time: int, until: int, desk: Any) -> bool:
    """Answer a margin call, if there is one: cancel what opens, close the largest positions; return if so."""
    if not called(desk):
        return False
    cancel_openings(time, desk)
    positions, account = desk[D_POSITIONS], desk[D_ACCOUNT]
    covered = equity(desk)
    index = 0
    while True:
        largest, most, stays = -1, 0, 0
        for symbol in range(len(positions)):
            lots = positions[symbol][P_LOTS]
            if lots == 0 or _closing(symbol, desk):
                continue
            value = abs(worth(positions[symbol][P_MARK], lots, desk[D_TERMS][symbol], account))
            stays += value
            if value > most:
                largest, most = symbol, value
        if largest < 0 or covers(covered, stays, desk):
            return True
        lots = positions[largest][P_LOTS]
        row = place(
            largest, -1 if lots > 0 else 1, MARKET, abs(lots), 0, 0, 0, 0, GTC, 0, -1, 0, 1, until, time,
            step, -1 - index, desk,
        )  # fmt: skip
        accept(row, positions[largest][P_MARK], desk)
        index += 1


def _closing(symbol: int, desk: Any) -> bool:
    """Return whether an order of an earlier margin call works already on a position."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    for position in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[position]]
        if order[O_SYMBOL] == symbol and order[O_INDEX] < 0 and is_open(order):
            return True
    return False

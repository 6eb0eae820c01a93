"""One step of the venue: expiry, the open, the range, the close, and what trailing stops learn from it."""

from typing import Any

from app.engine.charges import charged
from app.engine.kernel.amounts import guard, month_of, worth
from app.engine.kernel.choosing import choose, range_marks, range_price, takes_part
from app.engine.kernel.layout import (
    A_AMBIGUOUS,
    A_CASH,
    A_FAULT,
    A_LIMIT,
    A_MONTH,
    A_MONTH_LOTS,
    AMBIGUOUS,
    B_CLOSE,
    B_ENDS,
    B_HIGH,
    B_LOW,
    B_OFFER,
    B_OPEN,
    B_STARTS,
    CANCELED,
    CASH_ACCOUNT,
    D_ACCOUNT,
    D_BARS,
    D_COUNTS,
    D_FEES,
    D_FILLS,
    D_ORDERS,
    D_POSITIONS,
    D_TERMS,
    D_VENUE,
    D_WORKING,
    EXPIRED,
    F_REALISED,
    FILLED,
    FOK,
    INSUFFICIENT_CASH,
    IOC,
    MARKET_ON_CLOSE,
    MARKET_ON_OPEN,
    N_FILLS,
    N_WORKING,
    NO_FAULT,
    O_CHILDREN,
    O_CHOSEN_STEP,
    O_DONE_STEP,
    O_ELIGIBLE,
    O_EXPIRES,
    O_FEE,
    O_FILLED,
    O_FORCE,
    O_FROM,
    O_GROUP,
    O_KIND,
    O_LIMIT,
    O_LOTS,
    O_MONTH_LOTS,
    O_NOTIONAL,
    O_REDUCE_ONLY,
    O_SIDE,
    O_STATUS,
    O_STOP,
    O_SYMBOL,
    O_TRIGGERED,
    O_VALUE,
    O_VIEW,
    O_VIEW_STEP,
    O_WATERMARK,
    P_LOTS,
    POSITION_CLOSED,
    SEES_ALL,
    SEES_FALL,
    SEES_NOTHING,
    SEES_RISE,
    SHORT_SALE_NOT_ALLOWED,
    STOP_LIMIT,
    TIME_IN_FORCE,
    TOO_LARGE,
    TRAILING_STOP,
    V_ACCOUNT,
    V_TOUCH,
)
from app.engine.kernel.orders import (
    activate_children,
    cut_children,
    end,
    end_reductions,
    fill_row,
    is_active,
    is_open,
    is_stop,
    left,
    reducible,
    release_waiting,
    sees,
    shrink_group,
    tidy,
    trigger,
)
from app.engine.kernel.posting import post
from app.engine.kernel.pricing import open_fill, slipped, trail_stop, triggers
from app.engine.kernel.tables import put


def match(step: int, time: int, until: int, desk: Any) -> None:
    """Do to the working orders what the bars of one step do; `until` is when all bars seen have ended."""
    _expire(time, time, desk)
    _match_open(step, time, desk)
    tidy(desk)
    if desk[D_COUNTS][N_WORKING] == 0:
        return
    _match_range(step, time, desk)
    _match_close(step, time, desk)
    _trail(step, time, desk)
    _expire(until, time, desk)
    tidy(desk)


def _expire(moment: int, time: int, desk: Any) -> None:
    """End the orders whose time has come at a moment."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    for place in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[place]]
        if order[O_EXPIRES] != 0 and order[O_EXPIRES] <= moment and is_open(order):
            end(working[place], EXPIRED, TIME_IN_FORCE, time, desk)


def _match_open(step: int, time: int, desk: Any) -> None:
    """Phase A, in the order of the sequence: what the open fills, and the end of what takes it or nothing."""
    orders, working, bars = desk[D_ORDERS], desk[D_WORKING], desk[D_BARS]
    touch = desk[D_VENUE][V_TOUCH]
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        order = orders[row]
        bar = bars[order[O_SYMBOL]]
        if takes_part(order, time, desk):
            price = open_fill(order, bar[B_OPEN], bar[B_STARTS], touch)
            if triggers(order, bar[B_OPEN]):
                trigger(row, time, desk)
            if price > 0:
                execute(row, price, SEES_ALL, 0, step, time, desk)
        _end_at_open(row, time, desk)


def _end_at_open(row: int, time: int, desk: Any) -> None:
    """Expire what is for one open only, once it has had a bar, whatever the bar was."""
    order = desk[D_ORDERS][row]
    bar = desk[D_BARS][order[O_SYMBOL]]
    at_once = order[O_FORCE] == IOC or order[O_FORCE] == FOK
    auction = order[O_KIND] == MARKET_ON_OPEN and bar[B_STARTS] == 1
    had_a_bar = bar[B_OPEN] > 0 and order[O_ELIGIBLE] <= time and is_active(order)
    if (at_once or auction) and had_a_bar and is_open(order):
        end(row, EXPIRED, TIME_IN_FORCE, time, desk)


def _match_range(step: int, time: int, desk: Any) -> None:
    """Phase B, in the order of the sequence; of an OCO that the range fills twice the policy picks one."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        order = orders[row]
        if order[O_GROUP] > 0 and order[O_CHOSEN_STEP] != step and takes_part(order, time, desk):
            choose(row, step, time, desk)
        if order[O_DONE_STEP] == step or not takes_part(order, time, desk):
            continue
        if sees(order, step) in (SEES_FALL, SEES_RISE) and triggers(order, order[O_FROM]):
            trigger(row, time, desk)
        price = range_price(order, step, desk)
        view = _going(order, price)
        if range_marks(order, step, desk):
            trigger(row, time, desk)
        if price > 0:
            order[O_DONE_STEP] = step
            execute(row, price, view, AMBIGUOUS if order[O_CHOSEN_STEP] == step else 0, step, time, desk)


def _going(order: Any, price: int) -> int:
    """Return which way the price was going when a range fills an order at a price."""
    kind = order[O_KIND]
    as_stop = is_stop(kind)
    if kind == STOP_LIMIT and price == order[O_LIMIT]:
        as_stop = order[O_TRIGGERED] == 0 and price == order[O_STOP]
    return SEES_RISE if (order[O_SIDE] > 0) == as_stop else SEES_FALL


def _match_close(step: int, time: int, desk: Any) -> None:
    """Fill what waits for the close of a session, and expire what is left of it, whatever the bar was."""
    orders, working, bars = desk[D_ORDERS], desk[D_WORKING], desk[D_BARS]
    release_waiting(desk)
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        order = orders[row]
        bar = bars[order[O_SYMBOL]]
        closes = order[O_KIND] == MARKET_ON_CLOSE and bar[B_ENDS] == 1 and bar[B_OPEN] > 0
        if not closes or (order[O_VIEW_STEP] == step and order[O_VIEW] == SEES_NOTHING):
            continue
        if takes_part(order, time, desk):
            execute(row, bar[B_CLOSE], SEES_NOTHING, 0, step, time, desk)
        if is_active(order) and order[O_ELIGIBLE] <= time and is_open(order):
            end(row, EXPIRED, TIME_IN_FORCE, time, desk)


def _trail(step: int, time: int, desk: Any) -> None:
    """Move the watermarks of trailing stops with the bar that has been matched."""
    orders, working, bars = desk[D_ORDERS], desk[D_WORKING], desk[D_BARS]
    for place in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[place]]
        if order[O_KIND] != TRAILING_STOP or order[O_TRIGGERED] == 1 or not takes_part(order, time, desk):
            continue
        bar = bars[order[O_SYMBOL]]
        reached = bar[B_HIGH] if order[O_SIDE] < 0 else bar[B_LOW]
        if order[O_VIEW_STEP] == step and order[O_VIEW] != SEES_ALL:
            reached = bar[B_CLOSE]
        if order[O_SIDE] * (order[O_WATERMARK] - reached) > 0:
            order[O_WATERMARK] = reached
            order[O_STOP] = trail_stop(order, desk[D_ACCOUNT])


def execute(row: int, price: int, view: int, flags: int, step: int, time: int, desk: Any) -> None:
    """Fill an order at a price as far as volume, position and account allow; what they forbid is canceled.

    `view` says what its children see of the bar.
    """
    order, account, venue = desk[D_ORDERS][row], desk[D_ACCOUNT], desk[D_VENUE]
    symbol, side = order[O_SYMBOL], order[O_SIDE]
    bar, held = desk[D_BARS][symbol], desk[D_POSITIONS][symbol][P_LOTS]
    wanted, whole = left(order), order[O_LOTS] - order[O_FILLED]
    if order[O_REDUCE_ONLY] == 1:
        wanted = min(wanted, reducible(order, held))
        if wanted == 0:
            end(row, CANCELED, POSITION_CLOSED, time, desk)
            return
    lots = min(wanted, bar[B_OFFER])
    has_limit = order[O_LIMIT] > 0
    resting = has_limit and price == order[O_LIMIT]
    if lots <= 0 or (order[O_FORCE] == FOK and lots < whole):
        return
    paid = price
    if not resting:
        paid = slipped(price, side, lots, bar, venue, account)
        if has_limit:
            paid = side * min(side * paid, side * order[O_LIMIT])
    allowed = lots
    short = SHORT_SALE_NOT_ALLOWED if side < 0 else INSUFFICIENT_CASH
    if venue[V_ACCOUNT] == CASH_ACCOUNT:
        allowed = min(lots, max(0, held)) if side < 0 else affordable(order, paid, lots, resting, time, desk)
        if side < 0 and allowed > 0 and account[A_CASH] < _loss(order, paid, allowed, resting, time, desk):
            allowed = 0  # a minimum fee takes more than the sale brings, and than there is
            short = INSUFFICIENT_CASH
        if order[O_FORCE] == FOK and allowed < whole:
            return
    if account[A_FAULT] != NO_FAULT:
        return
    if allowed > 0:
        bar[B_OFFER] -= allowed
        account[A_AMBIGUOUS] += flags
        _fill(row, allowed, price, paid, resting, flags, view, step, time, desk)
    if allowed < lots and is_open(order):
        end(row, CANCELED, short, time, desk)


def _fill(
    row: int,
    lots: int,
    price: int,
    paid: int,
    resting: bool,
    flags: int,
    view: int,
    step: int,
    time: int,
    desk: Any,
) -> None:
    """Post a fill, write it down, and let it act on the order, its group, its children and its position."""
    order, counts = desk[D_ORDERS][row], desk[D_COUNTS]
    symbol, side = order[O_SYMBOL], order[O_SIDE]
    position = desk[D_POSITIONS][symbol]
    value = worth(paid, lots, desk[D_TERMS][symbol], desk[D_ACCOUNT])
    _count_month(order, time, desk[D_ACCOUNT])
    fee = fee_of(order, lots, value, resting, time, desk)
    desk[D_ACCOUNT][A_MONTH_LOTS] += lots
    order[O_FEE] += fee
    order[O_VALUE] += value
    if 1.0 * order[O_NOTIONAL] + 1.0 * paid * lots > desk[D_ACCOUNT][A_LIMIT]:
        desk[D_ACCOUNT][A_FAULT] = TOO_LARGE
        return
    order[O_NOTIONAL] += paid * lots
    guard(order[O_VALUE], desk[D_ACCOUNT])
    before, place = position[P_LOTS], counts[N_FILLS]
    put(desk[D_FILLS], place, (row, side * lots, paid, value, fee, time, 0, flags, step))
    counts[N_FILLS] += 1
    desk[D_FILLS][place][F_REALISED] = post(symbol, side * lots, value, fee, time, step, place, desk)
    fill_row(row, lots, time, desk)
    if order[O_CHILDREN] == 1:
        activate_children(row, lots, price, paid, view, step, time, desk)
    if order[O_GROUP] > 0:
        shrink_group(row, lots, time, desk)
    if before != 0 and before * position[P_LOTS] <= 0:
        end_reductions(symbol, place, time, desk)
    if order[O_CHILDREN] == 1 and order[O_STATUS] == FILLED:
        cut_children(time, desk)


def _count_month(order: Any, time: int, account: Any) -> None:
    """Begin the count of a new month's lots, and remember it with an order's first fill."""
    month = month_of(time)
    if account[A_MONTH] != month:
        account[A_MONTH] = month
        account[A_MONTH_LOTS] = 0
    if order[O_FILLED] == 0:
        order[O_MONTH_LOTS] = account[A_MONTH_LOTS]


def fee_of(order: Any, lots: int, value: int, resting: bool, time: int, desk: Any) -> int:
    """Return what so many more lots for so much value cost: what is due after them less what was before."""
    table = desk[D_FEES][order[O_SYMBOL]]
    side = order[O_SIDE] * 2 if resting else order[O_SIDE]
    before = 0
    if order[O_FILLED] > 0:
        before = charged(table, side, order[O_FILLED], order[O_VALUE], time, order[O_MONTH_LOTS])
    after = charged(table, side, order[O_FILLED] + lots, order[O_VALUE] + value, time, order[O_MONTH_LOTS])
    return int(max(0, after - before))


def affordable(order: Any, price: int, lots: int, resting: bool, time: int, desk: Any) -> int:
    """Return the most lots, of so many, that the cash pays for with their fee."""
    cash = desk[D_ACCOUNT][A_CASH]
    if _cost(order, price, lots, resting, time, desk) <= cash:
        return lots
    enough, too_many = 0, lots
    while too_many - enough > 1:
        middle = (enough + too_many) // 2
        if _cost(order, price, middle, resting, time, desk) <= cash:
            enough = middle
        else:
            too_many = middle
    return enough


def _loss(order: Any, price: int, lots: int, resting: bool, time: int, desk: Any) -> int:
    """Return what a sale costs more than it brings; below zero for any sale worth its fee."""
    value = worth(price, lots, desk[D_TERMS][order[O_SYMBOL]], desk[D_ACCOUNT])
    return fee_of(order, lots, value, resting, time, desk) - value


def _cost(order: Any, price: int, lots: int, resting: bool, time: int, desk: Any) -> int:
    value = worth(price, lots, desk[D_TERMS][order[O_SYMBOL]], desk[D_ACCOUNT])
    return value + fee_of(order, lots, value, resting, time, desk)

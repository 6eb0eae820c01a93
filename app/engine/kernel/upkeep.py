"""What happens to an account beside its orders: splits, dividends, removals, interest, margin calls."""

from typing import Any

from app.domain.money import half_even
from app.engine.kernel.amounts import NANOSECONDS_A_DAY, guard, share, worth
from app.engine.kernel.layout import (
    A_CASH,
    A_DAY,
    A_FAULT,
    A_LIMIT,
    ALL,
    BORROW,
    C_EXIT,
    C_LOTS,
    C_REALISED,
    CANCELED,
    D_ACCOUNT,
    D_ACTIONS,
    D_CHANGED,
    D_COUNTS,
    D_ORDERS,
    D_POSITIONS,
    D_TERMS,
    D_VENUE,
    D_WORKING,
    DELISTED,
    DELISTING,
    DIVIDEND,
    E_KIND,
    E_LAST,
    E_LAST_OF,
    E_LINK,
    E_LOTS,
    E_PART,
    E_STEP,
    E_SYMBOL,
    E_WHOLE,
    ENTITLEMENT,
    INTEREST,
    MARGIN_CALL,
    N_WORKING,
    NEVER,
    O_FILLED,
    O_FROM,
    O_KIND,
    O_LIMIT,
    O_LOTS,
    O_READY,
    O_REDUCE_ONLY,
    O_STOP,
    O_SYMBOL,
    O_TRAIL,
    O_TRIGGERED,
    O_WATERMARK,
    P_CLOSED,
    P_COST,
    P_DIVIDENDS,
    P_LOTS,
    P_MARK,
    P_REALISED,
    PAYMENT,
    QUANTITY_BELOW_ONE_LOT,
    SPLIT,
    SPLIT_CASH,
    T_UNIT_OF,
    T_UNIT_VALUE,
    TOO_LARGE,
    TRAILING_STOP,
    V_BORROW,
    V_CREDIT,
    V_DEBIT,
    V_MAINTENANCE,
    V_MAINTENANCE_OF,
    V_RATE_OF,
)
from app.engine.kernel.orders import cut_children, end, end_alone, end_reductions, is_open, tidy
from app.engine.kernel.posting import close_trade, hold, pay
from app.engine.kernel.pricing import trail_stop
from app.engine.kernel.tables import note


def act(row: int, time: int, desk: Any) -> None:
    """Let one corporate action act on position, cash and working orders."""
    action = desk[D_ACTIONS][row]
    kind, symbol = action[E_KIND], action[E_SYMBOL]
    if kind == SPLIT:
        _split_position(action, time, desk)
        _split_orders(action, time, desk)
    elif kind == ENTITLEMENT:
        desk[D_ACTIONS][action[E_LINK]][E_LOTS] = desk[D_POSITIONS][symbol][P_LOTS]
    elif kind == PAYMENT:
        _pay_dividend(action, time, desk)
    else:
        _remove(action, time, desk)


def _split_position(action: Any, time: int, desk: Any) -> None:
    """Turn old shares into new ones; less than one lot is paid at the last close's post-split price."""
    symbol, step = action[E_SYMBOL], action[E_STEP]
    position, account, terms = desk[D_POSITIONS][symbol], desk[D_ACCOUNT], desk[D_TERMS][symbol]
    lots = position[P_LOTS]
    if lots == 0:
        return
    sign = 1 if lots > 0 else -1
    parts = 1.0 * action[E_LAST_OF] * action[E_PART] * terms[T_UNIT_OF]
    if max(1.0 * max(abs(lots), position[C_LOTS]) * action[E_PART], parts) > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return
    scaled = abs(lots) * action[E_PART]
    whole, left = scaled // action[E_WHOLE], scaled % action[E_WHOLE]
    if 1.0 * action[E_LAST] * left * terms[T_UNIT_VALUE] > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return
    proceeds = sign * half_even(
        action[E_LAST] * left * terms[T_UNIT_VALUE], action[E_LAST_OF] * action[E_PART] * terms[T_UNIT_OF]
    )
    released = share(position[P_COST], left, scaled, account)
    position[P_LOTS] = sign * whole
    position[P_COST] -= released
    position[P_REALISED] += proceeds - released
    guard(position[P_LOTS], account)
    position[C_EXIT] += abs(proceeds)
    position[C_REALISED] += proceeds - released
    if left > 0:
        pay(SPLIT_CASH, proceeds, time, symbol, -1, step, desk)
    if whole > 0:
        position[C_LOTS] = position[C_LOTS] * action[E_PART] // action[E_WHOLE]
    else:
        position[P_CLOSED] = time
        close_trade(symbol, time, step, desk)
        end_reductions(symbol, -1, time, desk)
    hold(symbol, sign * whole, step, desk)


def _split_orders(action: Any, time: int, desk: Any) -> None:
    """Rescale the working orders of a symbol: what is left of them floored, prices to the nearest tick."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    part, whole = action[E_PART], action[E_WHOLE]
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        order = orders[row]
        if order[O_SYMBOL] != action[E_SYMBOL] or not is_open(order):
            continue
        largest = max(order[O_STOP], order[O_LIMIT], order[O_TRAIL], order[O_WATERMARK], order[O_FROM])
        if max(1.0 * order[O_LOTS] * part, 1.0 * largest * whole) > desk[D_ACCOUNT][A_LIMIT]:
            desk[D_ACCOUNT][A_FAULT] = TOO_LARGE
            return
        left = (order[O_LOTS] - order[O_FILLED]) * part // whole
        for price in (O_STOP, O_LIMIT, O_TRAIL, O_WATERMARK, O_FROM):
            if order[price] > 0:
                order[price] = max(1, half_even(order[price] * whole, part))
        if order[O_KIND] == TRAILING_STOP and order[O_TRIGGERED] == 0 and order[O_WATERMARK] > 0:
            order[O_STOP] = trail_stop(order, desk[D_ACCOUNT])
        note(desk[D_CHANGED], row)
        if left == 0:
            end(row, CANCELED, QUANTITY_BELOW_ONE_LOT, time, desk)
            continue
        if order[O_READY] < ALL:
            order[O_READY] = order[O_FILLED] + max(0, order[O_READY] - order[O_FILLED]) * part // whole
        order[O_LOTS] = order[O_FILLED] + left
    tidy(desk)


def _pay_dividend(action: Any, time: int, desk: Any) -> None:
    """Pay a dividend on the lots held before the ex-date; short positions pay it."""
    if action[E_LOTS] == 0:
        return
    amount = share(action[E_LOTS], action[E_PART], action[E_WHOLE], desk[D_ACCOUNT])
    desk[D_POSITIONS][action[E_SYMBOL]][P_DIVIDENDS] += amount
    pay(DIVIDEND, amount, time, action[E_SYMBOL], -1, action[E_STEP], desk)


def _remove(action: Any, time: int, desk: Any) -> None:
    """End everything in a symbol that trades no more: orders are canceled, the position paid out."""
    symbol, step = action[E_SYMBOL], action[E_STEP]
    orders, working, position = desk[D_ORDERS], desk[D_WORKING], desk[D_POSITIONS][symbol]
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        if orders[row][O_SYMBOL] == symbol and is_open(orders[row]):
            end(row, CANCELED, DELISTED, time, desk)
    tidy(desk)
    lots = position[P_LOTS]
    if lots == 0:
        return
    value = worth(action[E_PART], lots, desk[D_TERMS][symbol], desk[D_ACCOUNT])
    realised = value - position[P_COST]
    position[P_REALISED] += realised
    position[P_COST] = 0
    position[P_LOTS] = 0
    position[P_CLOSED] = time
    position[C_EXIT] += abs(value)
    position[C_REALISED] += realised
    close_trade(symbol, time, step, desk)
    pay(DELISTING, value, time, symbol, -1, step, desk)
    hold(symbol, 0, step, desk)


def finance(step: int, time: int, desk: Any) -> None:
    """Charge, once for each day that has begun, the borrowing of shares and of cash; credit idle cash.

    A year of money has 360 days. Shorts are valued at their marks of the evening before.
    """
    account, venue, positions = desk[D_ACCOUNT], desk[D_VENUE], desk[D_POSITIONS]
    day = time // NANOSECONDS_A_DAY
    if account[A_DAY] == NEVER:
        account[A_DAY] = day
    days = day - account[A_DAY]
    if days <= 0:
        return
    account[A_DAY] = day
    whole = 360 * venue[V_RATE_OF]
    cash = account[A_CASH]
    if venue[V_BORROW] > 0:
        for symbol in range(len(positions)):
            lots = positions[symbol][P_LOTS]
            if lots < 0:
                value = worth(positions[symbol][P_MARK], -lots, desk[D_TERMS][symbol], account)
                owed = share(value, venue[V_BORROW] * days, whole, account)
                if owed != 0:
                    pay(BORROW, -owed, time, symbol, -1, step, desk)
    rate = venue[V_DEBIT] if cash < 0 else venue[V_CREDIT]
    interest = share(cash, rate * days, whole, account)
    if interest != 0:
        pay(INTEREST, interest, time, -1, -1, step, desk)


def equity(desk: Any) -> int:
    """Return cash plus the positions at their marks."""
    total = desk[D_ACCOUNT][A_CASH]
    for symbol in range(len(desk[D_POSITIONS])):
        position = desk[D_POSITIONS][symbol]
        if position[P_LOTS] != 0:
            total += worth(position[P_MARK], position[P_LOTS], desk[D_TERMS][symbol], desk[D_ACCOUNT])
    return int(total)


def exposure(desk: Any) -> int:
    """Return the sum of the absolute values of the positions at their marks."""
    total = 0
    for symbol in range(len(desk[D_POSITIONS])):
        position = desk[D_POSITIONS][symbol]
        if position[P_LOTS] != 0:
            total += abs(worth(position[P_MARK], position[P_LOTS], desk[D_TERMS][symbol], desk[D_ACCOUNT]))
    return int(total)


def called(desk: Any) -> bool:
    """Return whether equity, at the marks, is below the maintenance margin of the positions."""
    return not covers(equity(desk), exposure(desk), desk)


def covers(money: int, value: int, desk: Any) -> bool:
    """Return whether so much equity covers the maintenance margin of positions of so much value."""
    venue, account = desk[D_VENUE], desk[D_ACCOUNT]
    part, whole = venue[V_MAINTENANCE], venue[V_MAINTENANCE_OF]
    if max(abs(1.0 * money * whole), 1.0 * value * part) > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return True
    return bool(money * whole >= value * part)


def cancel_openings(time: int, desk: Any) -> None:
    """Cancel, for a margin call, every working order that may do more than reduce a position."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    for place in range(desk[D_COUNTS][N_WORKING]):
        row = working[place]
        if orders[row][O_REDUCE_ONLY] == 0:
            end_alone(row, MARGIN_CALL, time, desk)
    cut_children(time, desk)
    tidy(desk)

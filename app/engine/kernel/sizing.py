"""From signals to orders within a whole run: what portfolio, line and risk do for signals, over integers."""

from math import ceil, floor, isnan
from typing import Any

from app.engine.charges import charged
from app.engine.kernel.amounts import share, worth
from app.engine.kernel.layout import (
    A_CASH,
    A_FAULT,
    A_GROUPS,
    A_LIMIT,
    CASH_ACCOUNT,
    D_ACCOUNT,
    D_COUNTS,
    D_FEES,
    D_ORDERS,
    D_POSITIONS,
    D_TERMS,
    D_VENUE,
    D_WORKING,
    GTC,
    INSUFFICIENT_CASH,
    INSUFFICIENT_MARGIN,
    LIMIT,
    LIMIT_PRICE_NOT_POSITIVE,
    MARKET,
    MARKET_ON_CLOSE,
    MARKET_ON_OPEN,
    N_WORKING,
    NO_REASON,
    O_KIND,
    O_LIMIT,
    O_MADE,
    O_REDUCE_ONLY,
    O_SIDE,
    O_STOP,
    O_SYMBOL,
    O_TAG,
    P_LOTS,
    P_MARK,
    QUANTITY_BELOW_ONE_LOT,
    R_CHANGE,
    R_JUDGED,
    R_LIMIT,
    R_RANK,
    R_REASON,
    R_SIGNAL,
    R_STOP,
    R_SYMBOL,
    R_TAG,
    R_TRAIL,
    SHORT_SALE_NOT_ALLOWED,
    STOP,
    STOP_PRICE_NOT_POSITIVE,
    T_TICK,
    T_TICK_OF,
    T_UNIT_OF,
    T_UNIT_VALUE,
    TOO_FINE,
    TOO_LARGE,
    TRAILING_STOP,
    V_ACCOUNT,
    V_INITIAL,
    V_INITIAL_OF,
    Z_QUANTITY,
    Z_QUANTITY_OF,
    Z_SHARE,
    Z_SHARE_OF,
    Z_SPEND,
    Z_SPEND_OF,
    Z_TAGS,
    Z_WITHIN_CASH,
)
from app.engine.kernel.orders import left
from app.engine.kernel.taking import accept, place, refuse
from app.engine.kernel.upkeep import equity, exposure

MILLIONTHS = 1_000_000
BEYOND = 1e12
STOP_TAG, LIMIT_TAG, TRAIL_TAG = 1, 2, 3
LEG_TAGS = 3
"""The first tags of every run are those of the legs of brackets; a strategy's own follow."""


def write_request(
    place_in: int,
    symbol: int,
    decision: Any,
    requests: Any,
    sizing: Any,
    desk: Any,
) -> None:
    """Write down what a decision asks for: signal, stop loss, take profit, trail and tag, in floats."""
    request = requests[place_in]
    for value in decision:
        if abs(value) >= BEYOND or (decision[4] < 0.0 or decision[4] > sizing[Z_TAGS]):
            desk[D_ACCOUNT][A_FAULT] = TOO_FINE
            request[R_REASON] = NOTHING
            return
    account, terms = desk[D_ACCOUNT], desk[D_TERMS][symbol]
    signal = floor(decision[0] * MILLIONTHS + 0.5)
    if abs(decision[0] * MILLIONTHS - signal) > 1e-6 or abs(signal) > MILLIONTHS:
        account[A_FAULT] = TOO_FINE
    request[R_SYMBOL] = symbol
    request[R_SIGNAL] = signal
    request[R_STOP] = quantised(decision[1], signal < 0, terms)
    request[R_LIMIT] = quantised(decision[2], signal > 0, terms)
    if not (isnan(decision[1]) or isnan(decision[3])):
        account[A_FAULT] = TOO_FINE
    request[R_TRAIL] = 0
    if decision[3] > 0.0:
        request[R_TRAIL] = max(1, floor(decision[3] * terms[T_TICK_OF] / terms[T_TICK] + 0.5))
    request[R_TAG] = int(decision[4]) + LEG_TAGS if decision[4] > 0.0 else 0
    request[R_REASON] = NO_REASON


def quantised(price: float, up: bool, terms: Any) -> int:
    """Return a price in ticks; 0 where it is not given, -1 where it is below one tick.

    What is within a millionth of a tick is that tick, because floats are seldom exactly on it.
    """
    if isnan(price):
        return 0
    ticks = price * terms[T_TICK_OF] / terms[T_TICK]
    nearest = floor(ticks + 0.5)
    if abs(ticks - nearest) > 1e-6:
        nearest = ceil(ticks) if up else floor(ticks)
    return int(nearest) if nearest >= 1 else -1


def expected(symbol: int, desk: Any) -> int:
    """Return the signed lots held plus those in flight as market orders."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    lots = desk[D_POSITIONS][symbol][P_LOTS]
    for row in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[row]]
        if order[O_SYMBOL] == symbol and order[O_KIND] in (MARKET, MARKET_ON_OPEN, MARKET_ON_CLOSE):
            lots += order[O_SIDE] * left(order)
    return int(lots)


def _worth_of(order: Any, lots: int, desk: Any) -> int:
    symbol = order[O_SYMBOL]
    ticks = order[O_LIMIT] if order[O_LIMIT] > 0 else order[O_STOP]
    if ticks == 0:
        ticks = desk[D_POSITIONS][symbol][P_MARK]
    return worth(ticks, lots, desk[D_TERMS][symbol], desk[D_ACCOUNT])


def reserved(desk: Any) -> int:
    """Return the cash promised to working purchases, fees included."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    total = 0
    for row in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[row]]
        lots = left(order)
        if order[O_SIDE] > 0 and lots > 0 and order[O_REDUCE_ONLY] == 0:
            value = _worth_of(order, lots, desk)
            total += value + charged(desk[D_FEES][order[O_SYMBOL]], 1, lots, value, order[O_MADE], 0)
    return int(total)


def opening(desk: Any) -> int:
    """Return the value of the working orders that may add to a position."""
    orders, working = desk[D_ORDERS], desk[D_WORKING]
    total = 0
    for row in range(desk[D_COUNTS][N_WORKING]):
        order = orders[working[row]]
        held = desk[D_POSITIONS][order[O_SYMBOL]][P_LOTS]
        grown = abs(held + order[O_SIDE] * left(order)) - abs(held)
        if order[O_REDUCE_ONLY] == 0 and grown > 0:
            total += _worth_of(order, grown, desk)
    return int(total)


def answer(wanted: int, requests: Any, sizing: Any, until: int, time: int, step: int, desk: Any) -> None:
    """Size so many requests, judge them, and write the orders: the denied first, then what may work.

    Positions are marked to their last closes. The order of everything is that of portfolio, line and judge.
    """
    worth_all = equity(desk)
    spend = share(worth_all, sizing[Z_SPEND], sizing[Z_SPEND_OF], desk[D_ACCOUNT])
    for row in range(wanted):
        _size(requests[row], spend, sizing, desk)
    if sizing[Z_WITHIN_CASH] == 1:
        _cut_to_cash(wanted, requests, worth_all - spend, desk)
    for row in range(wanted):
        _rank(requests[row], sizing, desk)
    _judge(wanted, requests, worth_all, time, desk)
    index = _write_all(wanted, requests, JUDGED, 0, until, time, step, desk)
    index = _write_all(wanted, requests, NEVER_JUDGED, index, until, time, step, desk)
    _write_all(wanted, requests, NOT_DENIED, index, until, time, step, desk)


JUDGED, NEVER_JUDGED, NOT_DENIED = range(3)
RANKS = 4
NOTHING = -1
"""The reason of a request that changes nothing: no order at all."""


def _size(request: Any, spend: int, sizing: Any, desk: Any) -> None:
    """Turn a signal into the change of the expected holding."""
    symbol, signal = request[R_SYMBOL], request[R_SIGNAL]
    account, terms = desk[D_ACCOUNT], desk[D_TERMS][symbol]
    if sizing[Z_QUANTITY] > 0:
        most = max(1.0 * abs(signal) * sizing[Z_QUANTITY], 1.0 * MILLIONTHS * sizing[Z_QUANTITY_OF])
        if most > account[A_LIMIT]:
            account[A_FAULT] = TOO_LARGE
            return
        lots = abs(signal) * sizing[Z_QUANTITY] // (sizing[Z_QUANTITY_OF] * MILLIONTHS)
        target = lots if signal > 0 else -lots
    else:
        money = share(spend, sizing[Z_SHARE] * signal, sizing[Z_SHARE_OF] * MILLIONTHS, account)
        lots = _lots_for(abs(money), desk[D_POSITIONS][symbol][P_MARK], terms, account)
        target = lots if money > 0 else -lots  # an account that owes more than it has turns the sign
    change = target - expected(symbol, desk)
    request[R_CHANGE] = change
    request[R_JUDGED] = 0
    if change == 0:
        request[R_REASON] = QUANTITY_BELOW_ONE_LOT if target == 0 and signal != 0 else NOTHING
    if target * change <= 0:
        request[R_STOP] = request[R_LIMIT] = request[R_TRAIL] = 0


def _lots_for(money: int, ticks: int, terms: Any, account: Any) -> int:
    """Return how many whole lots some money pays for."""
    if max(1.0 * money * terms[T_UNIT_OF], 1.0 * ticks * terms[T_UNIT_VALUE]) > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return 0
    return int(money * terms[T_UNIT_OF] // (ticks * terms[T_UNIT_VALUE]))


def _cut_to_cash(wanted: int, requests: Any, keep: int, desk: Any) -> None:
    """Cut purchases to what the cash above `keep` pays for, with what the sales are estimated to bring in."""
    account = desk[D_ACCOUNT]
    available = account[A_CASH] - reserved(desk) - keep
    for row in range(wanted):
        request = requests[row]
        if request[R_CHANGE] < 0:
            available += _value(request, desk)
    for row in range(wanted):
        request = requests[row]
        if request[R_CHANGE] > 0:
            symbol = request[R_SYMBOL]
            mark = desk[D_POSITIONS][symbol][P_MARK]
            paid = _lots_for(max(0, available), mark, desk[D_TERMS][symbol], account)
            if paid == 0:
                request[R_REASON] = INSUFFICIENT_CASH
            else:
                request[R_CHANGE] = min(request[R_CHANGE], paid)
                available -= _value(request, desk)


def _value(request: Any, desk: Any) -> int:
    symbol = request[R_SYMBOL]
    mark = desk[D_POSITIONS][symbol][P_MARK]
    return worth(mark, abs(request[R_CHANGE]), desk[D_TERMS][symbol], desk[D_ACCOUNT])


def _rank(request: Any, sizing: Any, desk: Any) -> None:
    """Say when a request is judged: reductions first, sales before purchases where the cash is shared out."""
    held, change = expected(request[R_SYMBOL], desk), request[R_CHANGE]
    rank = 0 if shrinks(held, change) else 2
    if sizing[Z_WITHIN_CASH] == 1 and change >= 0:
        rank += 1
    request[R_RANK] = rank
    if request[R_REASON] == NO_REASON and request[R_STOP] < 0:
        request[R_REASON] = STOP_PRICE_NOT_POSITIVE
    if request[R_REASON] == NO_REASON and request[R_LIMIT] < 0:
        request[R_REASON] = LIMIT_PRICE_NOT_POSITIVE


def shrinks(lots: int, change: int) -> bool:
    """Return whether a signed change of a signed holding only brings it nearer to zero."""
    return lots != 0 and (lots > 0) != (change > 0) and abs(change) <= abs(lots)


def _judge(wanted: int, requests: Any, worth_all: int, time: int, desk: Any) -> None:
    """Let the account's own rules deny what it could not settle, promising cash and margin once."""
    venue, account = desk[D_VENUE], desk[D_ACCOUNT]
    part, whole = venue[V_INITIAL], venue[V_INITIAL_OF]
    cash = account[A_CASH] - reserved(desk)
    margin = worth_all - share(exposure(desk) + opening(desk), part, whole, account)
    for rank in range(RANKS):
        for row in range(wanted):
            request = requests[row]
            if request[R_RANK] != rank or request[R_REASON] != NO_REASON:
                continue
            request[R_JUDGED] = 1
            symbol, change = request[R_SYMBOL], request[R_CHANGE]
            held, value, lots = expected(symbol, desk), _value(request, desk), abs(change)
            fee = charged(desk[D_FEES][symbol], 1 if change > 0 else -1, lots, value, time, 0)
            grown = abs(held + change) - abs(held)
            needed = share(share(value, grown, lots, account), part, whole, account) + fee
            if not shrinks(held, change):
                if venue[V_ACCOUNT] != CASH_ACCOUNT:
                    if share(share(value, max(0, grown), lots, account), part, whole, account) + fee > margin:
                        request[R_REASON] = INSUFFICIENT_MARGIN
                elif held + change < 0:
                    request[R_REASON] = SHORT_SALE_NOT_ALLOWED
                elif change > 0 and value + fee > cash:
                    request[R_REASON] = INSUFFICIENT_CASH
            if request[R_REASON] == NO_REASON:
                margin -= needed
                cash -= value + fee if change > 0 else fee - value


def _write_all(
    wanted: int, requests: Any, which: int, index: int, until: int, time: int, step: int, desk: Any
) -> int:
    """Write the orders of some requests in their turn; return the next order's place in the step."""
    for rank in range(RANKS):
        for row in range(wanted):
            request = requests[row]
            if request[R_RANK] != rank or request[R_REASON] == NOTHING:
                continue
            denied = request[R_REASON] != NO_REASON
            if which == NOT_DENIED and not denied:
                index += _write(request, index, until, time, step, desk)
            elif denied and which != NOT_DENIED and (request[R_JUDGED] == 1) == (which == JUDGED):
                index += _write_denied(request, index, time, step, desk)
    return index


def _write_denied(request: Any, index: int, time: int, step: int, desk: Any) -> int:
    change = request[R_CHANGE]
    side = -1 if change < 0 else 1
    symbol = request[R_SYMBOL]
    row = place(symbol, side, MARKET, abs(change), 0, 0, 0, 0, GTC, 0, -1, 0, 0, 0, time, step, index, desk)
    desk[D_ORDERS][row][O_TAG] = request[R_TAG]
    refuse(row, request[R_REASON], desk)
    return 1


def _write(request: Any, index: int, until: int, time: int, step: int, desk: Any) -> int:
    """Write an order and the legs of its bracket, and let them work; return how many orders they are."""
    account, change, symbol = desk[D_ACCOUNT], request[R_CHANGE], request[R_SYMBOL]
    mark, lots = desk[D_POSITIONS][symbol][P_MARK], abs(change)
    side = 1 if change > 0 else -1
    parent = place(symbol, side, MARKET, lots, 0, 0, 0, 0, GTC, 0, -1, 0, 0, until, time, step, index, desk)
    desk[D_ORDERS][parent][O_TAG] = request[R_TAG]
    accept(parent, mark, desk)
    made = 1
    if request[R_STOP] > 0 or request[R_LIMIT] > 0 or request[R_TRAIL] > 0:
        account[A_GROUPS] += 1
    for leg in range(3):
        kind, limit, stop, trail, tag = STOP, 0, request[R_STOP], 0, STOP_TAG
        if leg == 1:
            kind, stop, trail, tag = TRAILING_STOP, 0, request[R_TRAIL], TRAIL_TAG
        elif leg == 2:
            kind, limit, stop, tag = LIMIT, request[R_LIMIT], 0, LIMIT_TAG
        if limit + stop + trail > 0:
            row = place(
                symbol, -side, kind, lots, limit, stop, trail, 0, GTC, 0, parent, account[A_GROUPS], 1, until,
                time, step, index + made, desk,
            )  # fmt: skip
            desk[D_ORDERS][row][O_TAG] = tag
            accept(row, mark, desk)
            made += 1
    return made

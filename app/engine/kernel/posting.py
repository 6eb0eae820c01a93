"""The ledger's arithmetic: what a fill does to a position, to the trade that is open in it, and to cash.

A position keeps its total cost: adding adds cost, reducing takes half_even(cost * q / Q) and realises the
proceeds less that; a change beyond flat is split at zero, its value in proportion.
"""

from typing import Any

from app.engine.kernel.amounts import guard, share
from app.engine.kernel.layout import (
    A_CASH,
    C_ENTRY,
    C_EXIT,
    C_FEES,
    C_LOTS,
    C_OPENED,
    C_REALISED,
    C_SIDE,
    D_ACCOUNT,
    D_CASH,
    D_COUNTS,
    D_HOLDINGS,
    D_POSITIONS,
    D_TRADES,
    FEE,
    N_CASH,
    N_HOLDINGS,
    N_TRADES,
    NEVER,
    P_CLOSED,
    P_COST,
    P_FEES,
    P_LOTS,
    P_OPENED,
    P_REALISED,
    TRADE,
)
from app.engine.kernel.tables import put


def pay(kind: int, amount: int, time: int, symbol: int, fill: int, step: int, desk: Any) -> None:
    """Move cash, and write down why; `symbol` and `fill` are -1 where there is none."""
    account, counts, cash = desk[D_ACCOUNT], desk[D_COUNTS], desk[D_CASH]
    account[A_CASH] += amount
    guard(account[A_CASH], account)
    put(cash, counts[N_CASH], (kind, amount, time, symbol, fill, step))
    counts[N_CASH] += 1


def hold(symbol: int, lots: int, step: int, desk: Any) -> None:
    """Write down what is held of a symbol from this step on."""
    counts = desk[D_COUNTS]
    put(desk[D_HOLDINGS], counts[N_HOLDINGS], (step, symbol, lots))
    counts[N_HOLDINGS] += 1


def post(symbol: int, change: int, value: int, fee: int, time: int, step: int, fill: int, desk: Any) -> int:
    """Post `change` signed lots traded for `value`, and their fee; return the profit realised before fees."""
    position, account = desk[D_POSITIONS][symbol], desk[D_ACCOUNT]
    lots = position[P_LOTS]
    paid = value if change > 0 else -value
    closing = 0
    if lots != 0 and (lots > 0) != (change > 0):
        closing = min(abs(lots), abs(change))
    closed_value = share(value, closing, abs(change), account)
    closed_fee = share(fee, closing, abs(change), account)
    realised = 0
    if closing == 0:
        position[P_COST] += paid
    elif closing < abs(lots):
        released = share(position[P_COST], closing, abs(lots), account)
        realised = -paid - released
        position[P_COST] -= released
    else:
        gone = closed_value if change > 0 else -closed_value
        realised = -gone - position[P_COST]
        position[P_COST] = paid - gone
    position[P_LOTS] = lots + change
    position[P_REALISED] += realised
    position[P_FEES] += fee
    guard(position[P_COST], account)
    guard(position[P_LOTS], account)
    guard(position[P_REALISED], account)
    if closing > 0:
        position[C_EXIT] += closed_value
        guard(position[C_EXIT], account)
        position[C_REALISED] += realised
        position[C_FEES] += closed_fee
        if lots + change == 0 or closing < abs(change):
            close_trade(symbol, time, step, desk)
    if closing < abs(change):
        if position[C_SIDE] == 0:
            position[C_SIDE] = 1 if change > 0 else -1
            position[C_OPENED] = time
        position[C_LOTS] += abs(change) - closing
        position[C_ENTRY] += value - closed_value
        position[C_FEES] += fee - closed_fee
        guard(position[C_ENTRY], account)
    if lots == 0 or (closing < abs(change) and closing > 0):
        position[P_OPENED] = time
    position[P_CLOSED] = time if lots + change == 0 else NEVER
    pay(TRADE, -paid, time, symbol, fill, step, desk)
    if fee != 0:
        pay(FEE, -fee, time, symbol, fill, step, desk)
    hold(symbol, lots + change, step, desk)
    return realised


def close_trade(symbol: int, time: int, step: int, desk: Any) -> None:
    """Write down the trade that has come to its end, and begin none."""
    position, counts = desk[D_POSITIONS][symbol], desk[D_COUNTS]
    put(
        desk[D_TRADES],
        counts[N_TRADES],
        (
            symbol,
            position[C_SIDE],
            position[C_LOTS],
            position[C_OPENED],
            time,
            position[C_ENTRY],
            position[C_EXIT],
            position[C_REALISED],
            position[C_FEES],
            step,
        ),
    )
    counts[N_TRADES] += 1
    for column in range(C_SIDE, C_FEES + 1):
        position[column] = 0

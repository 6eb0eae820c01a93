"""A whole run in one function: the venue's steps, and a strategy that is a function of columns.

It stops where a table is full or a corporate action is due, and goes on from there when called again: all
that it knows is in its arguments, so a copy of them is a checkpoint.
"""

from typing import Any

from app.engine.kernel.amounts import NANOSECONDS_A_DAY
from app.engine.kernel.layout import (
    A_DAY,
    A_FAULT,
    B_CLOSE,
    B_CLOSES,
    B_DAY_LOTS,
    B_ENDS,
    B_FINER,
    B_FINER_END,
    B_HIGH,
    B_LOTS,
    B_LOW,
    B_NEXT_CLOSES,
    B_OFFER,
    B_OPEN,
    B_SIGMA,
    B_STARTS,
    B_TRADES,
    CASH_ACCOUNT,
    D_ACCOUNT,
    D_BARS,
    D_CASH,
    D_COUNTS,
    D_FILLS,
    D_HOLDINGS,
    D_ORDERS,
    D_POSITIONS,
    D_TERMS,
    D_TRADES,
    D_VENUE,
    D_WATCH,
    D_WORKING,
    M_CLOSES,
    M_DAY_LOTS,
    M_ENDS,
    M_FINER,
    M_FINER_END,
    M_FRESH,
    M_HIGHS,
    M_LOWS,
    M_NEXT_CLOSES,
    M_OPENS,
    M_ROWS,
    M_SESSION_CLOSES,
    M_SIGMAS,
    M_STARTS,
    M_TIMES,
    M_UNTILS,
    M_VOLUMES,
    N_CASH,
    N_FILLS,
    N_HOLDINGS,
    N_ORDERS,
    N_TRADES,
    N_WORKING,
    P_LOTS,
    P_MARK,
    SQUARE_ROOT,
    T_HAS_VOLUME,
    UNBOUNDED_OFFER,
    V_ACCOUNT,
    V_BORROW,
    V_CREDIT,
    V_DEBIT,
    V_SHARE,
    V_SHARE_OF,
    V_SLIPPAGE,
    W_ABOVE,
    W_BELOW,
    W_EXPIRY,
    Z_FIRST,
)
from app.engine.kernel.matching import match
from app.engine.kernel.sizing import answer, write_request
from app.engine.kernel.tables import has_room
from app.engine.kernel.taking import liquidate, watch
from app.engine.kernel.upkeep import finance


def whole_run(
    start: int,
    stop: int,
    desk: Any,
    market: Any,
    inputs: Any,
    states: Any,
    params: Any,
    sizing: Any,
    requests: Any,
    decide: Any,
) -> int:
    """Take the steps from `start` to `stop`; return the next step, which is `stop` if nothing came up.

    `inputs[symbol]` are the columns that the strategy reads, by row of the symbol; `states[symbol]` is what
    it remembers. `decide(state, columns, row, params)` returns signal, stop loss, take profit, trail, tag; a
    signal of NaN asks for nothing.
    """
    venue, account = desk[D_VENUE], desk[D_ACCOUNT]
    times, untils, fresh, rows = market[M_TIMES], market[M_UNTILS], market[M_FRESH], market[M_ROWS]
    symbols = len(fresh)
    lends = venue[V_ACCOUNT] != CASH_ACCOUNT
    rates = venue[V_BORROW] + venue[V_DEBIT] + venue[V_CREDIT] > 0
    for step in range(start, stop):
        if not _has_room(symbols, desk) or account[A_FAULT] != 0:
            return step
        venue_step(step, lends, rates, market, desk)
        if step < sizing[Z_FIRST]:
            continue
        wanted = 0
        for symbol in range(symbols):
            if fresh[symbol][step] == 1:
                decision = decide(states[symbol], inputs[symbol], rows[symbol][step], params)
                if decision[0] == decision[0]:
                    write_request(wanted, symbol, decision, requests, desk)
                    wanted += 1
        if wanted > 0:
            mark_all(step, market, desk)
            answer(wanted, requests, sizing, untils[step], times[step], step, desk)
            watch(desk)
    return stop


def venue_step(step: int, lends: bool, rates: bool, market: Any, desk: Any) -> None:
    """Do what a step's bars do to an account, interest and margin calls included where it has any."""
    counts, account = desk[D_COUNTS], desk[D_ACCOUNT]
    time, until = market[M_TIMES][step], market[M_UNTILS][step]
    if rates and time // NANOSECONDS_A_DAY != account[A_DAY]:
        mark(step - 1, market, desk)
        finance(step, time, desk)
    if counts[N_WORKING] > 0 and _wakes(step, until, market, desk):
        _load(step, market, desk)
        match(step, time, until, desk)
        watch(desk)
    if lends:
        mark(step, market, desk)
        if liquidate(step, time, until, desk):
            watch(desk)


def _has_room(symbols: int, desk: Any) -> bool:
    """Return whether every table takes what one step may add at most."""
    counts = desk[D_COUNTS]
    orders = 5 * symbols
    fills = 2 * counts[N_WORKING] + symbols
    return (
        has_room(desk[D_ORDERS], counts[N_ORDERS], orders)
        and has_room(desk[D_WORKING], counts[N_WORKING], orders)
        and has_room(desk[D_FILLS], counts[N_FILLS], fills)
        and has_room(desk[D_CASH], counts[N_CASH], 2 * fills + 2 * symbols + 2)
        and has_room(desk[D_TRADES], counts[N_TRADES], fills)
        and has_room(desk[D_HOLDINGS], counts[N_HOLDINGS], fills + symbols)
    )


def mark(step: int, market: Any, desk: Any) -> None:
    """Mark the positions that are held to their last closes at a step."""
    closes, positions = market[M_CLOSES], desk[D_POSITIONS]
    for symbol in range(len(positions)):
        if positions[symbol][P_LOTS] != 0 and step >= 0:
            positions[symbol][P_MARK] = closes[symbol][step]


def mark_all(step: int, market: Any, desk: Any) -> None:
    """Mark every symbol to its last close at a step."""
    closes, positions = market[M_CLOSES], desk[D_POSITIONS]
    for symbol in range(len(positions)):
        positions[symbol][P_MARK] = closes[symbol][step]


def _wakes(step: int, until: int, market: Any, desk: Any) -> bool:
    """Return whether a bar of this step does anything to a working order of its symbol."""
    fresh, highs, lows, rows = market[M_FRESH], market[M_HIGHS], market[M_LOWS], desk[D_WATCH]
    for symbol in range(len(rows)):
        row = rows[symbol]
        if until >= row[W_EXPIRY]:
            return True
        if fresh[symbol][step] == 1 and (
            lows[symbol][step] <= row[W_BELOW] or highs[symbol][step] >= row[W_ABOVE]
        ):
            return True
    return False


def _load(step: int, market: Any, desk: Any) -> None:
    """Write the present bars into the kernel's table."""
    fresh, bars, venue = market[M_FRESH], desk[D_BARS], desk[D_VENUE]
    for symbol in range(len(bars)):
        bar = bars[symbol]
        if fresh[symbol][step] == 0:
            bar[B_OPEN] = 0
            bar[B_TRADES] = 0
            continue
        volume = market[M_VOLUMES][symbol][step]
        counted = desk[D_TERMS][symbol][T_HAS_VOLUME] == 1
        bar[B_OPEN] = market[M_OPENS][symbol][step]
        bar[B_HIGH] = market[M_HIGHS][symbol][step]
        bar[B_LOW] = market[M_LOWS][symbol][step]
        bar[B_CLOSE] = market[M_CLOSES][symbol][step]
        bar[B_LOTS] = volume
        bar[B_TRADES] = 1 if volume > 0 or not counted else 0
        bar[B_OFFER] = UNBOUNDED_OFFER
        if counted and venue[V_SHARE] > 0:
            bar[B_OFFER] = volume * venue[V_SHARE] // venue[V_SHARE_OF]
        bar[B_STARTS] = market[M_STARTS][symbol][step]
        bar[B_ENDS] = market[M_ENDS][symbol][step]
        bar[B_CLOSES] = market[M_SESSION_CLOSES][symbol][step]
        bar[B_NEXT_CLOSES] = market[M_NEXT_CLOSES][symbol][step]
        bar[B_FINER] = market[M_FINER][symbol][step]
        bar[B_FINER_END] = market[M_FINER_END][symbol][step]
        if venue[V_SLIPPAGE] == SQUARE_ROOT:
            bar[B_SIGMA] = market[M_SIGMAS][symbol][step]
            bar[B_DAY_LOTS] = market[M_DAY_LOTS][symbol][step]

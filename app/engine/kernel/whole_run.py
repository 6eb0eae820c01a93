"""A whole run in one function: the venue's steps, and a strategy that is a function of columns.

It stops where a table is full or a corporate action is due, and goes on from there when called again: all
that it knows is in its arguments, so a copy of them is a checkpoint.
"""

from typing import Any

from app.engine.kernel.layout import (
    A_FAULT,
    CASH_ACCOUNT,
    D_ACCOUNT,
    D_CASH,
    D_COUNTS,
    D_FILLS,
    D_HOLDINGS,
    D_ORDERS,
    D_TRADES,
    D_VENUE,
    D_WORKING,
    M_FRESH,
    M_ROWS,
    M_TIMES,
    M_UNTILS,
    N_CASH,
    N_FILLS,
    N_HOLDINGS,
    N_ORDERS,
    N_TRADES,
    N_WORKING,
    V_ACCOUNT,
    V_BORROW,
    V_CREDIT,
    V_DEBIT,
    Z_FIRST,
)
from app.engine.kernel.sizing import answer, write_request
from app.engine.kernel.stepping import mark_all, venue_step
from app.engine.kernel.tables import has_room
from app.engine.kernel.taking import watch


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
                    write_request(wanted, symbol, decision, requests, sizing, desk)
                    wanted += 1
        if wanted > 0:
            mark_all(step, market, desk)
            answer(wanted, requests, sizing, untils[step], times[step], step, desk)
            watch(desk)
    return stop


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

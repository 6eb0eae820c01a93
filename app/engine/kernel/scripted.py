"""A run whose orders are written down beforehand: the venue alone, at any speed."""

from typing import Any

from app.engine.kernel.layout import (
    A_FAULT,
    CANCELED,
    CASH_ACCOUNT,
    D_ACCOUNT,
    D_ORDERS,
    D_VENUE,
    K_ARGUMENTS,
    K_CANCEL,
    K_PLACE,
    K_STEP,
    K_VERB,
    M_CLOSES,
    M_TIMES,
    M_UNTILS,
    V_ACCOUNT,
    V_BORROW,
    V_CREDIT,
    V_DEBIT,
)
from app.engine.kernel.orders import end, is_open, tidy
from app.engine.kernel.stepping import venue_step
from app.engine.kernel.taking import accept, change, place, watch


def scripted_run(start: int, stop: int, desk: Any, market: Any, commands: Any) -> int:
    """Take the steps from `start` to `stop`, each with its commands after its bars; return the next step.

    A command has its step, its verb and the arguments of `place`, of `end` (row, reason) or of `change`.
    """
    account, venue = desk[D_ACCOUNT], desk[D_VENUE]
    lends = venue[V_ACCOUNT] != CASH_ACCOUNT
    rates = venue[V_BORROW] + venue[V_DEBIT] + venue[V_CREDIT] > 0
    place_in = 0
    while place_in < len(commands) and commands[place_in][K_STEP] < start:
        place_in += 1
    for step in range(start, stop):
        if account[A_FAULT] != 0:
            return step
        venue_step(step, lends, rates, market, desk)
        acted = 0
        while place_in < len(commands) and commands[place_in][K_STEP] == step:
            obey(commands[place_in], step, market, desk)
            place_in += 1
            acted = 1
        if acted == 1:
            tidy(desk)
            watch(desk)
    return stop


def obey(command: Any, step: int, market: Any, desk: Any) -> None:
    """Carry out one command; one for an order that works no more does nothing."""
    orders, time, until = desk[D_ORDERS], market[M_TIMES][step], market[M_UNTILS][step]
    at = K_ARGUMENTS
    first = command[at]
    if command[K_VERB] == K_PLACE:
        row = place(
            first, command[at + 1], command[at + 2], command[at + 3], command[at + 4], command[at + 5],
            command[at + 6], command[at + 7], command[at + 8], command[at + 9], command[at + 10],
            command[at + 11], command[at + 12], until, time, step, command[at + 13], desk,
        )  # fmt: skip
        accept(row, market[M_CLOSES][first][step], desk)
    elif is_open(orders[first]):
        if command[K_VERB] == K_CANCEL:
            end(first, CANCELED, command[at + 1], time, desk)
        else:
            change(
                first, command[at + 1], command[at + 2], command[at + 3], command[at + 4], command[at + 5],
                command[at + 6], command[at + 7], until, time, desk,
            )  # fmt: skip

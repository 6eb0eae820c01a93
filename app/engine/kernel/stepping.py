"""One step of the venue over the columns of a whole run: what its bars do to an account."""

from typing import Any

from app.engine.kernel.amounts import NANOSECONDS_A_DAY
from app.engine.kernel.layout import (
    A_DAY,
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
    D_ACCOUNT,
    D_BARS,
    D_COUNTS,
    D_POSITIONS,
    D_TERMS,
    D_VENUE,
    D_WATCH,
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
    M_SESSION_CLOSES,
    M_SIGMAS,
    M_STARTS,
    M_TIMES,
    M_UNTILS,
    M_VOLUMES,
    N_WORKING,
    P_LOTS,
    P_MARK,
    SQUARE_ROOT,
    T_HAS_VOLUME,
    UNBOUNDED_OFFER,
    V_SHARE,
    V_SHARE_OF,
    V_SLIPPAGE,
    W_ABOVE,
    W_BELOW,
    W_EXPIRY,
)
from app.engine.kernel.matching import match
from app.engine.kernel.taking import liquidate, watch
from app.engine.kernel.upkeep import finance


def venue_step(step: int, lends: bool, rates: bool, market: Any, desk: Any) -> None:
    """Do what a step's bars do to an account, interest and margin calls included where it has any."""
    counts, account = desk[D_COUNTS], desk[D_ACCOUNT]
    time, until = market[M_TIMES][step], market[M_UNTILS][step]
    if rates and time // NANOSECONDS_A_DAY != account[A_DAY]:
        mark(step - 1, market, desk)
        finance(step, time, desk)
    if counts[N_WORKING] > 0 and wakes(step, until, market, desk):
        load(step, market, desk)
        match(step, time, until, desk)
        watch(desk)
    if lends:
        mark(step, market, desk)
        if liquidate(step, time, until, desk):
            watch(desk)


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


def wakes(step: int, until: int, market: Any, desk: Any) -> bool:
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


def load(step: int, market: Any, desk: Any) -> None:
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
            part, whole = venue[V_SHARE], venue[V_SHARE_OF]
            bar[B_OFFER] = volume // whole * part + volume % whole * part // whole
        bar[B_STARTS] = market[M_STARTS][symbol][step]
        bar[B_ENDS] = market[M_ENDS][symbol][step]
        bar[B_CLOSES] = market[M_SESSION_CLOSES][symbol][step]
        bar[B_NEXT_CLOSES] = market[M_NEXT_CLOSES][symbol][step]
        bar[B_FINER] = market[M_FINER][symbol][step]
        bar[B_FINER_END] = market[M_FINER_END][symbol][step]
        if venue[V_SLIPPAGE] == SQUARE_ROOT:
            bar[B_SIGMA] = market[M_SIGMAS][symbol][step]
            bar[B_DAY_LOTS] = market[M_DAY_LOTS][symbol][step]

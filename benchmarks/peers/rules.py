"""The strategies that every engine is given, in numbers; standard library and numpy only."""

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]

CAPITAL = 1_000_000
COMMISSION = 0.001  # of a fill's value
INVESTED = 0.98  # of equity at the last close; the rest pays commissions and opens above that close

FAST, SLOW = 10, 50
STOP_PERCENT = 98  # of the price paid

SWEEP_FAST = tuple(range(5, 25))
SWEEP_SLOW = tuple(range(30, 121, 10))

ROTATION_EVERY, ROTATION_LOOKBACK, ROTATION_TOP = 20, 60, 10
ROTATION_WEIGHT = INVESTED / ROTATION_TOP

_TIE = 1e-9  # averages of cents differ by far more, rounding errors of running sums by less


def level(spread: float, slow: float) -> float:
    """Return fast minus slow, zero where they differ by no more than a rounding error."""
    return 0.0 if abs(spread) <= _TIE * slow else spread


def levels(fast: Float64, slow: Float64) -> Float64:
    """Return `level` for whole columns; NaN while an average does not exist yet."""
    spread = fast - slow
    spread[np.abs(spread) <= _TIE * slow] = 0
    return spread


def crossings(spread: Float64) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, by bar along the first axis, where the fast average crossed above the slow one and below it."""
    above = np.zeros(spread.shape, np.bool_)
    below = np.zeros(spread.shape, np.bool_)
    above[1:] = (spread[:-1] <= 0) & (spread[1:] > 0)
    below[1:] = (spread[:-1] >= 0) & (spread[1:] < 0)
    return above, below


def shares(equity: float, close: float) -> int:
    """Return the whole shares that the invested part of the equity pays for."""
    return int(INVESTED * equity / close)


def guard(paid: float) -> float:
    """Return the stop below a price paid, cut to the cent as a sell stop is."""
    return round(paid * 100) * STOP_PERCENT // 100 / 100


def rotates(bar: int) -> bool:
    """Return whether the momentum of this bar, counted from zero, decides what is held next."""
    return bar >= ROTATION_LOOKBACK and bar % ROTATION_EVERY == 0

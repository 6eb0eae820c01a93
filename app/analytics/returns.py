"""Returns of an equity curve that is sampled once per period.

Equity may be in any unit; `initial` is the capital before the first sample, in the same unit, and the first
return is the one from it. So n samples make n returns.
"""

import math

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]
Int64 = NDArray[np.int64]
Samples = NDArray[np.float64] | NDArray[np.int64]


def wealth(equity: Samples, initial: float) -> Float64:
    """Return the equity with the initial capital before it: n samples become n + 1 float64 values."""
    return np.concatenate((np.asarray([initial], np.float64), np.asarray(equity, np.float64)))


def simple_returns(equity: Samples, initial: float) -> Float64 | None:
    """Return the n simple returns of n samples (0.01 is one percent).

    None where they have no meaning: without a sample, or where capital or equity is not above zero.
    """
    path = wealth(equity, initial)
    if len(path) < 2 or not bool((path > 0).all()):
        return None
    return np.asarray(path[1:] / path[:-1] - 1.0, np.float64)


def constant(returns: Float64) -> bool:
    """Return whether all returns are equal but for their rounding error."""
    return bool(np.ptp(returns) <= rounding_error(returns))


def rounding_error(returns: Float64) -> float:
    """Return by how much equal returns may differ after the division that they come from."""
    return 4 * float(np.finfo(np.float64).eps) * (1.0 + float(np.abs(returns).max()))


def total_return(equity: Samples, initial: float) -> float | None:
    """Return the last sample over the initial capital, less one; None without a sample or capital."""
    if len(equity) == 0 or initial <= 0:
        return None
    return float(equity[-1]) / initial - 1.0


def annual_return(equity: Samples, initial: float, periods_per_year: float) -> float | None:
    """Return the compound annual growth rate: (end / start) ** (periods per year / n) - 1.

    The exponent counts the n sampled returns, not calendar days, as empyrical's `annual_return` does. None
    where `simple_returns` is, and where the result does not fit a float.
    """
    if simple_returns(equity, initial) is None:
        return None
    growth = math.log(float(equity[-1]) / initial) * periods_per_year / len(equity)
    return math.expm1(growth) if growth < 700 else None


def monthly_returns(equity: Samples, times: Int64, initial: float) -> dict[tuple[int, int], float]:
    """Return the return of each UTC calendar month that has a sample, by (year, month), oldest first.

    A month's return runs from the last sample before it (or the capital) to its last sample. `times` are
    UTC nanoseconds, ascending. Empty where `simple_returns` is None.
    """
    if simple_returns(equity, initial) is None:
        return {}
    months = times.astype("datetime64[ns]").astype("datetime64[M]").astype(np.int64)
    last = np.append(np.flatnonzero(np.diff(months)), len(months) - 1)
    ends = wealth(np.asarray(equity)[last], initial)
    returns = ends[1:] / ends[:-1] - 1.0
    return {
        (1970 + int(month) // 12, 1 + int(month) % 12): float(value)
        for month, value in zip(months[last], returns, strict=True)
    }

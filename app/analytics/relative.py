"""A run against its benchmark: periodic simple returns of both over the same samples, risk-free rate zero.

Each is None where it has no meaning: fewer than two returns, or nothing to divide by.
"""

import math

from app.analytics.returns import Float64, constant


def beta(returns: Float64, benchmark: Float64) -> float | None:
    """Return covariance / variance of the benchmark (Sharpe 1964); None for a benchmark that never moves."""
    if len(returns) < 2 or constant(benchmark):
        return None
    if constant(returns):
        return 0.0
    around = benchmark - benchmark.mean()
    return float((around * returns).mean() / (around**2).mean())


def alpha(returns: Float64, benchmark: Float64, periods_per_year: float) -> float | None:
    """Return what the run earned beyond beta times the benchmark, a year (Jensen 1968).

    The mean of return - beta * benchmark's return, compounded over a year as empyrical's `alpha` does: (1 +
    mean) ** periods per year - 1. None where beta is, and where the result does not fit a float.
    """
    slope = beta(returns, benchmark)
    if slope is None:
        return None
    mean = float((returns - slope * benchmark).mean())
    if mean <= -1:
        return None
    growth = math.log1p(mean) * periods_per_year
    return math.expm1(growth) if growth < 700 else None


def information_ratio(returns: Float64, benchmark: Float64, periods_per_year: float) -> float | None:
    """Return mean active return / tracking error * sqrt(periods per year) (Goodwin 1998).

    The active return is the difference of the two, the tracking error its sample standard deviation (n - 1).
    """
    if len(returns) < 2:
        return None
    active = returns - benchmark
    if constant(active):
        return None
    return float(active.mean() / active.std(ddof=1)) * math.sqrt(periods_per_year)


def treynor(returns: Float64, benchmark: Float64, periods_per_year: float) -> float | None:
    """Return annualised mean return / beta (Treynor 1965); None where beta is not above zero."""
    slope = beta(returns, benchmark)
    if slope is None or slope <= 0:
        return None
    return float(returns.mean()) * periods_per_year / slope

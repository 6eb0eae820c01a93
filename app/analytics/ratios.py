"""Risk-adjusted ratios of periodic simple returns, with a risk-free rate of zero.

Each is None where it has no meaning: fewer than two returns, or nothing to divide by.
"""

import math

import numpy as np

from app.analytics.returns import Float64


def volatility(returns: Float64, periods_per_year: float) -> float | None:
    """Return the annualised sample standard deviation (n - 1): std * sqrt(periods per year)."""
    if len(returns) < 2:
        return None
    return float(returns.std(ddof=1)) * math.sqrt(periods_per_year)


def sharpe(returns: Float64, periods_per_year: float) -> float | None:
    """Return mean / sample standard deviation * sqrt(periods per year) (Sharpe 1994, risk-free rate 0)."""
    if len(returns) < 2 or _constant(returns):
        return None
    return float(returns.mean() / returns.std(ddof=1)) * math.sqrt(periods_per_year)


def downside_deviation(returns: Float64, periods_per_year: float) -> float | None:
    """Return the annualised root mean square of the returns below zero, gains counted as zero.

    The mean is over all n returns (Sortino and Price 1994, target 0).
    """
    if len(returns) < 2:
        return None
    losses = np.minimum(returns, 0.0)
    return math.sqrt(float((losses**2).mean()) * periods_per_year)


def sortino(returns: Float64, periods_per_year: float) -> float | None:
    """Return annualised mean return / annualised downside deviation (Sortino and Price 1994, target 0)."""
    deviation = downside_deviation(returns, periods_per_year)
    if not deviation:
        return None
    return float(returns.mean()) * periods_per_year / deviation


def calmar(annual_return: float | None, max_drawdown: float | None) -> float | None:
    """Return annual return / depth of the deepest drawdown over the whole period (Young 1991)."""
    if annual_return is None or not max_drawdown:
        return None
    return annual_return / abs(max_drawdown)


def _constant(returns: Float64) -> bool:
    """Return whether all returns are equal but for the rounding error of the division they come from."""
    noise = 4 * np.finfo(np.float64).eps * (1.0 + float(np.abs(returns).max()))
    return bool(np.ptp(returns) <= noise)

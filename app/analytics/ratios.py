"""Risk-adjusted ratios of periodic simple returns, with a risk-free rate of zero.

Each is None where it has no meaning: fewer than two returns, or nothing to divide by.
"""

import math

import numpy as np

from app.analytics.distribution import kurtosis, skew
from app.analytics.returns import Float64, constant


def volatility(returns: Float64, periods_per_year: float) -> float | None:
    """Return the annualised sample standard deviation (n - 1): std * sqrt(periods per year)."""
    if len(returns) < 2:
        return None
    return float(returns.std(ddof=1)) * math.sqrt(periods_per_year)


def sharpe(returns: Float64, periods_per_year: float) -> float | None:
    """Return mean / sample standard deviation * sqrt(periods per year) (Sharpe 1994, risk-free rate 0)."""
    if len(returns) < 2 or constant(returns):
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


def omega(returns: Float64) -> float | None:
    """Return the sum of the gains / the sum of the losses (Keating and Shadwick 2002, threshold 0)."""
    losses = -float(returns[returns < 0].sum())
    if len(returns) < 2 or not losses:
        return None
    return float(returns[returns > 0].sum()) / losses


def probabilistic_sharpe(returns: Float64) -> float | None:
    """Return the probability that the true Sharpe ratio is above zero (Bailey and Lopez de Prado 2012).

    It is Phi(S * sqrt(n - 1) / sqrt(1 - skew * S + (kurtosis - 1) / 4 * S ** 2)) with S the Sharpe ratio per
    period, not annualised, and the kurtosis that is 3 for a normal distribution. None where S is, and where
    there is nothing to divide by.
    """
    ratio, third, excess = sharpe(returns, 1.0), skew(returns), kurtosis(returns)
    if ratio is None or third is None or excess is None:
        return None
    spread = 1.0 - third * ratio + (excess + 2.0) / 4.0 * ratio**2
    if spread <= 0:  # the limit of two values only, where rounding decides the sign
        return None
    return math.erfc(-ratio * math.sqrt((len(returns) - 1) / (2.0 * spread))) / 2.0

"""Ratios over a window that moves along the samples."""

import math

import numpy as np

from app.analytics.returns import Float64, rounding_error


def rolling_sharpe(returns: Float64, window: int, periods_per_year: float) -> Float64:
    """Return the Sharpe ratio of every `window` neighbouring returns: n - window + 1 values, oldest first.

    As `sharpe` computes it; NaN for a window whose returns are all equal. Empty where there are fewer returns
    than the window. Raises ValueError for a window below two.
    """
    if window < 2:
        raise ValueError(f"a window of {window} returns has no standard deviation")
    if len(returns) < window:
        return np.empty(0, np.float64)
    # Each window is summed by itself: running sums would carry the rounding of one crash through the years.
    middle = float(returns.mean())
    around = returns - middle
    mean = _sums(around, window) / window
    variance = (_sums(around**2, window) - window * mean**2) / (window - 1)
    moving = (_sums(_changes(returns), window - 1) > 0) & (variance > 0)
    ratios = np.full(len(mean), np.nan)
    ratios[moving] = (mean[moving] + middle) / np.sqrt(variance[moving])
    return ratios * math.sqrt(periods_per_year)


def _sums(values: Float64, window: int) -> Float64:
    return np.convolve(values, np.ones(window), "valid")


def _changes(returns: Float64) -> Float64:
    """Return 1 for each neighbour that differs by more than the rounding error, else 0."""
    return (np.abs(np.diff(returns)) > rounding_error(returns)).astype(np.float64)

"""The shape of periodic simple returns: their tails, skew and kurtosis, as they were, with no model fitted.

Each is None where it has no meaning: fewer than two returns, or nothing to divide by. Losses are negative.
"""

import numpy as np

from app.analytics.returns import Float64, constant


def value_at_risk(returns: Float64, percent: int) -> float | None:
    """Return the return that so many percent of the periods fell below: the historical quantile.

    It is linear between neighbours (type 7 of Hyndman and Fan 1996), as empyrical's `value_at_risk`.
    `percent` is the size of the tail, 5 for a confidence of 95 %.
    """
    return _quantile(np.sort(returns), percent) if len(returns) > 1 else None


def conditional_value_at_risk(returns: Float64, percent: int) -> float | None:
    """Return the mean of the worst returns: the expected shortfall (Rockafellar and Uryasev 2000).

    The tail has floor((n - 1) * percent / 100) + 1 returns, as empyrical's `conditional_value_at_risk`.
    """
    if len(returns) < 2:
        return None
    worst = (len(returns) - 1) * percent // 100
    return float(np.partition(returns, worst)[: worst + 1].mean())


def tail_ratio(returns: Float64) -> float | None:
    """Return |95th percentile| / |5th percentile|, as empyrical's `tail_ratio`.

    Above 1 the gains reach further than the losses.
    """
    if len(returns) < 2:
        return None
    ordered = np.sort(returns)
    left = abs(_quantile(ordered, 5))
    return abs(_quantile(ordered, 95)) / left if left else None


def skew(returns: Float64) -> float | None:
    """Return the third standardised moment, m3 / m2 ** 1.5, not corrected for bias (Fisher's g1)."""
    return _standardised(returns, 3)


def kurtosis(returns: Float64) -> float | None:
    """Return the excess kurtosis, m4 / m2 ** 2 - 3, not corrected for bias (Fisher's g2); 0 is normal."""
    moment = _standardised(returns, 4)
    return None if moment is None else moment - 3.0


def _standardised(returns: Float64, order: int) -> float | None:
    if len(returns) < 2 or constant(returns):
        return None
    around = (returns - returns.mean()) / returns.std()
    return float((around**order).mean())


def _quantile(ordered: Float64, percent: int) -> float:
    """Return a percentile of ascending values, linear between neighbours."""
    below, hundredths = divmod((len(ordered) - 1) * percent, 100)
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    return float(low + (high - low) * hundredths / 100)

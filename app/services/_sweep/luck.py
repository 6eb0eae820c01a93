"""How much of the best of many tries is luck."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import e, sqrt
from statistics import NormalDist, stdev

_EULER = 0.5772156649015329
_NORMAL = NormalDist()


@dataclass(frozen=True)
class Luck:
    """What the best set's Sharpe ratio is worth; figures without a meaning are None.

    `expected_best` is the annual Sharpe ratio that the best of `tries` worthless sets would be expected to
    have, `probabilistic` the probability that the best set's true one is above 0, taken alone, and
    `deflated` that it is above `expected_best`.
    """

    tries: int
    expected_best: float | None
    probabilistic: float | None
    deflated: float | None


def luck(
    ratios: Sequence[float], best: Mapping[str, float | None], samples: int, periods_per_year: float
) -> Luck:
    """Return how far the best set stands out of all that were tried.

    `ratios` are the annual Sharpe ratios of all sets, `best` the statistics of the best one over so many
    sampled returns. The deflated Sharpe ratio is that of Bailey and Lopez de Prado (2014); it takes the tries
    as independent, so that for neighbours in a grid, which resemble each other, it is on the careful side.
    """
    annual = sqrt(periods_per_year)
    expected = expected_maximum(len(ratios)) * stdev(ratios) if len(ratios) > 1 else None
    return Luck(
        tries=len(ratios),
        expected_best=expected,
        probabilistic=_above(0.0, best, samples, annual),
        deflated=None if expected is None else _above(expected / annual, best, samples, annual),
    )


def expected_maximum(tries: int) -> float:
    """Return the expected greatest of so many (2 or more) independent standard normal numbers.

    It is (1 - g) * Q(1 - 1/n) + g * Q(1 - 1/(n e)) with Euler's constant g and Q the normal quantile, the
    approximation of Bailey and Lopez de Prado (2014).
    """
    return (1 - _EULER) * _NORMAL.inv_cdf(1 - 1 / tries) + _EULER * _NORMAL.inv_cdf(1 - 1 / (tries * e))


def _above(level: float, best: Mapping[str, float | None], samples: int, annual: float) -> float | None:
    """Return the probability that the true Sharpe ratio per period is above a level (2012, by the same)."""
    yearly, third, excess = best.get("sharpe"), best.get("skew"), best.get("kurtosis")
    if yearly is None or third is None or excess is None:
        return None
    ratio = yearly / annual
    spread = 1.0 - third * ratio + (excess + 2.0) / 4.0 * ratio**2
    if spread <= 0:
        return None
    return _NORMAL.cdf((ratio - level) * sqrt((samples - 1) / spread))

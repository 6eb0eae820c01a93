"""How much of the best of many tries is luck."""

from statistics import NormalDist

import numpy as np
import pytest

from app.analytics.statistics import statistics
from app.services._sweep.luck import expected_maximum, luck

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005")]


@pytest.fixture
def best():
    returns = np.random.default_rng(3).normal(0.0008, 0.01, 750)
    equity = np.rint(1e7 * np.cumprod(1 + returns)).astype(np.int64)
    times = np.arange(len(equity), dtype=np.int64) * 86_400_000_000_000
    return statistics(equity, times, initial=1e7, periods_per_year=252)


def test_alone_it_is_the_probabilistic_sharpe_ratio_of_a_run(best):
    found = luck([best["sharpe"]], best, 750, 252)
    assert found.probabilistic == pytest.approx(best["probabilistic_sharpe"], rel=1e-12)
    assert (found.tries, found.expected_best, found.deflated) == (1, None, None)


def test_more_tries_of_the_same_spread_are_worth_less(best):
    few = luck([0.0, 1.0] * 5, best, 750, 252)
    many = luck([0.0, 1.0] * 500, best, 750, 252)
    assert few.probabilistic == many.probabilistic > few.deflated > many.deflated > 0


def test_tries_that_are_all_alike_leave_nothing_to_luck(best):
    found = luck([1.0] * 20, best, 750, 252)
    assert found.expected_best == 0.0
    assert found.deflated == found.probabilistic


def test_the_expected_greatest_of_many_is_near_what_chance_gives():
    drawn = np.random.default_rng(5).standard_normal((4000, 100)).max(axis=1).mean()
    assert expected_maximum(100) == pytest.approx(drawn, abs=0.05)


def test_the_example_of_the_deflated_sharpe_ratio_comes_out():
    # Bailey and Lopez de Prado (2014): a Sharpe ratio of 2.5 over 1,250 daily returns, skew -3, kurtosis 10,
    # the best of 100 tries whose annual ratios have the variance 0.5, is worth 0.9004.
    ratios = NormalDist(0, 0.5**0.5).samples(100, seed=1)
    mean, spread = np.mean(ratios), np.std(ratios, ddof=1)
    ratios = [(ratio - mean) / spread * 0.5**0.5 for ratio in ratios]
    found = luck(ratios, {"sharpe": 2.5, "skew": -3.0, "kurtosis": 7.0}, 1250, 250)
    assert found.deflated == pytest.approx(0.9004, abs=1e-3)


def test_what_has_no_sharpe_ratio_is_worth_nothing_known():
    found = luck([], {"sharpe": None, "skew": None, "kurtosis": None}, 0, 252)
    assert (found.probabilistic, found.deflated) == (None, None)

"""Tails, skew and kurtosis, against empyrical and scipy."""

import empyrical
import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.analytics.distribution import (
    conditional_value_at_risk,
    kurtosis,
    skew,
    tail_ratio,
    value_at_risk,
)

pytestmark = pytest.mark.unit

samples = arrays(np.float64, st.integers(2, 300), elements=st.floats(-0.2, 0.2).map(lambda x: round(x, 6)))
tails = st.sampled_from([1, 5])


@given(samples, tails)
def test_value_at_risk_and_its_conditional_are_those_of_empyrical(returns: np.ndarray, percent: int) -> None:
    assert value_at_risk(returns, percent) == pytest.approx(
        empyrical.value_at_risk(returns, cutoff=percent / 100), abs=1e-12
    )
    assert conditional_value_at_risk(returns, percent) == pytest.approx(
        empyrical.conditional_value_at_risk(returns, cutoff=percent / 100), abs=1e-12
    )


@given(samples)
def test_a_deeper_tail_is_never_milder_and_its_mean_never_milder_than_its_edge(returns: np.ndarray) -> None:
    edges = [value_at_risk(returns, percent) for percent in (1, 5)]
    means = [conditional_value_at_risk(returns, percent) for percent in (1, 5)]
    slack = 1e-12
    assert edges[0] <= edges[1] + slack
    assert means[0] <= means[1] + slack
    assert all(mean <= edge + slack for mean, edge in zip(means, edges, strict=True))
    assert means[0] >= returns.min() - slack


@given(samples)
def test_tail_ratio_is_that_of_empyrical(returns: np.ndarray) -> None:
    assume(abs(np.percentile(returns, 5)) > 1e-9)
    assert tail_ratio(returns) == pytest.approx(empyrical.tail_ratio(returns), rel=1e-6)


@given(samples)
def test_skew_and_kurtosis_are_those_of_scipy(returns: np.ndarray) -> None:
    assume(np.ptp(returns) > 0)
    assert skew(returns) == pytest.approx(scipy.stats.skew(returns), rel=1e-6, abs=1e-9)
    assert kurtosis(returns) == pytest.approx(scipy.stats.kurtosis(returns), rel=1e-6, abs=1e-9)


@given(samples)
def test_turning_returns_around_turns_their_skew_around_and_keeps_their_kurtosis(returns: np.ndarray) -> None:
    assume(np.ptp(returns) > 0)
    mirrored = skew(-returns)
    assert mirrored is not None
    assert skew(returns) == pytest.approx(-mirrored, abs=1e-9)
    assert kurtosis(-returns) == pytest.approx(kurtosis(returns), abs=1e-9)


@pytest.mark.parametrize("returns", [[], [0.1]])
def test_fewer_than_two_returns_have_no_shape(returns: list[float]) -> None:
    column = np.array(returns, np.float64)
    assert value_at_risk(column, 5) is conditional_value_at_risk(column, 5) is None
    assert tail_ratio(column) is skew(column) is kurtosis(column) is None


def test_equal_returns_have_no_skew_and_no_kurtosis() -> None:
    steady = np.full(30, 0.001)
    assert skew(steady) is kurtosis(steady) is None
    assert value_at_risk(steady, 1) == 0.001


def test_without_a_left_tail_there_is_no_tail_ratio() -> None:
    assert tail_ratio(np.array([0.0, 0.0, 0.1])) is None

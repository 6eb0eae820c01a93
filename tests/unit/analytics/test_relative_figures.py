"""A run against its benchmark, against empyrical and where the figures have no meaning."""

import math

import empyrical
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.analytics.relative import alpha, beta, information_ratio, treynor

pytestmark = pytest.mark.unit


@st.composite
def pairs(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    column = arrays(
        np.float64, draw(st.integers(2, 80)), elements=st.floats(-0.1, 0.1).map(lambda x: round(x, 5))
    )
    returns, benchmark = draw(column), draw(column)
    assume(np.ptp(benchmark) > 1e-4)
    return returns, benchmark


yearly = st.sampled_from([52, 252])


@given(pairs(), yearly)
def test_alpha_and_beta_are_those_of_empyrical(pair: tuple[np.ndarray, np.ndarray], periods: int) -> None:
    returns, benchmark = pair
    expected_alpha, expected_beta = empyrical.alpha_beta_aligned(returns, benchmark, annualization=periods)
    assert beta(returns, benchmark) == pytest.approx(expected_beta, rel=1e-6, abs=1e-9)
    found = alpha(returns, benchmark, periods)
    if found is not None:
        assert found == pytest.approx(expected_alpha, rel=1e-6, abs=1e-9)


@given(pairs(), yearly)
def test_the_information_ratio_is_empyricals_excess_sharpe_over_a_year(
    pair: tuple[np.ndarray, np.ndarray], periods: int
) -> None:
    returns, benchmark = pair
    assume(np.ptp(returns - benchmark) > 1e-6)
    expected = empyrical.excess_sharpe(returns, benchmark) * math.sqrt(periods)
    assert information_ratio(returns, benchmark, periods) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(pairs(), yearly)
def test_treynor_is_the_annual_mean_return_over_a_beta_above_zero(
    pair: tuple[np.ndarray, np.ndarray], periods: int
) -> None:
    slope, ratio = beta(*pair), treynor(*pair, periods)
    assert slope is not None
    assert (ratio is None) == (slope <= 0)
    if ratio is not None:
        assert ratio * slope == pytest.approx(pair[0].mean() * periods, rel=1e-9, abs=1e-12)


@given(pairs(), yearly, st.floats(0.1, 3))
def test_a_levered_benchmark_has_its_leverage_as_beta_and_no_alpha(
    pair: tuple[np.ndarray, np.ndarray], periods: int, leverage: float
) -> None:
    _, benchmark = pair
    assert beta(leverage * benchmark, benchmark) == pytest.approx(leverage)
    assert alpha(leverage * benchmark, benchmark, periods) == pytest.approx(0, abs=1e-9)


def test_the_benchmark_itself_has_no_information_ratio() -> None:
    benchmark = np.array([0.01, -0.02, 0.03])
    assert information_ratio(benchmark, benchmark, 252) is None


def test_idle_cash_has_a_beta_and_an_alpha_of_zero_and_no_treynor_ratio() -> None:
    idle, benchmark = np.zeros(3), np.array([0.01, -0.02, 0.03])
    assert beta(idle, benchmark) == 0
    assert alpha(idle, benchmark, 252) == 0
    assert treynor(idle, benchmark, 252) is None


def test_against_a_benchmark_that_never_moves_there_is_no_beta() -> None:
    returns, benchmark = np.array([0.01, -0.02]), np.full(2, 0.001)
    assert (
        beta(returns, benchmark) is alpha(returns, benchmark, 252) is treynor(returns, benchmark, 252) is None
    )


def test_fewer_than_two_returns_have_no_relative_figures() -> None:
    one = np.array([0.01])
    assert beta(one, one) is information_ratio(one, one, 252) is None


@pytest.mark.parametrize("scale", [1e6, -1e6])
def test_an_alpha_beyond_a_float_is_none(scale: float) -> None:
    benchmark = np.array([0.01, -0.01])
    assert alpha(np.array([scale, scale]), benchmark, 252) is None

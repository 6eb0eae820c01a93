"""Ratios, against empyrical and where they have no meaning."""

import math

import empyrical
import numpy as np
import pytest
import scipy.stats
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.analytics.drawdown import max_drawdown
from app.analytics.ratios import (
    calmar,
    downside_deviation,
    omega,
    probabilistic_sharpe,
    sharpe,
    sortino,
    volatility,
)
from app.analytics.returns import annual_return, simple_returns

pytestmark = pytest.mark.unit

samples = arrays(np.float64, st.integers(2, 60), elements=st.floats(-0.2, 0.2).map(lambda x: round(x, 6)))
yearly = st.sampled_from([52, 252])


@given(samples, yearly)
def test_volatility_sharpe_and_downside_deviation_are_those_of_empyrical(
    returns: np.ndarray, periods: int
) -> None:
    assume(np.ptp(returns) > 0)
    assert volatility(returns, periods) == pytest.approx(
        empyrical.annual_volatility(returns, annualization=periods)
    )
    assert sharpe(returns, periods) == pytest.approx(
        empyrical.sharpe_ratio(returns, annualization=periods), rel=1e-9, abs=1e-9
    )
    assert downside_deviation(returns, periods) == pytest.approx(
        empyrical.downside_risk(returns, annualization=periods), abs=1e-12
    )


@given(samples, yearly)
def test_sortino_is_that_of_empyrical(returns: np.ndarray, periods: int) -> None:
    assume((returns < 0).any())
    assert sortino(returns, periods) == pytest.approx(
        empyrical.sortino_ratio(returns, annualization=periods), rel=1e-9, abs=1e-9
    )


@given(samples, yearly)
def test_calmar_is_that_of_empyrical(returns: np.ndarray, periods: int) -> None:
    assume((returns < -1e-5).any())
    equity = 1e9 * np.cumprod(1 + returns)
    growth, depth = annual_return(equity, 1e9, periods), max_drawdown(equity, 1e9)
    assert growth is not None
    expected = empyrical.calmar_ratio(returns, annualization=periods)
    assert calmar(growth, depth) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(samples, yearly, st.floats(0.01, 1000))
def test_scaling_equity_leaves_ratios_unchanged(returns: np.ndarray, periods: int, factor: float) -> None:
    assume(np.ptp(returns) > 1e-5)
    equity = 1e6 * np.cumprod(1 + returns)
    plain, scaled = simple_returns(equity, 1e6), simple_returns(equity * factor, 1e6 * factor)
    assert plain is not None
    assert scaled is not None
    for measure in (volatility, sharpe, downside_deviation):
        assert measure(scaled, periods) == pytest.approx(measure(plain, periods), rel=1e-6, abs=1e-6)


@given(samples)
def test_omega_is_that_of_empyrical(returns: np.ndarray) -> None:
    assume((returns < 0).any())
    assert omega(returns) == pytest.approx(empyrical.omega_ratio(returns))


@given(samples)
def test_the_probabilistic_sharpe_ratio_is_the_published_formula(returns: np.ndarray) -> None:
    assume(len(np.unique(returns)) > 2)
    ratio = returns.mean() / returns.std(ddof=1)
    third, fourth = scipy.stats.skew(returns), scipy.stats.kurtosis(returns, fisher=False)
    spread = math.sqrt(1 - third * ratio + (fourth - 1) / 4 * ratio**2)
    expected = scipy.stats.norm.cdf(ratio * math.sqrt(len(returns) - 1) / spread)
    assert probabilistic_sharpe(returns) == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_the_probabilistic_sharpe_ratio_of_a_fair_game_is_a_half() -> None:
    assert probabilistic_sharpe(np.array([0.1, -0.1] * 20)) == 0.5


def test_more_of_the_same_returns_make_a_positive_sharpe_ratio_more_probable() -> None:
    returns = np.array([0.02, -0.01, 0.015, -0.012])
    short, long = probabilistic_sharpe(returns), probabilistic_sharpe(np.tile(returns, 20))
    assert short is not None
    assert long is not None
    assert 0.5 < short < long < 1


@pytest.mark.parametrize("returns", [[], [0.1]])
def test_fewer_than_two_returns_have_no_ratios(returns: list[float]) -> None:
    column = np.array(returns, np.float64)
    assert [measure(column, 252) for measure in (volatility, sharpe, downside_deviation, sortino)] == [
        None
    ] * 4
    assert omega(column) is probabilistic_sharpe(column) is None


@pytest.mark.parametrize("scale", [0.001, 0.01, 0.07, 0.3])
def test_two_values_without_an_error_of_their_sharpe_ratio_make_it_certain_or_unknown(scale: float) -> None:
    # With this offset the ratio is 4/3 and the skew 3/2: the formula divides by zero, but for rounding.
    returns = np.array([0, 0, 0, 0, scale]) + scale * (4 / 3 * math.sqrt(0.2) - 0.2)
    assert probabilistic_sharpe(returns) in {None, 1.0}


def test_equal_returns_have_no_probabilistic_sharpe_ratio() -> None:
    assert probabilistic_sharpe(np.full(10, 0.01)) is None


@given(st.integers(2, 400), st.floats(0.9, 1.1))
def test_steady_growth_has_no_sharpe_ratio_whatever_its_rounding_errors(length: int, growth: float) -> None:
    returns = simple_returns(1e6 * growth ** np.arange(1, length + 1), 1e6)
    assert returns is not None
    assert sharpe(returns, 252) is None


def test_a_curve_without_a_loss_has_no_sortino_calmar_and_omega_ratio() -> None:
    assert omega(np.array([0.0, 0.1, 0.2])) is None
    assert sortino(np.array([0.0, 0.1, 0.2]), 252) is None
    assert calmar(0.1, 0.0) is None
    assert calmar(None, -0.1) is None

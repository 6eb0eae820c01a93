"""Returns, against empyrical and by hand."""

import empyrical
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.analytics.returns import annual_return, monthly_returns, simple_returns, total_return

pytestmark = pytest.mark.unit

DAY = 86_400_000_000_000
equities = arrays(np.int64, st.integers(1, 60), elements=st.integers(1_000, 10**12))


def test_the_first_return_is_the_one_from_the_initial_capital() -> None:
    returns = simple_returns(np.array([110, 99]), 100)
    assert returns is not None
    assert returns == pytest.approx([0.10, -0.10])


@given(
    arrays(np.int64, st.integers(1, 60), elements=st.integers(10**5, 10**7)),
    st.integers(10**5, 10**7),
    st.sampled_from([52, 252]),
)
def test_total_and_annual_return_are_those_of_empyrical(
    equity: np.ndarray, initial: int, periods: int
) -> None:
    returns = simple_returns(equity, initial)
    total, annual = total_return(equity, initial), annual_return(equity, initial, periods)
    assert total is not None
    assert 1 + total == pytest.approx(1 + empyrical.cum_returns_final(returns), rel=1e-9)
    if annual is not None:
        expected = empyrical.annual_return(returns, annualization=periods)
        assert 1 + annual == pytest.approx(1 + expected, rel=1e-6)


@given(equities, st.integers(1_000, 10**12), st.integers(2, 1_000))
def test_scaling_capital_and_equity_leaves_returns_unchanged(
    equity: np.ndarray, initial: int, factor: int
) -> None:
    scaled = simple_returns(equity * factor, initial * factor)
    assert scaled == pytest.approx(simple_returns(equity, initial), abs=1e-12, rel=1e-12)


@pytest.mark.parametrize(
    ("equity", "initial"), [([], 100), ([100], 0), ([100, 0, 100], 100), ([100, -5], 100), ([100], -1)]
)
def test_returns_have_no_meaning_without_samples_or_above_nothing(equity: list[int], initial: int) -> None:
    column = np.array(equity, np.int64)
    assert simple_returns(column, initial) is None
    assert annual_return(column, initial, 252) is None
    assert monthly_returns(column, np.arange(len(equity)) * DAY, initial) == {}


def test_an_annual_return_beyond_a_float_is_none() -> None:
    assert annual_return(np.array([10**15]), 1, 252) is None


def test_losing_everything_is_a_total_return_of_minus_one() -> None:
    assert total_return(np.array([50, 0]), 100) == -1.0


def test_a_month_runs_from_the_last_sample_before_it_to_its_own_last() -> None:
    days = np.array(["2000-01-28", "2000-01-31", "2000-02-29", "2000-05-02"], "datetime64[ns]")
    months = monthly_returns(np.array([90, 110, 121, 121]), days.astype(np.int64), 100)
    assert list(months) == [(2000, 1), (2000, 2), (2000, 5)]
    assert list(months.values()) == pytest.approx([0.10, 0.10, 0.0])


@given(equities, st.integers(1_000, 10**12))
def test_monthly_returns_compound_to_the_total(equity: np.ndarray, initial: int) -> None:
    times = np.arange(len(equity), dtype=np.int64) * 9 * DAY
    growth = np.prod([1 + value for value in monthly_returns(equity, times, initial).values()])
    total = total_return(equity, initial)
    assert total is not None
    assert growth == pytest.approx(1 + total)

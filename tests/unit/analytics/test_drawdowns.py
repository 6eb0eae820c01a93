"""Drawdowns, against empyrical and by hand."""

import empyrical
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.analytics.drawdown import Drawdown, deepest, drawdowns, max_drawdown
from app.analytics.returns import simple_returns

pytestmark = pytest.mark.unit

equities = arrays(np.int64, st.integers(1, 60), elements=st.integers(0, 10**12))


@given(equities, st.integers(1, 10**12))
def test_drawdowns_lie_between_a_total_loss_and_nothing(equity: np.ndarray, initial: int) -> None:
    depths = drawdowns(equity, initial)
    assert len(depths) == len(equity)
    assert ((depths >= -1) & (depths <= 0)).all()


@given(arrays(np.int64, st.integers(1, 60), elements=st.integers(1_000, 10**12)))
def test_the_maximum_drawdown_is_that_of_empyrical(equity: np.ndarray) -> None:
    returns = simple_returns(equity, 50_000)
    assert max_drawdown(equity, 50_000) == pytest.approx(empyrical.max_drawdown(returns), rel=1e-9, abs=1e-12)


@given(equities, st.integers(1, 10**12))
def test_the_deepest_drawdown_has_the_depth_of_the_maximum_and_times_in_order(
    equity: np.ndarray, initial: int
) -> None:
    times = np.arange(len(equity), dtype=np.int64) * 1_000
    worst = deepest(equity, times, initial)
    if worst is None:
        assert max_drawdown(equity, initial) == 0
        return
    assert worst.depth == max_drawdown(equity, initial)
    assert worst.peak_time <= worst.trough_time <= worst.end_time
    assert worst.length == worst.end_time - worst.peak_time
    assert worst.recovery_time is None or worst.recovery_time == worst.end_time > worst.trough_time


def test_a_drawdown_runs_from_the_latest_peak_to_the_first_recovery() -> None:
    equity, times = np.array([120, 110, 120, 60, 90, 120, 130]), np.arange(10, 17)
    assert deepest(equity, times, 100) == Drawdown(-0.5, 12, 13, 15, 15)


def test_a_drawdown_that_never_recovers_lasts_to_the_end() -> None:
    worst = deepest(np.array([120, 60, 90]), np.array([10, 11, 12]), 100)
    assert worst == Drawdown(-0.5, 10, 11, None, 12)


def test_a_fall_from_the_initial_capital_starts_at_the_first_sample() -> None:
    worst = deepest(np.array([80, 100]), np.array([10, 11]), 100)
    assert worst is not None
    assert (worst.depth, worst.peak_time, worst.trough_time, worst.recovery_time) == (
        pytest.approx(-0.2),
        10,
        10,
        11,
    )


def test_a_curve_that_never_falls_has_a_drawdown_of_zero_and_no_deepest() -> None:
    equity = np.array([100, 100, 101])
    assert max_drawdown(equity, 100) == 0
    assert deepest(equity, np.array([1, 2, 3]), 100) is None


@pytest.mark.parametrize(("equity", "initial"), [([], 100), ([100], 0)])
def test_without_samples_or_capital_there_is_no_drawdown(equity: list[int], initial: int) -> None:
    column = np.array(equity, np.int64)
    assert max_drawdown(column, initial) is None
    assert deepest(column, np.arange(len(equity)), initial) is None

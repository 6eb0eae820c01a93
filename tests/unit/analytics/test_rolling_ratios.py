"""The rolling Sharpe ratio, against the plain one of every window."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.analytics.ratios import sharpe
from app.analytics.rolling import rolling_sharpe

pytestmark = pytest.mark.unit

samples = arrays(np.float64, st.integers(1, 60), elements=st.floats(-0.2, 0.2).map(lambda x: round(x, 5)))


@given(samples, st.integers(2, 20))
def test_each_value_is_the_sharpe_ratio_of_its_window(returns: np.ndarray, window: int) -> None:
    found = rolling_sharpe(returns, window, 252)
    plain = [sharpe(returns[end - window : end], 252) for end in range(window, len(returns) + 1)]
    expected = [np.nan if value is None else value for value in plain]
    assert found.tolist() == pytest.approx(expected, rel=1e-6, abs=1e-6, nan_ok=True)


def test_one_crash_leaves_the_windows_after_it_exact() -> None:
    calm = 1e-4 * np.sin(np.arange(400))
    returns = np.concatenate((calm[:100], [-0.9], calm[100:]))
    found = rolling_sharpe(returns, 50, 252)
    assert found[-1] == pytest.approx(sharpe(returns[-50:], 252), rel=1e-9)


def test_a_window_of_idle_cash_has_no_ratio() -> None:
    returns = np.concatenate(([0.01, -0.02], np.zeros(5), [0.03]))
    assert np.isnan(rolling_sharpe(returns, 3, 252)).tolist() == [False, False, True, True, True, False]


def test_fewer_returns_than_the_window_have_no_value() -> None:
    assert len(rolling_sharpe(np.array([0.01, 0.02]), 3, 252)) == 0
    assert len(rolling_sharpe(np.empty(0), 2, 252)) == 0


def test_a_window_of_one_return_is_refused() -> None:
    with pytest.raises(ValueError, match="window of 1"):
        rolling_sharpe(np.array([0.01]), 1, 252)

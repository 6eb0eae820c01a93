"""The simple moving average, whose column form is a formula of its own."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.indicators.base import Indicator
from app.indicators.sma import SMA

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

prices = st.floats(-1e12, 1e12)


@given(st.integers(1, 12), st.lists(prices, max_size=40))
def test_the_cumulative_sum_gives_what_the_steps_give_bit_for_bit(length, values):
    column = np.array(values, np.float64)
    assert SMA(length).sweep(column).tobytes() == Indicator.sweep(SMA(length), column).tobytes()


@given(st.integers(1, 30), st.integers(1, 10**7))
def test_a_constant_price_gives_an_exactly_constant_average(length, ticks):
    means = SMA(length).over(np.full(3 * length, ticks / 100))[length - 1 :].tolist()
    assert set(means) == {means[0]}
    assert means[0] == pytest.approx(ticks / 100, rel=1e-13)


@given(st.integers(1, 9), st.lists(st.integers(1, 10**8), min_size=9, max_size=60))
def test_it_is_the_mean_of_the_last_values(length, ticks):
    values = [number / 100 for number in ticks]
    column = SMA(length).over(np.array(values))
    for row in range(length - 1, len(values)):
        exact = sum(map(Fraction, values[row + 1 - length : row + 1])) / length
        assert column[row] == pytest.approx(float(exact), rel=1e-12, abs=1e-9 * max(values))


@given(st.lists(prices, max_size=20))
def test_a_length_of_one_is_the_value_itself(values):
    column = np.array(values, np.float64)
    assert SMA(1).over(column).tobytes() == column.tobytes()


def test_a_result_is_no_view_of_the_column_that_was_given():
    column = np.array([1.0, 2.0])
    SMA(1).over(column)[0] = 7
    assert column.tolist() == [1, 2]

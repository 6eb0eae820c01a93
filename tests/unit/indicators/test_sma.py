"""The simple moving average, one definition used two ways."""

from fractions import Fraction
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.indicators.sma import SMA

pytestmark = pytest.mark.unit

prices = st.floats(1e-8, 1e12)


@given(st.integers(1, 12), st.lists(prices, max_size=40))
def test_bar_by_bar_and_over_a_column_are_equal_bit_for_bit(length, values):
    average = SMA(length)
    one_by_one = np.array([average.update(value) for value in values], np.float64)
    assert SMA(length).over(np.array(values, np.float64)).tobytes() == one_by_one.tobytes()


@given(st.integers(1, 12), st.lists(prices, min_size=1, max_size=40))
def test_it_is_not_a_number_exactly_during_its_warm_up(length, values):
    column = SMA(length).over(np.array(values, np.float64))
    assert SMA(length).warmup == length
    assert [isnan(value) for value in column] == [row + 1 < length for row in range(len(values))]


@given(st.integers(1, 30), st.integers(1, 10**7))
def test_a_constant_price_gives_an_exactly_constant_average(length, ticks):
    average = SMA(length)
    results = [average.update(ticks / 100) for _ in range(3 * length)][length - 1 :]
    assert set(results) == {results[0]}
    assert results[0] == pytest.approx(ticks / 100, rel=1e-13)


@given(st.integers(1, 9), st.lists(st.integers(1, 10**8), min_size=9, max_size=60))
def test_it_is_the_mean_of_the_last_values(length, ticks):
    values = [number / 100 for number in ticks]
    column = SMA(length).over(np.array(values))
    for row in range(length - 1, len(values)):
        exact = sum(map(Fraction, values[row + 1 - length : row + 1])) / length
        assert column[row] == pytest.approx(float(exact), rel=1e-12, abs=1e-9 * max(values))


@given(st.integers(1, 6), st.lists(prices, max_size=12), st.lists(prices, max_size=12))
def test_what_comes_later_does_not_change_what_was(length, past, future):
    whole = SMA(length).over(np.array([*past, *future], np.float64))
    assert whole[: len(past)].tobytes() == SMA(length).over(np.array(past, np.float64)).tobytes()


def test_a_column_does_not_move_the_indicator_that_is_asked():
    average = SMA(2)
    average.over(np.array([1.0, 2.0, 3.0]))
    assert isnan(average.update(10.0))
    assert average.update(20.0) == 15.0


def test_lengths_below_one_are_refused():
    for length in (0, -3):
        with pytest.raises(ValueError, match=f"at least 1, not {length}"):
            SMA(length)


def test_the_source_column_can_be_chosen():
    assert (SMA(3).source, SMA(3, source="highs").source) == ("closes", "highs")


def test_a_length_of_one_is_the_value_itself():
    assert SMA(1).over(np.array([3.5, 1.25])).tolist() == [3.5, 1.25]

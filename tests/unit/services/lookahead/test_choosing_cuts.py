"""Where a run is cut: spread over the data, and on decisions where there are some."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services._lookahead.cuts import chosen_cuts

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]


@given(
    times=st.lists(st.integers(-(10**18), 10**18), min_size=2, max_size=200, unique=True).map(sorted),
    made=st.lists(st.integers(0, 199)),
    count=st.integers(1, 50),
)
def test_cuts_are_ascending_timestamps_that_something_follows(times, made, count):
    orders = [times[index % len(times)] for index in made]
    cuts = chosen_cuts(np.array(times), orders, count)
    assert 1 <= len(cuts) <= count
    assert cuts == sorted(set(cuts))
    assert set(cuts) <= set(times[:-1])


def test_without_orders_cuts_are_evenly_spread():
    assert chosen_cuts(np.arange(100), [], 4) == [20, 40, 60, 80]


def test_a_cut_moves_to_the_nearest_order_of_its_own_part():
    assert chosen_cuts(np.arange(100), [13, 28, 31, 78, 99], 4) == [13, 31, 60, 78]


def test_there_are_no_more_cuts_than_timestamps_with_a_future():
    assert chosen_cuts(np.arange(3), [], 10) == [0, 1]

"""The numbers of the strategies that all engines are given."""

import numpy as np
import pytest

from benchmarks.peers import rules

pytestmark = pytest.mark.unit


def test_averages_that_differ_by_rounding_only_are_equal() -> None:
    assert rules.level(1e-12, 100.0) == 0
    assert rules.level(-0.0002, 100.0) == -0.0002


def test_a_crossing_needs_a_bar_before_it() -> None:
    spread = np.array([np.nan, np.nan, 1.0, -1.0, 0.0, 2.0])
    above, below = rules.crossings(spread)
    assert above.tolist() == [False, False, False, False, False, True]
    assert below.tolist() == [False, False, False, True, False, False]


def test_columns_and_single_bars_agree_about_levels() -> None:
    slow = np.full(3, 100.0)
    fast = np.array([100.0 + 1e-11, 100.1, 99.9])
    expected = [rules.level(f - s, s) for f, s in zip(fast, slow, strict=True)]
    assert rules.levels(fast, slow).tolist() == expected


def test_a_guard_is_cut_to_the_cent_below() -> None:
    assert rules.guard(100.0) == 98.0
    assert rules.guard(100.03) == 98.02


def test_shares_are_whole_and_leave_two_percent() -> None:
    assert rules.shares(1_000_000, 99.0) == 9_898


def test_a_rotation_waits_for_its_first_momentum() -> None:
    assert [bar for bar in range(101) if rules.rotates(bar)] == [60, 80, 100]

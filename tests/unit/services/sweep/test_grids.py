"""What --grid means: ranges without their stop, lists, and every value with every other."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError
from app.services._sweep.grid import MOST_SETS, Grid, plain, written

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005")]

WHOLE = st.integers(-(10**17), 10**17)


def values(text):
    (axis,) = Grid.parsed([text]).axes
    return list(axis.values)


@given(start=WHOLE, step=st.integers(-1000, 1000).filter(bool), count=st.integers(1, 50), rest=st.integers(0))
def test_a_range_of_whole_numbers_is_pythons_range(start, step, count, rest):
    stop = start + step * count - (rest % abs(step)) * (1 if step > 0 else -1)
    assert values(f"fast={start}:{stop}:{step}") == list(range(start, stop, step))


@given(start=WHOLE, step=st.integers(1, 10**6), count=st.integers(1, 50), places=st.integers(1, 6))
def test_a_range_of_decimals_is_exact_and_leaves_out_its_stop(start, step, count, places):
    def decimal(number):
        return Decimal(number).scaleb(-places)

    found = values(f"x={decimal(start):f}:{decimal(start + step * count):f}:{decimal(step):f}")
    assert found == [decimal(start) + number * decimal(step) for number in range(count)]


@given(st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=20, unique=True))
def test_a_list_has_its_values_in_the_order_in_which_they_were_written(listed):
    assert values("fast=" + ",".join(map(str, listed))) == listed


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_a_grid_has_each_combination_once_and_the_last_name_varies_fastest(lengths):
    grid = Grid.parsed([f"p{place}=0:{length}:1" for place, length in enumerate(lengths)])
    sets = list(grid)
    assert sets == sorted(set(sets))
    assert len(sets) == len(grid)


@given(st.text("0123456789.-:,=abc ", max_size=40))
def test_any_text_is_a_grid_with_sets_or_refused(text):
    with suppress(ConfigurationError):
        grid = Grid.parsed([text])
        assert len(list(grid)) == len(grid) > 0


def test_tenths_are_tenths():
    assert values("x=0.1:0.4:0.1") == [Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]
    assert [written(value) for value in values("x=0:0.3:0.15")] == ["0.00", "0.15"]
    assert [plain(value) for value in values("x=0:0.3:0.15")] == [0.0, 0.15]


def test_values_of_a_list_are_numbers_or_text():
    assert values("x=5, 2.5,next_open,007") == [5, Decimal("2.5"), "next_open", "007"]


@pytest.mark.parametrize(
    ("name", "path"),
    [("fast", ("strategy", "fast")), ("broker.commission_bps", ("broker", "commission_bps"))],
)
def test_a_name_without_a_dot_is_an_option_of_the_strategy(name, path):
    (axis,) = Grid.parsed([f"{name}=1"]).axes
    assert (axis.name, axis.path) == (name, path)


def test_a_set_is_told_as_it_would_be_written():
    grid = Grid.parsed(["fast=5,6", "broker.commission_bps=2.5"])
    assert [grid.told(each) for each in grid] == [
        "fast=5, broker.commission_bps=2.5",
        "fast=6, broker.commission_bps=2.5",
    ]


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        ([], "nothing to sweep"),
        (["fast"], "does not name a setting and its values"),
        (["=5"], "does not name a setting and its values"),
        (["a..b=5"], "does not name a setting and its values"),
        (["fast="], "an empty value"),
        (["fast=5,,6"], "an empty value"),
        (["fast=5,6,5"], "the value 5 twice"),
        (["fast=5,5.0"], "the value 5.0 twice"),
        (["fast=5:25"], "2 numbers, not 3"),
        (["fast=5:25:1:1"], "4 numbers, not 3"),
        (["fast=5:x:1"], "'x' is not a number"),
        (["fast=5:1e3:1"], "'1e3' is not a number"),
        (["fast=5:25:0"], "a step of zero"),
        (["fast=5:25:0.0"], "a step of zero"),
        (["fast=25:5:1"], "is empty"),
        (["fast=5:5:1"], "is empty"),
        (["fast=5:25:-1"], "is empty"),
        (["fast=1", "fast=2"], "given twice"),
        (["fast=1", "strategy.fast=2"], "given twice"),
        ([f"fast=0:{MOST_SETS + 1}:1"], "100,001 values"),
        (["fast=0:999999999999999999:0.000000001"], "values; the most are 100,000"),
        (["fast=0:1000:1", "slow=0:101:1"], "101,000 sets"),
    ],
)
def test_what_is_no_grid_is_refused_and_says_why(texts, problem):
    with pytest.raises(ConfigurationError) as refused:
        Grid.parsed(texts)
    assert problem in refused.value.problem


def test_the_greatest_grid_is_taken():
    assert len(Grid.parsed([f"fast=0:{MOST_SETS}:1"])) == MOST_SETS

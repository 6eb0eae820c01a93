"""Columns of plain numbers: as Python reads them, NaN where there is none, and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.floats import parse_floats
from app.data.text import Text
from app.domain.errors import InputError

pytestmark = pytest.mark.unit


def text(*fields: str) -> Text:
    parts = [field.encode() for field in fields]
    ends = np.cumsum([len(part) for part in parts])
    starts = ends - [len(part) for part in parts]
    return Text(np.frombuffer(b"".join(parts) or b"\0", np.uint8), starts, ends)


def parsed(*fields: str) -> list[float]:
    return parse_floats(text(*fields), fail).tolist()


def fail(row: int, problem: str) -> InputError:
    return InputError(f"row {row}: {problem}")


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1))
def test_every_float_comes_out_as_it_went_in(values):
    assert parsed(*map(repr, values)) == values


@pytest.mark.parametrize("empty", ["", "nan", "NaN", "  "])
def test_a_missing_value_is_nan_and_the_others_stay(empty):
    first, missing, last = parsed("0.5", empty, "-2e-3")
    assert (first, last) == (0.5, -0.002)
    assert np.isnan(missing)


def test_blanks_around_a_number_are_nothing():
    assert parsed(" 1.5", "2 ") == [1.5, 2.0]


def test_no_rows_are_no_values():
    assert parsed() == []


@pytest.mark.parametrize(
    "field",
    ["inf", "-Infinity", "1e999", "1_000", "0x10", "1,5", "ten", "+", ".", "1e", "1" * 41, "1\0", "\u0661"],
)
def test_anything_else_is_refused_with_its_row(field):
    with pytest.raises(InputError, match="row 1: "):
        parsed("1", field)

"""Decimal columns: exact to the digit, rounded once, and never through a float."""

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.decimals import parse_decimals, rounded
from app.data.text import Text
from app.domain.errors import InputError

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-018")]


def column(fields: list[str]) -> Text:
    encoded = [field.encode() for field in fields]
    ends = np.cumsum([len(field) + 1 for field in encoded]) - 1
    starts = ends - [len(field) for field in encoded]
    return Text(np.frombuffer(b",".join(encoded) + b",", np.uint8), starts, ends)


def fail(row: int, problem: str) -> InputError:
    return InputError(f"row {row}: {problem}")


def numbers() -> st.SearchStrategy[Decimal]:
    return st.integers(-(10**17), 10**17).flatmap(
        lambda mantissa: st.integers(0, 9).map(lambda places: Decimal(mantissa).scaleb(-places))
    )


def written(value: Decimal) -> st.SearchStrategy[str]:
    return st.sampled_from([f"{value:f}", f"{value:E}", f" {value:f}"])


@given(st.lists(numbers().flatmap(lambda value: st.tuples(st.just(value), written(value))), min_size=1))
def test_every_way_to_write_a_number_is_read_exactly(values: list[tuple[Decimal, str]]) -> None:
    parsed = parse_decimals(column([text for _, text in values]), fail)
    read = [
        Decimal(mantissa).scaleb(-places)
        for mantissa, places in zip(parsed.mantissas.tolist(), parsed.places.tolist(), strict=True)
    ]
    assert read == [value for value, _ in values]


@given(
    st.lists(st.decimals(0, 10**6, places=14), min_size=1),
    st.sampled_from(["1e-8", "0.0001", "0.01", "0.05", "0.25", "1", "3", "0.03"]),
)
def test_rounding_is_half_even_whatever_the_number_of_decimals(values: list[Decimal], step: str) -> None:
    texts = [f"{value:f}" for value in values]
    result = rounded(parse_decimals(column(texts), fail), Decimal(step), fail)
    expected = [(value / Decimal(step)).quantize(Decimal(1), ROUND_HALF_EVEN) for value in values]
    assert result.units.tolist() == [int(value) for value in expected]
    assert result.count == sum(
        value != units * Decimal(step) for value, units in zip(values, expected, strict=True)
    )


def test_ties_go_to_the_even_step_and_the_largest_error_is_told() -> None:
    result = rounded(parse_decimals(column(["0.125", "0.135", "0.11", "0.131"]), fail), Decimal("0.01"), fail)
    assert result.units.tolist() == [12, 14, 11, 13]
    assert (result.count, result.largest_error) == (3, Decimal("0.005"))


def test_digits_after_the_ninth_decide_what_would_look_like_a_tie() -> None:
    parsed = parse_decimals(
        column(["0.0000000050000000001", "0.000000005", "1.00000001500000000000001"]), fail
    )
    assert rounded(parsed, Decimal("1e-8"), fail).units.tolist() == [1, 0, 100_000_002]


@pytest.mark.parametrize(
    ("fields", "decimals"),
    [(["1", "20"], 0), (["1.50", "2.000"], 1), (["1.05", "0.5"], 2), (["0.12345678901"], 8), (["1e-3"], 3)],
)
def test_the_finest_decimals_leave_out_trailing_zeros_and_stop_at_eight(
    fields: list[str], decimals: int
) -> None:
    assert parse_decimals(column(fields), fail).finest == decimals


@pytest.mark.parametrize(
    "field",
    [
        "",
        " ",
        "abc",
        "nan",
        "inf",
        "-",
        ".",
        "1.2.3",
        "1_000",
        "1_0.5",
        "\uff10.\uff10\uff11",
        "1\0",
        "0x10",
        "1,5",
        "\u0661",
        "1e",
        "--1",
        "1e9999",
    ],
)
def test_what_is_no_number_is_refused_with_its_row(field: str) -> None:
    with pytest.raises(InputError, match=r"^row 1: .*(is not a number|is empty)"):
        parse_decimals(Text(*_with_a_good_row(field)), fail)


@pytest.mark.parametrize("field", ["1" * 40, "1" * 19, "1e18", "9" * 12 + "." + "9" * 8, "1e999"])
def test_a_number_of_too_many_digits_is_refused(field: str) -> None:
    with pytest.raises(InputError, match=r"row 1: .* has more than 18 digits"):
        parse_decimals(Text(*_with_a_good_row(field)), fail)


def test_a_number_beyond_64_bits_in_ticks_is_refused_rather_than_wrapped() -> None:
    parsed = parse_decimals(column(["1", "1000000000000000"]), fail)
    with pytest.raises(InputError, match=r"row 1: does not fit 64 bits in steps of 0\.00000001"):
        rounded(parsed, Decimal("1e-8"), fail)


def test_the_exact_text_of_a_float_is_rounded_to_eight_decimals() -> None:
    parsed = parse_decimals(column(["0.1000000000000000055511151231257827021181583404541015625"]), fail)
    assert rounded(parsed, Decimal("1e-8"), fail).units.tolist() == [10_000_000]


def _with_a_good_row(field: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    encoded = field.encode()
    buffer = np.frombuffer(b"1;" + encoded + b";", np.uint8)
    return buffer, np.array([0, 2]), np.array([1, 2 + len(encoded)])

"""Whole minor units and their one rounding, against the decimals of the standard library."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError, OutOfRange
from app.domain.money import (
    INT64_MAX,
    checked,
    currency_exponent,
    from_units,
    half_even,
    steps,
    to_units,
)

pytestmark = pytest.mark.unit

int64 = st.integers(-INT64_MAX, INT64_MAX)


@given(st.integers(-(10**30), 10**30), st.integers(0, 12), st.integers(0, 12))
def test_half_even_rounds_as_decimals_do(numerator, twos, fives):
    denominator = 2**twos * 5**fives  # so that the quotient is a decimal
    with localcontext(prec=100):
        exact = Decimal(numerator) / denominator
        assert half_even(numerator, denominator) == int(exact.to_integral_value(ROUND_HALF_EVEN))


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**12))
def test_half_even_rounds_as_fractions_do(numerator, denominator):
    assert half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(st.decimals(-(10**12), 10**12, places=6), st.integers(0, 4))
def test_units_are_those_that_decimals_quantize_to(value, exponent):
    quantized = value.quantize(Decimal(1).scaleb(-exponent), ROUND_HALF_EVEN)
    assert from_units(to_units(value, exponent), exponent) == quantized


@given(int64, st.integers(0, 8))
def test_units_come_back_from_the_decimal_that_they_are_written_as(units, exponent):
    assert to_units(from_units(units, exponent), exponent) == units


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**10))
def test_half_even_is_the_same_on_both_sides_of_zero(numerator, denominator):
    assert half_even(-numerator, denominator) == -half_even(numerator, denominator)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(1, 2, 0), (3, 2, 2), (5, 2, 2), (-1, 2, 0), (-3, 2, -2), (7, 3, 2), (8, 3, 3), (6, 3, 2), (0, 7, 0)],
)
def test_a_half_goes_to_the_even_neighbour(numerator, denominator, rounded):
    assert half_even(numerator, denominator) == rounded


@pytest.mark.parametrize("number", [INT64_MAX, -INT64_MAX, 0])
def test_what_fits_64_bits_passes(number):
    assert checked(number) == number


@pytest.mark.parametrize(
    ("base", "exponent", "more"), [(2, 63, 0), (-2, 63, 0), (10, 100, 1), (10, 6_000, 0)]
)
def test_what_does_not_fit_64_bits_is_rejected(base, exponent, more):
    with pytest.raises(OutOfRange, match="does not fit 64 bits"):
        checked(base**exponent + more)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e41", "1e999999", "92233720368547758.08"])
def test_amounts_that_are_not_finite_or_too_large_are_rejected(text):
    with pytest.raises(OutOfRange, match="64 bits"):
        to_units(Decimal(text), 2)


def test_the_largest_amount_is_taken():
    assert to_units(Decimal("92233720368547758.07"), 2) == INT64_MAX


@given(st.decimals(-(10**9), 10**9, places=12), st.decimals(Decimal("1e-8"), 100, places=8))
def test_steps_are_an_exact_ratio(value, size):
    numerator, denominator = steps(value, size)
    assert denominator > 0
    with localcontext(prec=100):
        assert Decimal(numerator) * size == value * denominator


@pytest.mark.parametrize(
    ("code", "exponent"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("BTC", 8), ("USDT", 6)]
)
def test_a_currency_has_the_decimals_of_its_minor_unit(code, exponent):
    assert currency_exponent(code) == exponent


@pytest.mark.parametrize("code", ["", "US", "usd", "DOLLAR", "U5D", "ÜSD", "US ", "$$$"])
def test_what_is_no_currency_code_is_refused(code):
    with pytest.raises(ConfigurationError, match="not a currency code") as caught:
        currency_exponent(code)
    assert "USD" in caught.value.remedy

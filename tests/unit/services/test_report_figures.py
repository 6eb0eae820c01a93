"""How figures are written for people."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.catalogue import Unit
from app.domain.money import currency_exponent, from_units
from app.services.figures import amount, date, moment, money, number, percent, printable, ratio, statistic

pytestmark = pytest.mark.unit

NOON = 951_998_400 * 1_000_000_000


@pytest.mark.parametrize(
    ("units", "currency", "text"),
    [
        (0, "USD", "0.00 USD"),
        (-5, "USD", "-0.05 USD"),
        (1_234_567, "USD", "12,345.67 USD"),
        (1_234_567, "JPY", "1,234,567 JPY"),
        (-123_456_789_012_345_678, "BTC", "-1,234,567,890.12345678 BTC"),
    ],
)
def test_money_is_exact_with_thousands_separators(units: int, currency: str, text: str) -> None:
    assert money(units, currency) == text


@given(st.integers(-(2**63), 2**63), st.sampled_from(["USD", "JPY", "BTC", "KWD"]))
def test_an_amount_reads_back_as_the_same_decimal(units: int, currency: str) -> None:
    text = amount(units, currency)
    assert Decimal(text.replace(",", "")) == from_units(units, currency_exponent(currency))


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(0.1234, "12.34 %"), (-0.5, "-50.00 %"), (12.5, "1,250.00 %"), (-0.000001, "0.00 %"), (None, "n/a")],
)
def test_percentages_have_two_places_and_no_negative_zero(fraction: float | None, text: str) -> None:
    assert percent(fraction) == text


def test_ratios_have_two_places() -> None:
    assert (ratio(0.626), ratio(-0.001), ratio(None)) == ("0.63", "0.00", "n/a")


def test_numbers_keep_their_digits_and_at_least_the_places_asked_for() -> None:
    assert number(Decimal("1234.500"), 2) == "1,234.50"
    assert number(Decimal("0.00012"), 2) == "0.00012"
    assert number(Decimal("1E+3")) == "1,000"


def test_times_show_the_minute_unless_it_is_midnight() -> None:
    assert moment(NOON) == "2000-03-02 12:00"
    assert moment(NOON + 12 * 3_600 * 10**9) == "2000-03-03"
    assert date(NOON) == "2000-03-02"
    assert date(-1) == "1969-12-31"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, Unit.MONEY, "n/a"),
        (0.05, Unit.FRACTION, "5.00 %"),
        (1.5, Unit.RATIO, "1.50"),
        (1234.0, Unit.COUNT, "1,234"),
        (-150.4, Unit.MONEY, "-1.50 USD"),
        (1.0, Unit.DAYS, "1 day"),
        (136.5, Unit.DAYS, "136.5 days"),
        (951_998_400.0, Unit.TIME, "2000-03-02"),
    ],
)
def test_a_statistic_is_written_in_its_unit(value: float | None, unit: Unit, text: str) -> None:
    assert statistic(value, unit, "USD") == text


def test_control_characters_are_replaced() -> None:
    assert printable("A\x1b[31mB\nC") == "A?[31mB?C"

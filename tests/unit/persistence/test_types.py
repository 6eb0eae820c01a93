"""What the column types take and refuse, without a database."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import column
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.errors import OutOfRange
from app.persistence.types import ExactDecimal, Unstorable, UtcDateTime, rounded

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-013")]

DIALECTS = [sqlite.dialect(), postgresql.dialect()]
LARGEST = Decimal("92233720368.54775807")

exact = st.integers(-(2**63) + 1, 2**63 - 1).map(lambda units: Decimal(units).scaleb(-8))
dialects = st.sampled_from(DIALECTS)


@given(exact, dialects)
def test_every_amount_of_eight_decimals_comes_back_as_it_was(amount: Decimal, dialect):
    kind = ExactDecimal()
    back = kind.process_result_value(kind.process_bind_param(amount, dialect), dialect)
    assert back == amount
    assert back.as_tuple().exponent == -8


@given(exact, exact)
def test_on_sqlite_amounts_sort_as_they_do_in_python(one: Decimal, other: Decimal):
    kind, dialect = ExactDecimal(), DIALECTS[0]
    stored = kind.process_bind_param(one, dialect), kind.process_bind_param(other, dialect)
    assert (stored[0] < stored[1]) == (one < other)
    assert isinstance(stored[0], int)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "amount", [0, 7, -7, Decimal("0E+50"), Decimal("-0"), Decimal("1.50"), Decimal("1E+3")]
)
def test_whole_numbers_and_other_spellings_are_taken(dialect, amount):
    kind = ExactDecimal()
    assert kind.process_result_value(kind.process_bind_param(amount, dialect), dialect) == amount


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "amount",
    [
        "NaN", "sNaN", "Infinity", "-Infinity", "1E-9", "0.123456789", "1E+11", "1E+999999", "1E-999999",
        "92233720368.54775808", "-92233720368.54775808", "1.00000000000000000000000000000000000000001",
    ],
)  # fmt: skip
def test_what_cannot_be_stored_exactly_is_refused(dialect, amount: str):
    with pytest.raises(Unstorable, match="cannot be stored"):
        ExactDecimal().process_bind_param(Decimal(amount), dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("amount", [0.1, 1.0, True, "1"])
def test_floats_and_other_types_are_refused(dialect, amount):
    with pytest.raises(TypeError, match="an exact decimal is needed"):
        ExactDecimal().process_bind_param(amount, dialect)


def test_multiplying_in_sql_is_refused_and_adding_is_not():
    price, fee = column("price", ExactDecimal()), column("fee", ExactDecimal())
    for wrong in (
        lambda: price * fee,
        lambda: 2 * price,
        lambda: price / 2,
        lambda: price % 2,
        lambda: 1 / price,
    ):
        with pytest.raises(TypeError, match="in Python"):
            wrong()
    assert isinstance((price + fee).type, ExactDecimal)
    assert isinstance((Decimal(1) - fee).type, ExactDecimal)


def test_a_derived_amount_is_rounded_half_to_even():
    assert rounded(Decimal("0.000000005")) == 0
    assert rounded(Decimal("0.000000015")) == Decimal("0.00000002")
    assert rounded(LARGEST) == LARGEST
    with pytest.raises(OutOfRange):
        rounded(Decimal("1E+12"))


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), st.integers(-14 * 60, 14 * 60), dialects)  # noqa: DTZ001 # hypothesis bounds datetimes without a zone
def test_a_time_comes_back_in_utc_to_the_microsecond(naive: datetime, minutes: int, dialect):
    kind = UtcDateTime()
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    back = kind.process_result_value(kind.process_bind_param(moment, dialect), dialect)
    assert back == moment
    assert back.tzinfo is UTC


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_time_without_a_zone_is_refused(dialect):
    with pytest.raises(TypeError, match="zone"):
        UtcDateTime().process_bind_param(datetime(2024, 1, 1), dialect)  # noqa: DTZ001 # the point of the test


@pytest.mark.parametrize("kind", [ExactDecimal(), UtcDateTime()])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_nothing_stays_nothing(kind, dialect):
    assert kind.process_result_value(kind.process_bind_param(None, dialect), dialect) is None

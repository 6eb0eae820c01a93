"""Whatever amounts are stored, a database gives them back, ordered and added up, as Python does."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, delete, func, insert, select

from app.domain.errors import StorageFailed
from app.persistence.database import Database
from app.persistence.types import ExactDecimal, Unstorable

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-013"), pytest.mark.requirement("STC-008")]

AMOUNTS = Table(
    "amounts", MetaData(), Column("id", Integer, primary_key=True), Column("amount", ExactDecimal)
)
LARGEST = Decimal("92233720368.54775807")

amounts = st.integers(-(2**63) + 1, 2**63 - 1).map(lambda units: Decimal(units).scaleb(-8))
# A sum must fit as well: SQLite refuses to add beyond 64 bits.
addable = st.integers(-(2**57), 2**57).map(lambda units: Decimal(units).scaleb(-8))

# The table is emptied before each example.
shared_table = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def ledger(database_url: str):
    with Database.open(database_url) as opened:
        with opened.changing_schema() as connection:
            AMOUNTS.metadata.create_all(connection)
        yield opened


def store(ledger: Database, given: list[Decimal]) -> None:
    with ledger.transaction() as session:
        session.execute(delete(AMOUNTS))
        rows = [{"id": number, "amount": amount} for number, amount in enumerate(given)]
        session.execute(insert(AMOUNTS), rows)


@given(given=st.lists(amounts, min_size=1, max_size=20), bound=amounts)
@shared_table
def test_amounts_come_back_ordered_and_compared_as_in_python(ledger, given, bound):
    store(ledger, given)
    with ledger.reading() as session:
        assert list(session.scalars(select(AMOUNTS.c.amount).order_by(AMOUNTS.c.id))) == given
        assert list(session.scalars(select(AMOUNTS.c.amount).order_by(AMOUNTS.c.amount))) == sorted(given)
        below = select(func.count()).where(AMOUNTS.c.amount < bound)
        assert session.scalar(below) == sum(amount < bound for amount in given)
        assert session.scalar(select(func.max(AMOUNTS.c.amount))) == max(given)


@given(given=st.lists(addable, min_size=1, max_size=20))
@shared_table
def test_a_sum_is_the_sum(ledger, given):
    store(ledger, given)
    with ledger.reading() as session:
        total = session.scalar(select(func.sum(AMOUNTS.c.amount)))
        assert total == sum(given)
        assert isinstance(total, Decimal)
        twice = session.scalars(select(AMOUNTS.c.amount + AMOUNTS.c.amount).order_by(AMOUNTS.c.id))
        assert list(twice) == [amount + amount for amount in given]


def test_no_amounts_have_no_sum(ledger):
    with ledger.reading() as session:
        assert session.scalar(select(func.sum(AMOUNTS.c.amount))) is None


@pytest.mark.parametrize("amount", [LARGEST + Decimal("0.00000001"), Decimal("0.000000001"), Decimal("NaN")])
def test_what_cannot_be_stored_exactly_is_refused_and_nothing_is_stored(ledger, amount):
    with pytest.raises(Unstorable, match="cannot be stored"):
        store(ledger, [Decimal(1), amount])
    with ledger.reading() as session:
        assert session.scalar(select(func.count()).select_from(AMOUNTS)) == 0


def test_a_sum_beyond_64_bits_is_refused_on_sqlite_rather_than_wrapped(ledger):
    store(ledger, [LARGEST, LARGEST])
    query = select(func.sum(AMOUNTS.c.amount))
    if ledger.dialect == "sqlite":
        with pytest.raises(StorageFailed, match="overflow"), ledger.reading() as session:
            session.scalar(query)
    else:
        with ledger.reading() as session:
            assert session.scalar(query) == LARGEST + LARGEST

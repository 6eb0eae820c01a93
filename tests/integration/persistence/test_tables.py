"""What the tables keep, and what they refuse, on SQLite and on PostgreSQL."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import UniqueConstraint, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.domain.fills import CashKind, ExecutionFlag
from app.persistence.tables import (
    APPEND_ONLY,
    Base,
    CashEntry,
    EquityPoint,
    Execution,
    Portfolio,
    Run,
    User,
)

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-013"), pytest.mark.requirement("STC-008")]

NOUNS = sorted(mapper.class_.__name__ for mapper in Base.registry.mappers)
APPENDED = sorted(
    mapper.class_.__name__ for mapper in Base.registry.mappers if mapper.local_table.name in APPEND_ONLY
)

OUT_OF_RANGE = {
    "User": [
        {"username": ""},
        {"username": "x" * 201},
    ],
    "Portfolio": [
        {"capital": Decimal(0)},
        {"status": "dreaming"},
        {"base_currency": "US"},
        {"name": None},
    ],
    "BrokerAccount": [
        {"mode": "pretend"},
    ],
    "Asset": [
        {"tick": Decimal(0)},
        {"lot": Decimal(-1)},
        {"status": "draft"},
    ],
    "Run": [
        {"status": "DONE"},
        {"status": "completed", "ended_at": None},
        {"progress": 1.5},
        {"state_hash": "short"},
        {"environment": "moon"},
    ],
    "Order": [
        {"quantity": Decimal(0)},
        {"filled": Decimal(-1)},
        {"side": "hold"},
        {"type": "guess"},
        {"type": "limit"},
        {"type": "stop", "limit_price": Decimal(1)},
        {"type": "stop_limit", "stop_price": Decimal(1)},
        {"type": "limit_if_touched", "stop_price": Decimal(1)},
        {"type": "limit_if_touched", "limit_price": Decimal(1)},
        {"type": "trailing_stop", "trail": Decimal(1), "trail_percent": Decimal(1)},
        {"group_name": ""},
        {"group_name": "x" * 65},
        {"time_in_force": "later"},
        {"status": "lost"},
        {"pending_action": "wait"},
        {"certainty": "maybe"},
    ],
    "Execution": [
        {"quantity": Decimal(-1)},
        {"liquidity": "giver"},
        {"flags": 8},
    ],
    "Trade": [
        {"side": "buy"},
        {"mae": 0.1},
        {"mfe": -0.1},
    ],
    "CashEntry": [
        {"kind": "gift"},
        {"rate": Decimal(0)},
    ],
    "Statistic": [
        {"value": 1.0, "text": "one"},
    ],
    "AuditLog": [
        {"sequence": 0},
        {"hash": "short"},
    ],
}
UNIQUE = {
    "User": [("issuer", "subject")],
    "BrokerAccount": [("owner_id", "name")],
    "Portfolio": [("owner_id", "name")],
    "Asset": [("portfolio_id", "symbol", "exchange", "sleeve")],
    "Order": [("broker_account_id", "client_id"), ("run_id", "sequence")],
    "Execution": [("broker_account_id", "execution_id")],
    "Position": [("run_id", "asset_id")],
    "Trade": [("run_id", "sequence")],
    "CashEntry": [("run_id", "sequence")],
    "EquityPoint": [("run_id", "time")],
    "Statistic": [("run_id", "key", "period")],
    "AuditLog": [("writer", "sequence")],
}


def refused(store, row: Base) -> bool:
    try:
        store(row)
    except IntegrityError:
        return True
    return False


def every_field(row: Base) -> dict:
    return {column.key: getattr(row, column.key) for column in row.__table__.columns}


def test_a_row_of_every_table_comes_back_as_it_was(database, rows, store):
    for noun in NOUNS:
        row = rows.make(noun)
        store(row)
        stored = every_field(row)
        key = tuple(stored[column.name] for column in row.__table__.primary_key)
        with database.reading() as session:
            assert every_field(session.get(type(row), key)) == stored


@pytest.mark.parametrize("noun", OUT_OF_RANGE)
def test_what_is_out_of_range_is_refused(rows, store, noun):
    accepted = [fields for fields in OUT_OF_RANGE[noun] if not refused(store, rows.make(noun, **fields))]
    assert accepted == []


@pytest.mark.parametrize(
    "unpriced",
    [{"type": "stop"}, {"type": "limit"}, {"type": "limit_if_touched", "stop_price": Decimal(1)}],
)
def test_only_an_order_that_was_denied_may_lack_the_price_of_its_type(rows, store, unpriced):
    assert refused(store, rows.make("Order", **unpriced))
    assert not refused(store, rows.make("Order", **unpriced, status="denied"))


@pytest.mark.parametrize("status", ["denied", "canceled", "expired", "accepted", "filled"])
def test_only_an_order_that_ended_without_a_fill_may_be_for_nothing(rows, store, status):
    nothing = rows.make("Order", quantity=Decimal(0), status=status)
    assert refused(store, nothing) == (status in {"accepted", "filled"})


def test_an_order_does_not_wait_for_itself(rows, store):
    order = rows.make("Order")
    order.parent_id = order.id
    assert refused(store, order)


@pytest.mark.parametrize("kind", [kind.value for kind in CashKind])
def test_every_reason_for_which_cash_moves_can_be_stored(rows, store, kind):
    assert not refused(store, rows.make("CashEntry", kind=kind, rate=Decimal("1.0842")))


def test_the_same_thing_is_not_stored_twice(rows, store):
    for noun, keys in UNIQUE.items():
        for names in keys:
            first = rows.make(noun)
            store(first)
            again = rows.make(noun, **{name: getattr(first, name) for name in names})
            assert refused(store, again), f"{noun} {names}"


@pytest.mark.parametrize("field", ["username", "email"])
def test_users_differ_by_more_than_the_case_of_their_names(rows, store, field):
    store(rows.make("User", **{field: "Ada@Example.org"}))
    with pytest.raises(IntegrityError):
        store(rows.make("User", **{field: "aDA@eXAMPLE.ORG"}))


def test_users_without_an_email_do_not_clash(rows, store):
    assert not refused(store, rows.make("User", email=None))
    assert not refused(store, rows.make("User", email=None))


def test_a_deleted_portfolio_gives_its_name_free(database, rows, store):
    with database.transaction() as session:
        old = session.get(Portfolio, rows.portfolio.id)
        old.deleted_at = old.created_at + timedelta(days=1)
        name = old.name
    store(rows.make("Portfolio", name=name))
    with pytest.raises(IntegrityError):
        store(rows.make("Portfolio", name=name))


def test_a_reference_to_nothing_is_refused(rows, store):
    nothing = rows.make("User").id
    for mapper in Base.registry.mappers:
        for column in mapper.local_table.columns:
            if column.foreign_keys:
                orphan = rows.make(mapper.class_.__name__, **{column.name: nothing})
                assert refused(store, orphan), str(column)


def test_a_row_that_others_refer_to_is_not_deleted(database, rows):
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(delete(User).where(User.id == rows.user.id))


@pytest.mark.requirement("SYS-007")
@pytest.mark.parametrize("noun", APPENDED)
def test_what_was_recorded_is_never_changed_deleted_replaced_or_emptied(database, rows, store, noun):
    row = rows.make(noun)
    store(row)
    table = row.__table__
    name = "actor" if noun == "AuditLog" else "run_id"
    replacing = insert(table).prefix_with("OR REPLACE").values(every_field(row))
    emptying = text(f"TRUNCATE {table.name}")
    last = replacing if database.dialect == "sqlite" else emptying
    for change in (update(table).values({name: getattr(row, name)}), delete(table), last):
        with pytest.raises(IntegrityError, match="append-only"), database.transaction() as session:
            session.execute(change)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(table)) == 1


def test_whoever_saves_an_older_version_is_told(database, rows):
    with database.reading() as session:
        stale = session.get(Portfolio, rows.portfolio.id)
    with database.transaction() as session:
        session.get(Portfolio, rows.portfolio.id).description = "mine"
    stale.description = "theirs"
    with pytest.raises(StaleDataError), database.transaction() as session:
        session.add(stale)
    with database.reading() as session:
        assert session.get(Portfolio, rows.portfolio.id).description == "mine"
        assert session.get(Portfolio, rows.portfolio.id).version == 2


def test_a_run_ends_once_it_has_an_end(database, rows):
    with database.transaction() as session:
        run = session.get(Run, rows.run.id)
        run.status, run.progress, run.ended_at = "completed", 1.0, run.started_at
        run.summary = {"sharpe": 0.1 + 0.2, "final_equity": "100000.00", "note": "größer", "none": None}
    with database.reading() as session:
        assert session.get(Run, rows.run.id).summary == {
            "sharpe": 0.30000000000000004,
            "final_equity": "100000.00",
            "note": "größer",
            "none": None,
        }


def test_the_flags_of_an_execution_are_a_set(database, rows, store):
    flags = ExecutionFlag.LATE | ExecutionFlag.EXTERNAL
    row = rows.make("Execution", flags=flags)
    store(row)
    with database.reading() as session:
        assert ExecutionFlag(session.get(Execution, row.id).flags) == flags


def test_times_are_ordered_and_found_by_range(database, rows, store):
    points = [rows.make("EquityPoint") for _ in range(5)]
    store(*reversed(points))
    times = [point.time for point in points]
    with database.reading() as session:
        query = select(EquityPoint.time).order_by(EquityPoint.time)
        assert list(session.scalars(query)) == times
        assert list(session.scalars(query.where(EquityPoint.time > times[2]))) == times[3:]


def test_amounts_are_summed_ordered_and_found_exactly(database, rows, store):
    store(*(rows.make("CashEntry", amount=Decimal("0.10")) for _ in range(3000)))
    with database.reading() as session:
        assert session.scalar(select(func.sum(CashEntry.amount))) == Decimal("300.00000000")
        nothing = select(func.coalesce(func.sum(CashEntry.amount), Decimal(0))).where(CashEntry.kind == "fee")
        assert session.scalar(nothing) == 0
        assert session.scalar(select(func.max(CashEntry.amount) - func.min(CashEntry.amount))) == 0
        assert session.scalar(select(func.count()).where(CashEntry.amount == Decimal("0.1"))) == 3000


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_every_foreign_key_is_indexed(table):
    keys = [table.primary_key, *(key for key in table.constraints if isinstance(key, UniqueConstraint))]
    whole = [index for index in table.indexes if index.dialect_options["sqlite"]["where"] is None]
    leading = {next(iter(index.columns)).name for index in [*keys, *whole] if len(index.columns)}
    assert {key.parent.name for key in table.foreign_keys} <= leading


def test_tables_are_described_in_the_reference(request):
    reference = (request.config.rootpath / "docs" / "reference" / "database.md").read_text(encoding="utf-8")
    for table in Base.metadata.sorted_tables:
        assert f"`{table.name}`" in reference

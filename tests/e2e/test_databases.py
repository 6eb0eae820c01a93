"""Runs and schema changes on SQLite and on PostgreSQL, from the command line."""

from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select

from app.persistence import schema
from app.persistence.database import Database
from app.persistence.tables.assets import Asset
from app.persistence.tables.cash_entries import CashEntry
from app.persistence.tables.equity_points import EquityPoint
from app.persistence.tables.executions import Execution
from app.persistence.tables.orders import Order
from app.persistence.tables.positions import Position
from app.persistence.tables.statistics import Statistic
from app.persistence.tables.trades import Trade

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-013", "STC-18")]

# What a run leaves, without ids and the wall clock; each is ordered by its first columns.
CONTENT = (
    select(Order.sequence, Asset.symbol, Order.side, Order.type, Order.time_in_force, Order.quantity)
    .add_columns(Order.filled, Order.average_price, Order.status, Order.reason, Order.tag)
    .add_columns(Order.submitted_at, Order.updated_at)
    .join(Asset, Asset.id == Order.asset_id)
    .order_by(Order.sequence),
    select(Order.sequence, Execution.side, Execution.quantity, Execution.price, Execution.value)
    .add_columns(Execution.fee, Execution.realised, Execution.venue_time)
    .join(Order, Order.id == Execution.order_id)
    .order_by(Order.sequence, Execution.venue_time),
    select(CashEntry.sequence, CashEntry.kind, CashEntry.amount, CashEntry.currency, CashEntry.time).order_by(
        CashEntry.sequence
    ),
    select(Asset.symbol, Position.quantity, Position.cost, Position.realised, Position.fees)
    .add_columns(Position.last_price, Position.unrealised, Position.opened_at, Position.closed_at)
    .join(Asset, Asset.id == Position.asset_id)
    .order_by(Asset.symbol),
    select(Trade.sequence, Trade.side, Trade.quantity, Trade.entry_price, Trade.exit_price)
    .add_columns(Trade.realised, Trade.fees, Trade.return_ratio, Trade.bars)
    .order_by(Trade.sequence),
    select(EquityPoint.time, EquityPoint.equity, EquityPoint.cash, EquityPoint.exposure).order_by(
        EquityPoint.time
    ),
    select(Statistic.key, Statistic.value).order_by(Statistic.key),
)


def content(url: str) -> list[list[tuple[Any, ...]]]:
    with Database.open(url, create=False) as database, database.reading() as session:
        return [[tuple(row) for row in session.execute(query)] for query in CONTENT]


def test_a_run_on_postgresql_leaves_the_same_rows_as_on_sqlite(
    lts: Any, default_run: Any, postgres_url: str
) -> None:
    on_postgresql = lts("run", "--json", "--migrate", "--db", postgres_url).json
    on_sqlite = default_run[1].json
    assert on_postgresql["state_hash"] == on_sqlite["state_hash"]
    assert on_postgresql["final_equity"] == on_sqlite["final_equity"]
    password = postgres_url.partition("://lts:")[2].partition("@")[0]
    assert password not in str(on_postgresql)
    stored = content(postgres_url)
    assert stored == content(str(default_run[0].database))
    assert min(map(len, stored)) > 0
    assert not lts.database.exists()


def test_postgresql_is_migrated_by_a_run_only_when_asked(lts: Any, postgres_url: str) -> None:
    quick = ("run", "--json", "--set", "data.start=2012-06-01")
    lts.environment["LTS_DATABASE_URL"] = postgres_url
    message = lts.inside(*quick, code=2).message
    assert "is empty" in message
    assert "--migrate" in message
    assert schema_of(postgres_url) is None
    assert lts.inside(*quick, "--migrate").json["status"] == "completed"
    assert lts.inside(*quick).json["status"] == "completed"
    lts.inside("db", "downgrade", "0002", "--yes")
    assert "is older" in lts.inside(*quick, code=2).message


@pytest.mark.parametrize("before", ["missing", "empty", "0001", "0002"])
def test_sqlite_is_made_and_migrated_by_a_run(lts: Any, before: str) -> None:
    if before == "empty":
        lts.home.mkdir()
        lts.database.touch()
    elif before != "missing":
        lts.inside("db", "upgrade", before)
        assert lts.inside("db", "current").out.startswith(f"{before} (older; this LTS needs ")
    assert lts.inside("run", "--json", "--set", "data.start=2012-06-01").json["status"] == "completed"
    assert schema_of(str(lts.database)) == schema.HEAD
    assert "exactly the tables" in lts.inside("db", "check").out


def schema_of(url: str) -> str | None:
    with Database.open(url, create=False) as database:
        return schema.current(database)


def test_db_commands_go_up_and_down_and_compare(lts: Any, database_url: str) -> None:
    def db(*words: str, code: int = 0) -> str:
        done = lts.inside("db", *words, "--db", database_url, code=code)
        assert done.err == ""
        return done.out

    assert f"is at revision {schema.HEAD}." in db("upgrade")
    assert db("upgrade") == db("upgrade", "head")
    assert db("current") == f"{schema.HEAD} (current; this LTS needs {schema.HEAD})\n"
    assert "exactly the tables" in db("check")
    assert "is at revision 0001." in db("downgrade", "0001")
    assert "is at revision 0001 (older); this LTS needs" in db("check", code=1)
    assert "is at revision none." in db("downgrade", "base")
    assert db("current").startswith("none (empty;")
    assert f"is at revision {schema.HEAD}." in db("upgrade")


@pytest.mark.requirement("SYS-011")
def test_a_downgrade_erases_rows_only_when_that_was_agreed_to(
    lts: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lts.inside("run", "--quiet", "--set", "data.start=2012-06-01")
    message = lts.inside("db", "downgrade", "0002", code=2).message
    assert "erases 2 audit record(s)." in message
    assert "--yes" in message
    message = lts.inside("db", "downgrade", "base", code=2).message
    assert "erases 1 run(s), 2 audit record(s), 1 portfolio(s), 1 user(s)." in message
    for answer, code in (("n\n", 1), ("", 1), ("y\n", 0)):
        assert schema_of(str(lts.database)) == schema.HEAD
        monkeypatch.setattr("sys.stdin", Terminal(answer))
        assert "2 audit record(s)" in lts.inside("db", "downgrade", "0002", code=code).err
    assert schema_of(str(lts.database)) == "0002"
    monkeypatch.setattr("sys.stdin", StringIO())
    lts.inside("db", "downgrade", "base", "--yes")
    assert lts.inside("db", "current").out.startswith("none (empty;")


class Terminal(StringIO):
    """Somebody who answers at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.requirement("SYS-011")
def test_check_names_the_revision_of_a_newer_database_and_a_hostile_one_cannot_paint(lts: Any) -> None:
    lts.inside("db", "upgrade")
    for revision in ("9999", "\x1b[31m"):
        with Database.open(str(lts.database)) as database, database.transaction() as session:
            session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = ?", (revision,))
        told = lts.inside("db", "check", code=1).out + lts.inside("db", "current").out
        assert "\x1b" not in told
        assert ("9999 (newer)" in told) == (revision == "9999")


def test_a_revision_that_does_not_exist_is_refused(lts: Any, database_url: str) -> None:
    message = lts.inside("db", "upgrade", "0815", "--db", database_url, code=2).message
    assert "0815" in message


def test_db_commands_do_not_make_a_database_that_they_only_look_at(lts: Any) -> None:
    for words in (("current",), ("check",), ("downgrade", "base")):
        message = lts.inside("db", *words, code=2).message
        assert str(lts.database) in message
        assert "lts db upgrade" in message
    assert not lts.database.exists()


@pytest.mark.requirement("SYS-011")
def test_a_database_of_a_newer_schema_is_refused_by_every_command(lts: Any, database_url: str) -> None:
    lts.inside("db", "upgrade", "--db", database_url)
    with Database.open(database_url) as database, database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for words in (("run",), ("run", "--migrate"), ("db", "upgrade"), ("db", "downgrade", "0001")):
        message = lts.inside(*words, "--db", database_url, code=2).message
        assert "was made by a newer LTS" in message
        assert "Upgrade LTS" in message
    assert lts.runs(database_url) == []
    assert schema_of(database_url) == "9999"
    assert lts.inside("db", "current", "--db", database_url).out.startswith("9999 (newer;")


def test_a_database_of_another_program_is_left_alone(lts: Any, database_url: str) -> None:
    with Database.open(database_url) as database, database.transaction() as session:
        session.connection().exec_driver_sql("CREATE TABLE recipes (name TEXT)")
    for words in (("run", "--migrate"), ("db", "upgrade")):
        assert "tables that are not of LTS" in lts.inside(*words, "--db", database_url, code=2).message


@pytest.mark.requirement("SYS-019")
def test_a_server_that_does_not_answer_is_named_without_its_password(lts: Any) -> None:
    url = "postgresql://ann:hunter2@127.0.0.1:9/lts?connect_timeout=2"
    for words in (("run",), ("db", "current"), ("config", "show")):
        done = lts.inside(*words, "--db", url, code=2)
        assert "127.0.0.1" in done.message
        assert "hunter2" not in done.err


def test_a_url_of_another_database_system_is_refused(lts: Any) -> None:
    for url in ("mysql://ann:hunter2@localhost/lts", "nonsense://", "sqlite://", "sqlite:///:memory:"):
        done = lts.inside("run", "--db", url, code=2)
        assert "Use sqlite:///PATH" in done.message
        assert "hunter2" not in done.err

"""Every migration, up and down, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from app.domain.errors import InputError, StorageUnusable
from app.persistence import schema
from app.persistence.database import Database
from app.persistence.locate import packaged
from app.persistence.schema import State
from app.persistence.tables import Base

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-013"), pytest.mark.requirement("STC-18")]


def tables(database: Database) -> set[str]:
    with database.reading() as session:
        return set(inspect(session.connection()).get_table_names())


def shape(connection) -> dict:
    """All that can be read back about the tables."""
    inspector = inspect(connection)
    found = {}
    for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        found[table] = {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], column.get("computed", {}))
                for column in inspector.get_columns(table)
            ],
            "primary key": inspector.get_pk_constraint(table),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "references": sorted(map(str, inspector.get_foreign_keys(table))),
            "checks": sorted(map(str, inspector.get_check_constraints(table))),
            "indexes": sorted(
                f"{index['name']} {index['column_names']} {index['unique']} {condition(index)}"
                for index in inspector.get_indexes(table)
            ),
        }
    return found


def shape_of(database: Database) -> dict:
    with database.reading() as session:
        return shape(session.connection())


def condition(index) -> str:
    options = index.get("dialect_options", {})
    return next((str(options[name]) for name in options if name.endswith("_where")), "")


@pytest.fixture
def empty(database_url: str):
    with Database.open(database_url) as opened:
        yield opened


@pytest.fixture
def later_scripts(tmp_path: Path) -> Path:
    """A copy of the migrations, to which a test adds one."""
    return Path(shutil.copytree(packaged("migrations"), tmp_path / "later"))


def add_migration(scripts: Path, upgrade: str) -> None:
    lines = ["from alembic import op", "revision = '9999'", f"down_revision = '{schema.HEAD}'"]
    lines += ["branch_labels = depends_on = None", "def upgrade():", f"    {upgrade}"]
    (scripts / "versions" / "9999_later.py").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_named_head_is_the_only_head_of_the_migrations():
    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(packaged("migrations")))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


def test_upgrading_leads_from_empty_to_current_and_nothing_differs(empty: Database):
    assert schema.state(empty) is State.EMPTY
    assert schema.current(empty) is None
    schema.upgrade(empty)
    assert schema.state(empty) is State.CURRENT
    assert schema.current(empty) == schema.HEAD
    assert schema.check(empty) == []
    schema.require_current(empty)


def test_a_migrated_database_has_the_very_shape_of_the_models(empty: Database):
    schema.upgrade(empty)
    migrated = shape_of(empty)
    schema.downgrade(empty, "base")
    with empty.changing_schema() as connection:
        Base.metadata.create_all(connection)
    assert shape_of(empty) == migrated


def test_upgrading_twice_is_upgrading_once(empty: Database):
    schema.upgrade(empty)
    schema.upgrade(empty)
    assert schema.state(empty) is State.CURRENT


@pytest.mark.parametrize("revision", ["0001", "0002", "0003"])
def test_every_step_leads_down_and_up_again(empty: Database, revision: str):
    schema.upgrade(empty, revision)
    halfway = shape_of(empty)
    assert schema.state(empty) is State.OLDER
    schema.upgrade(empty)
    schema.downgrade(empty, revision)
    assert schema.current(empty) == revision
    assert shape_of(empty) == halfway
    schema.upgrade(empty)
    assert schema.check(empty) == []


def test_downgrading_to_the_base_leaves_no_table_and_leads_up_again(empty: Database):
    schema.upgrade(empty)
    schema.downgrade(empty, "base")
    assert tables(empty) == {"alembic_version"}
    assert schema.state(empty) is State.EMPTY
    schema.upgrade(empty)
    assert schema.check(empty) == []


def test_an_older_database_is_refused_with_the_command_that_upgrades_it(empty: Database):
    schema.upgrade(empty, "0001")
    with pytest.raises(StorageUnusable, match="older") as refused:
        schema.require_current(empty)
    assert "lts db upgrade" in refused.value.remedy


def test_rows_survive_an_upgrade(empty: Database):
    schema.upgrade(empty, "0002")
    with empty.transaction() as session:
        session.execute(
            text(
                "INSERT INTO configuration (key, value, set_by, set_at, version)"
                " VALUES ('run.seed', '7', 'ada', '2024-01-01 00:00:00', 1)"
            )
        )
    schema.upgrade(empty)
    with empty.reading() as session:
        assert session.execute(text("SELECT set_by FROM configuration")).scalar_one() == "ada"


def counted(database: Database) -> dict[str, list]:
    """What is in the tables that changed, but for what the older schema cannot hold."""
    queries = {
        "orders": "SELECT client_id, sequence, quantity, submitted_at, status FROM orders ORDER BY sequence",
        "executions": "SELECT execution_id, order_id, price FROM executions",
        "trades": "SELECT sequence, exit_price, bars FROM trades",
        "cash": "SELECT sequence, amount, kind FROM cash_entries ORDER BY sequence",
    }
    with database.reading() as session:
        return {name: [tuple(row) for row in session.execute(text(q))] for name, q in queries.items()}


def test_rows_survive_the_way_down_from_the_order_types_and_up_again(database: Database, rows, store):
    parent = rows.make("Order", type="trailing_stop", trail=1, group_name="exits", reduce_only=True)
    store(parent)
    store(rows.make("Order", parent_id=parent.id), rows.make("Execution", order_id=parent.id))
    store(rows.make("Trade", mae=-0.5, mfe=0.25, ambiguous=True))
    store(rows.make("CashEntry", kind="fee"))
    before = counted(database)
    schema.downgrade(database, "0003")
    assert counted(database) == before
    schema.upgrade(database)
    assert counted(database) == before
    assert schema.check(database) == []


def test_what_the_older_schema_cannot_hold_becomes_the_nearest_that_it_can(database: Database, rows, store):
    store(rows.make("Order", quantity=0, status="canceled"), rows.make("CashEntry", kind="fx", rate=2))
    schema.downgrade(database, "0003")
    found = counted(database)
    assert [row[-1] for row in found["orders"]] == ["new", "denied"]
    assert [row[-1] for row in found["cash"]] == ["adjustment"]
    with pytest.raises(IntegrityError, match="append-only"), database.transaction() as session:
        session.execute(text("DELETE FROM cash_entries"))


def test_a_database_of_a_newer_lts_is_refused_and_left_alone(empty: Database, later_scripts: Path):
    add_migration(later_scripts, "op.execute('CREATE TABLE later (id integer)')")
    schema.upgrade(empty, scripts=later_scripts)
    assert schema.state(empty) is State.NEWER
    for refused in (schema.upgrade, schema.require_current, lambda db: schema.downgrade(db, "0001")):
        with pytest.raises(StorageUnusable, match="newer LTS"):
            refused(empty)
    assert "later" in tables(empty)


def test_a_migration_that_fails_leaves_the_database_as_it_was(empty: Database, later_scripts: Path):
    schema.upgrade(empty, "0001")
    before = tables(empty)
    add_migration(
        later_scripts, "op.execute('CREATE TABLE later (id integer)'); raise RuntimeError('broken')"
    )
    with pytest.raises(RuntimeError, match="broken"):
        schema.upgrade(empty, scripts=later_scripts)
    assert tables(empty) == before
    assert schema.current(empty) == "0001"
    schema.upgrade(empty)
    assert schema.check(empty) == []


def test_a_migration_that_breaks_a_reference_is_rolled_back(tmp_path: Path, later_scripts: Path):
    orphan = "INSERT INTO broker_accounts VALUES ('1', 'nobody', 'name', 'plugin', '{}', 'live', '2024', 1)"
    add_migration(later_scripts, f'op.execute("{orphan}")')
    with Database.open(str(tmp_path / "lts.db")) as database:
        schema.upgrade(database)
        with pytest.raises(StorageUnusable, match="reference of table broker_accounts to users"):
            schema.upgrade(database, scripts=later_scripts)
        assert schema.state(database) is State.CURRENT


def test_a_database_with_other_tables_is_refused_and_left_alone(empty: Database):
    with empty.transaction() as session:
        session.execute(text("CREATE TABLE recipes (id integer)"))
    assert schema.state(empty) is State.FOREIGN
    with pytest.raises(StorageUnusable, match="not of LTS"):
        schema.upgrade(empty)
    with pytest.raises(StorageUnusable, match="not of LTS"):
        schema.require_current(empty)
    assert tables(empty) == {"recipes"}


def test_a_database_that_another_program_migrates_is_foreign(empty: Database):
    with empty.transaction() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        session.execute(text("INSERT INTO alembic_version VALUES ('27c6a30d7c24')"))
    assert schema.state(empty) is State.FOREIGN


def test_an_unknown_revision_is_told(empty: Database):
    with pytest.raises(InputError, match="8888"):
        schema.upgrade(empty, "8888")


def test_the_check_names_what_somebody_changed(empty: Database):
    schema.upgrade(empty)
    dropped = (
        "executions_refuse_delete" if empty.dialect == "sqlite" else "executions_refuse_change ON executions"
    )
    with empty.transaction() as session:
        session.execute(text("DROP INDEX ix_orders_user_id"))
        session.execute(text("ALTER TABLE users ADD COLUMN shoe_size integer"))
        session.execute(text(f"DROP TRIGGER {dropped}"))
    found = "\n".join(schema.check(empty))
    assert "add index: orders.ix_orders_user_id" in found
    assert "remove column: users users.shoe_size" in found
    assert "executions is no longer append-only" in found


def test_the_check_names_a_column_that_was_changed(postgres_url: str):
    with Database.open(postgres_url) as database:
        schema.upgrade(database)
        with database.changing_schema() as connection:
            connection.execute(text("ALTER TABLE users ALTER COLUMN active DROP NOT NULL"))
        assert any("nullable" in line and "users" in line for line in schema.check(database))


def test_telling_the_state_does_not_import_alembic(database_url: str, run_python: Callable[..., Popen[str]]):
    program = (
        "import sys\nfrom app.persistence import schema\nfrom app.persistence.database import Database\n"
        "with Database.open(sys.argv[1]) as database:\n    schema.state(database)\n"
        "print('alembic' in sys.modules)\n"
    )
    said, complaint = run_python(program, database_url).communicate(timeout=60)
    assert (said, complaint) == ("False\n", "")


def test_processes_that_upgrade_at_once_do_it_once(database_url: str, run_python: Callable[..., Popen[str]]):
    program = (
        "import sys\nfrom app.persistence import schema\nfrom app.persistence.database import Database\n"
        "with Database.open(sys.argv[1]) as database:\n    schema.upgrade(database)\n"
    )
    processes = [run_python(program, database_url) for _ in range(3)]
    assert [process.communicate(timeout=120) for process in processes] == [("", "")] * 3
    with Database.open(database_url) as database:
        assert schema.check(database) == []

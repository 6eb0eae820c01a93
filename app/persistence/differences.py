"""What differs between a database and the tables that LTS expects; imports Alembic."""

from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from app.persistence.tables import APPEND_ONLY, Base

_TRIGGERS = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled = 'O'",
}
_REFUSALS = {"sqlite": ("refuse_update", "refuse_delete"), "postgresql": ("refuse_change",)}


def differences(connection: Connection) -> list[str]:
    """Return one line for each table, column, constraint, index or trigger that differs."""
    context = MigrationContext.configure(
        connection,
        opts={
            "autogenerate_plugins": ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"],
            "compare_type": True,
        },
    )
    found = [_line(difference) for difference in compare_metadata(context, Base.metadata)]
    return found + _missing_triggers(connection)


def _missing_triggers(connection: Connection) -> list[str]:
    dialect = connection.dialect.name
    present = {tuple(row) for row in connection.execute(text(_TRIGGERS[dialect]))}
    return [
        f"missing trigger {table}_{refusal}: {table} is no longer append-only"
        for table in APPEND_ONLY
        for refusal in _REFUSALS[dialect]
        if (table, f"{table}_{refusal}") not in present
    ]


def _line(difference: Any) -> str:
    # A changed column arrives as a list with one entry for each of its changes.
    if isinstance(difference, list):
        return "; ".join(_line(change) for change in difference)
    action, *details = difference
    return (
        f"{action.replace('_', ' ')}: {' '.join(_word(detail) for detail in details if detail is not None)}"
    )


def _word(detail: Any) -> str:
    """Name a table, a column, an index or a constraint; other details are told as they are."""
    name = getattr(detail, "name", None)
    table = getattr(detail, "table", None)
    if name is None:
        return str(detail)
    return str(name) if table is None or table is detail else f"{table.name}.{name}"

"""Insert rows, or bring those that exist up to date: the same statement on both databases."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.persistence.tables.base import Base

# Nulls are written too: left out, each change in which columns are null would begin another statement.
ALL_COLUMNS: Mapping[str, Any] = {"render_nulls": True}

# The two inserts have the same methods but no common type that declares them.
_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def upsert(
    session: Session,
    table: type[Base],
    rows: Sequence[Mapping[str, Any]],
    key: Sequence[str],
    changing: Sequence[str],
) -> None:
    """Insert the rows; where one with the same unique `key` exists, set its `changing` columns instead."""
    if not rows:
        return
    statement = _INSERTS[session.get_bind().dialect.name](table)
    if changing:
        fresh = {name: statement.excluded[name] for name in changing}
        statement = statement.on_conflict_do_update(index_elements=key, set_=fresh)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    session.execute(statement, list(rows), execution_options=ALL_COLUMNS)

"""The schema of the database: which one it has, and the migrations that change it.

A revision is four digits, counted up. Alembic takes a while to import, so telling the state does without it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from app.domain.errors import InputError, StorageUnusable
from app.persistence.database import Database
from app.persistence.locate import packaged

HEAD = "0004"
"""The newest revision, which this LTS needs."""

_VERSIONS = "alembic_version"


class State(Enum):
    """How the schema of a database relates to the one that this LTS needs."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"
    FOREIGN = "foreign"


def current(database: Database) -> str | None:
    """Return the revision of the database, or None where no migration was applied."""
    with database.reading() as session:
        return _current(session.connection())


def state(database: Database) -> State:
    """Return how the database relates to the schema that this LTS needs."""
    with database.reading() as session:
        return _state(session.connection())


def require_current(database: Database) -> None:
    """Raise StorageUnusable, with the remedy, unless the database has the schema that this LTS needs."""
    found = state(database)
    _refuse(database, found)
    if found is not State.CURRENT:
        raise StorageUnusable(
            f"The schema of the database {database.url} is {found.value}.",
            f"Run `lts db upgrade` on it, which takes it to revision {HEAD}.",
        )


def upgrade(database: Database, revision: str = "head", scripts: Path | None = None) -> None:
    """Apply the migrations up to a revision, all of them or, after an error, none.

    Processes that do so at once do it once. `scripts` is another folder of migrations. Raises StorageUnusable
    for a database that is newer or not of LTS, and InputError for an unknown revision.
    """
    from alembic import command

    _migrate(database, scripts, lambda config: command.upgrade(config, revision))


def downgrade(database: Database, revision: str, scripts: Path | None = None) -> None:
    """Undo the migrations after a revision, or all of them for `base`; rows of dropped tables are lost.

    Raises as `upgrade` does.
    """
    from alembic import command

    _migrate(database, scripts, lambda config: command.downgrade(config, revision))


def check(database: Database) -> list[str]:
    """Return what differs between the database and the tables that this LTS expects, one line each."""
    from app.persistence.differences import differences

    with database.reading() as session:
        return differences(session.connection())


_REFUSED = {
    State.NEWER: ("was made by a newer LTS", "Upgrade LTS, or name another database."),
    State.FOREIGN: ("holds tables that are not of LTS", "Name another database, or an empty one."),
}


def _migrate(database: Database, scripts: Path | None, work: Callable[[Any], None]) -> None:
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(scripts or packaged("migrations")).replace("%", "%%"))
    if scripts is None:
        # Already here, because a database that is refused must not become a writer's before.
        _refuse(database, state(database))
    with database.changing_schema() as connection, _alone(connection):
        if scripts is None:
            _refuse(database, _state(connection))
        config.attributes["connection"] = connection
        try:
            work(config)
        except CommandError as error:
            raise InputError(f"The schema cannot be changed: {error}", "Name a revision as 0001.") from error


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Keep other migrations out, and see at the end that every reference on SQLite still holds."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('lts schema', 0))"))
        yield
        return
    yield
    if broken := connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StorageUnusable(
            f"The migration would break a reference of table {broken[0]} to {broken[2]}.",
            "Nothing was changed. Restore a backup, or mend the row it names.",
        )


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSIONS):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _state(connection: Connection) -> State:
    revision = _current(connection)
    if revision is None:
        return State.FOREIGN if set(inspect(connection).get_table_names()) - {_VERSIONS} else State.EMPTY
    if not (revision.isdecimal() and len(revision) == len(HEAD)):
        return State.FOREIGN
    if revision > HEAD:
        return State.NEWER
    return State.CURRENT if revision == HEAD else State.OLDER


def _refuse(database: Database, found: State) -> None:
    if found in _REFUSED:
        problem, remedy = _REFUSED[found]
        raise StorageUnusable(f"The database {database.url} {problem}.", remedy)

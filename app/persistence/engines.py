"""The engines behind a database: one that writes, one that only reads, and the lock of the writers."""

import json
import sqlite3
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from app.domain.errors import StorageUnusable
from app.persistence.locking import WriterLock
from app.security.files import private_file

_CONNECT_SECONDS = 10

_WRITING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    # Without it INSERT OR REPLACE deletes a row behind the back of its table's delete trigger.
    "PRAGMA recursive_triggers = ON",
)

# NaN is no JSON and PostgreSQL would refuse what SQLite took.
_to_json = partial(json.dumps, allow_nan=False)


@dataclass(frozen=True)
class Engines:
    """`writing` begins transactions that may write, `reading` ones that cannot, `migrating` schema changes.

    `lock` is None on a server, which has its own.
    """

    writing: Engine
    reading: Engine
    migrating: Engine
    lock: WriterLock | None = None

    def writers_turn(self) -> AbstractContextManager[None]:
        """Return the lock that a writer holds for the length of its transaction."""
        return self.lock.held() if self.lock else nullcontext()

    def dispose(self) -> None:
        """Close every connection."""
        for engine in (self.reading, self.writing, self.migrating):
            engine.dispose()


def sqlite_engines(url: URL, *, create: bool, patience: float) -> Engines:
    """Return the engines of a SQLite file; a missing one is made private before SQLite opens it.

    Only the engines that write, when they first connect, set the journal of a file that exists. Raises
    StorageUnusable when the file is missing and not to be made, or cannot be made.
    """
    path = Path(str(url.database))
    if not _there(path):
        if not create:
            raise StorageUnusable(
                f"There is no database {path}.", "Name an existing one, or run `lts db upgrade`."
            )
        private_file(path)
    options: dict[str, Any] = {
        # The driver's own transactions are off: BEGIN is ours to word.
        "connect_args": {"isolation_level": None, "timeout": patience},
        "hide_parameters": True,
        "json_serializer": _to_json,
        "pool_timeout": patience,
    }
    writing = create_engine(url, pool_size=1, max_overflow=0, **options)
    reading = create_engine(url, pool_size=5, **options)
    migrating = create_engine(url, pool_size=1, max_overflow=0, **options)
    _prepare(writing, "BEGIN IMMEDIATE", *_WRITING, "PRAGMA foreign_keys = ON")
    _prepare(reading, "BEGIN", "PRAGMA query_only = ON")
    # Changing a table on SQLite means to copy and drop it, which enforced references would refuse.
    _prepare(migrating, "BEGIN IMMEDIATE", *_WRITING)
    return Engines(writing, reading, migrating, WriterLock(path.with_name(f"{path.name}.lock"), patience))


def postgresql_engines(url: URL, *, patience: float) -> Engines:
    """Return the engines of a PostgreSQL database; raises StorageUnusable when its driver is missing."""
    connect_args = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_SECONDS}
    try:
        writing = create_engine(
            url,
            connect_args=connect_args,
            hide_parameters=True,
            json_serializer=_to_json,
            pool_pre_ping=True,
            pool_timeout=patience,
        )
    except ImportError as error:
        raise StorageUnusable(
            "PostgreSQL needs a driver that is not installed (psycopg).",
            'Install it with: pip install "lts-server[postgres]"',
        ) from error
    reading = writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Engines(writing, reading, migrating=writing)


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StorageUnusable(
            f"The database {path} cannot be reached: {(error.strerror or str(error)).lower()}.",
            "Name another file, or give this user permission to enter its folder.",
        ) from error


def _prepare(engine: Engine, begin: str, *pragmas: str) -> None:
    """Set what every new connection starts with, and how its transactions begin."""

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    def on_begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)

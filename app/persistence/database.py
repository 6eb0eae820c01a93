"""The database and its unit of work: the only place that commits."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Self

from sqlalchemy import Connection, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.persistence.engines import Engines, postgresql_engines, sqlite_engines
from app.persistence.faults import failed, unusable
from app.persistence.urls import as_url, parsed, shown


class Database:
    """An open database, to be shared by the threads of a process and closed at its end.

    Inside `transaction` and `reading` a database that fails raises StorageFailed; a violated constraint stays
    SQLAlchemy's IntegrityError, because it answers the caller's question.
    """

    def __init__(self, url: URL, engines: Engines) -> None:
        self.url = shown(url)
        self.dialect = url.get_backend_name()
        self._engines = engines
        self._thread = local()

    @classmethod
    def open(cls, url: str, *, create: bool = True, patience: float = 30.0) -> Self:
        """Open a database URL or the path of a SQLite file, which is made where `create` allows it.

        An existing file stays as it is until the first `transaction` or `changing_schema`.
        `patience` is how many seconds to wait for a lock or a connection. Raises StorageUnusable that names
        the file or the server, never the password, and says what to do.
        """
        address = parsed(as_url(url))
        if address.get_backend_name() == "sqlite":
            engines = sqlite_engines(address, create=create, patience=patience)
        else:
            engines = postgresql_engines(address, patience=patience)
        database = cls(address, engines)
        try:
            database._reach()
        except DBAPIError as error:
            database.close()
            raise unusable(error, database.url) from error
        return database

    def close(self) -> None:
        """Close every connection."""
        self._engines.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose changes are committed together at the end, or not at all after an error.

        Raises RuntimeError when this thread is already in a transaction.
        """
        with self._writing(), Session(self._engines.writing, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one consistent state and cannot write."""
        with self._translated(), Session(self._engines.reading, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def changing_schema(self) -> Iterator[Connection]:
        """Give a connection for a migration, in one transaction; on SQLite it enforces no references."""
        with self._writing(), self._engines.migrating.begin() as connection:
            yield connection

    def _reach(self) -> None:
        """Connect once, so that what cannot be opened is told here; an existing file is not changed."""
        with Session(self._engines.reading) as session:
            if self.dialect == "sqlite":
                # SQLite opens a file of anything; only reading the catalogue shows what is no database.
                session.execute(text("SELECT count(*) FROM sqlite_master"))
            else:
                session.connection()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if getattr(self._thread, "writing", False):
            raise RuntimeError("this thread is already in a transaction: pass its session on")
        self._thread.writing = True
        try:
            with self._translated(), self._engines.writers_turn():
                yield
        finally:
            self._thread.writing = False

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            failure = failed(error, self.url)
            if failure is None:
                raise
            raise failure from error
        except PoolTimeout as error:
            problem = f"Every connection to the database {self.url} stayed in use."
            raise StorageFailed(problem, "Try again when there is less to do.") from error

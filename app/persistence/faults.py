"""What a driver's error means to the user, and the remedy."""

import sqlite3

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from app.domain.errors import StorageFailed, StorageUnusable
from app.security.redaction import without_password

_LOCKED = ("is locked by another program", "Close the program that holds it open, and try again.")
_DAMAGED = ("is damaged", "Restore the last backup; keep the damaged file for inspection.")

# Primary result codes, https://www.sqlite.org/rescode.html
_SQLITE = {
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_READONLY: (
        "is read-only",
        "Give this user write permission to the file and its folder.",
    ),
    sqlite3.SQLITE_IOERR: (
        "could not be read or written (input/output error)",
        "Check the disk, its free space and this user's limit on file sizes.",
    ),
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_FULL: ("is full", "Free some space on its disk, and try again."),
    sqlite3.SQLITE_CANTOPEN: (
        "cannot be opened",
        "Check that its folder exists and that this user may write in it.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "is not a SQLite database",
        "Name another file, or move this one away.",
    ),
}

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRESQL = {
    "40001": ("refused a change that conflicts with another one", "Try again."),
    "40P01": ("refused a change that conflicts with another one", "Try again."),
    "53100": ("has a full disk", "Free some space on the server, and try again."),
    "53300": ("has no free connection", "Close other programs, or raise max_connections."),
}

# Their cause is in what was asked, not in the database: the caller handles or mends them.
_CALLERS = (IntegrityError, ProgrammingError, DataError, NotSupportedError)


def unusable(error: DBAPIError, name: str) -> StorageUnusable:
    """Return why the database of that name could not be opened."""
    meaning = _sqlite_meaning(error)
    if meaning:
        return StorageUnusable(f"The database {name} {meaning[0]}.", meaning[1])
    return StorageUnusable(
        f"The database {name} cannot be opened: {_first_line(error)}",
        "Check that the server runs, and the host, port, user, password and database of the URL.",
    )


def failed(error: DBAPIError, name: str) -> StorageFailed | None:
    """Return what went wrong in the middle of the work, or None when the caller asked for something wrong."""
    if isinstance(error, _CALLERS):
        return None
    meaning = _sqlite_meaning(error) or _POSTGRESQL.get(_sqlstate(error))
    if meaning:
        return StorageFailed(f"The database {name} {meaning[0]}.", meaning[1])
    if error.connection_invalidated:
        return StorageFailed(
            f"The connection to the database {name} was lost: {_first_line(error)}",
            "Check that the server runs; what was not committed was rolled back.",
        )
    return StorageFailed(f"The database {name} failed: {_first_line(error)}", "Run `lts db check`.")


def _sqlite_meaning(error: DBAPIError) -> tuple[str, str] | None:
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else _SQLITE.get(code & 0xFF)


def _sqlstate(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", None) or ""


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
    return without_password(lines[0])

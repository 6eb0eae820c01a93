"""Database URLs: what is accepted, and how they are shown.

No message repeats a text that was not understood: a password may be anywhere in it.
"""

import re
from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.domain.errors import StorageUnusable
from app.security.redaction import MASK, is_secret

_FORMS = "Use sqlite:///PATH, postgresql://USER:PASSWORD@HOST/NAME, or the path of a SQLite file."
_ESCAPES = "Write @ as %40, / as %2F, : as %3A and ? as %3F in a user, a password or an option."

# The only @ ends the user and the password. SQLAlchemy would take what follows an earlier one for the host.
_PLAIN = re.compile(r"[\w+]+://(?:[^:/]*(?::[^@]*)?@)?[^@]*")
_CONNECTION_WORD = re.compile(r"(?:^|[\s;])(\w+)\s*=")
_CONNECTION_WORDS = frozenset({"host", "hostaddr", "port", "server", "dbname", "database", "user", "uid"})
_SCHEME = re.compile(r"\s*(?:postgres|mysql|sqlite)[\w+]*:", re.IGNORECASE)


def as_url(text: str) -> str:
    """Return a database URL as it is, and the path of a SQLite file as its URL.

    Raises StorageUnusable for what another program would take for a server (`host=... password=...`).
    """
    if "://" in text or not text:
        return text
    if _SCHEME.match(text) or any(map(_connects, _CONNECTION_WORD.findall(text))):
        raise StorageUnusable("The database is named by neither a URL nor a path.", _FORMS)
    path = Path(text).expanduser()
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def parsed(text: str) -> URL:
    """Return the URL with its driver; raises StorageUnusable, which hides the password, for other ones."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        # Without its cause, which repeats what stands where a port should.
        raise StorageUnusable("The database URL is malformed.", f"{_FORMS} {_ESCAPES}") from None
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite(url)
    if url.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise StorageUnusable(f"LTS cannot store in '{url.drivername}'.", _FORMS)
    if not _PLAIN.fullmatch(text):
        raise StorageUnusable("The database URL has an @ that could end its password or not.", _ESCAPES)
    return url.set(drivername="postgresql+psycopg")


def shown(url: URL) -> str:
    """Return the URL for messages: the path of a SQLite file, or a URL without secrets."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    url = url.set(drivername="postgresql", password=None if url.password is None else MASK)
    url = url.update_query_dict({name: MASK for name in url.query if is_secret(name)})
    return url.render_as_string(hide_password=False).replace(quote(MASK), MASK)


def _connects(word: str) -> bool:
    return word.lower() in _CONNECTION_WORDS or is_secret(word)


def _sqlite(url: URL) -> URL:
    file = url.database or ""
    more = url.query or url.host or url.username is not None
    if more or not file or file.startswith(("file:", ":memory:")):
        raise StorageUnusable(
            "The SQLite URL names no file alone: what LTS stores must survive its process.",
            "Use sqlite:///PATH without options.",
        )
    try:
        path = Path(file).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageUnusable(f"'{file}' is not a path: {error}.", "Name another file.") from error
    return URL.create("sqlite+pysqlite", database=str(path))

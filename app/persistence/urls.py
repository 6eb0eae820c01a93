"""Database URLs: what is accepted, and how they are shown."""

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.domain.errors import StorageUnusable
from app.security.redaction import MASK, is_secret, without_password

_FORMS = "Use sqlite:///PATH, postgresql://USER:PASSWORD@HOST/NAME, or the path of a SQLite file."


def as_url(text: str) -> str:
    """Return a database URL as it is, and the path of a SQLite file as its URL."""
    if "://" in text or not text:
        return text
    path = Path(text).expanduser()
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def parsed(text: str) -> URL:
    """Return the URL with its driver; raises StorageUnusable, which hides the password, for other ones."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        problem = f"'{without_password(text)}' is not a database URL."
        raise StorageUnusable(problem, _FORMS) from error
    if url.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _sqlite(url)
    if url.drivername in {"postgresql", "postgresql+psycopg"}:
        return url.set(drivername="postgresql+psycopg")
    raise StorageUnusable(f"LTS cannot store in '{url.drivername}'.", _FORMS)


def shown(url: URL) -> str:
    """Return the URL for messages: the path of a SQLite file, or a URL without secrets."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    secret = {name: MASK for name in url.query if is_secret(name)}
    text = url.update_query_dict(secret).set(drivername="postgresql").render_as_string(hide_password=False)
    return without_password(text)


def _sqlite(url: URL) -> URL:
    if url.query or not url.database or url.database.startswith(("file:", ":memory:")):
        raise StorageUnusable(
            f"'{url.render_as_string()}' is not a file: what LTS stores must survive its process.",
            "Use sqlite:///PATH without options.",
        )
    try:
        path = Path(url.database).expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise StorageUnusable(f"'{url.database}' is not a path: {error}.", "Name another file.") from error
    return URL.create("sqlite+pysqlite", database=str(path))

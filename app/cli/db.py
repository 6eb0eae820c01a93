"""`lts db`: the schema of the database."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import DatabaseUrl, Debug
from app.cli.output import echo
from app.cli.reporting import FAILED, errors_told, say

if TYPE_CHECKING:
    from app.persistence.database import Database

app = typer.Typer(help="Upgrade and check the database's schema.", no_args_is_help=True)


@app.command()
def upgrade(
    revision: Annotated[str, typer.Argument(help="A revision, or head for the newest.")] = "head",
    database: DatabaseUrl = None,
    *,
    debug: Debug = False,
) -> None:
    """Apply the migrations up to a revision.

    Example: lts db upgrade --db postgresql://lts@localhost/lts
    """
    with errors_told(debug=debug), _opened(database, create=True) as opened:
        from app.persistence import schema

        schema.upgrade(opened, revision)
        echo(f"{opened.url} is at revision {schema.current(opened) or 'none'}.")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="A revision, or base for none.")],
    database: DatabaseUrl = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Erase rows without a question.")] = False,
    debug: Debug = False,
) -> None:
    """Undo the migrations after a revision; rows of dropped tables are lost, after a question or with --yes.

    Example: lts db downgrade 0001 --yes
    """
    with errors_told(debug=debug), _opened(database) as opened:
        from app.persistence import schema

        if not yes:
            _agreed(opened, revision)
        schema.downgrade(opened, revision)
        echo(f"{opened.url} is at revision {schema.current(opened) or 'none'}.")


@app.command()
def current(database: DatabaseUrl = None, *, debug: Debug = False) -> None:
    """Print the database's revision, and whether this LTS needs another.

    Example: lts db current
    """
    with errors_told(debug=debug), _opened(database) as opened:
        from app.persistence import schema

        state = schema.state(opened).value
        echo(f"{schema.current(opened) or 'none'} ({state}; this LTS needs {schema.HEAD})")


@app.command()
def check(database: DatabaseUrl = None, *, debug: Debug = False) -> None:
    """Compare the database with the tables that this LTS expects; exit code 1 where they differ.

    Example: lts db check
    """
    with errors_told(debug=debug), _opened(database) as opened:
        from app.persistence import schema

        state = schema.state(opened)
        if state is not schema.State.CURRENT:
            found = schema.current(opened) or "none"
            echo(f"{opened.url} is at revision {found} ({state.value}); this LTS needs {schema.HEAD}.")
            raise SystemExit(FAILED)
        differences = schema.check(opened)
        for line in differences:
            echo(line)
        if not differences:
            echo(f"{opened.url} has exactly the tables that this LTS expects.")
    if differences:
        raise SystemExit(FAILED)


def _agreed(database: "Database", revision: str) -> None:
    """Ask whether rows may be erased, where the downgrade erases any.

    Raises InputError where nobody can be asked, and SystemExit where the answer is no.
    """
    from app.domain.errors import InputError

    lost = _lost(database, revision)
    if not lost:
        return
    problem = f"The downgrade of {database.url} erases {', '.join(lost)}."
    if not sys.stdin.isatty():
        raise InputError(problem, "Make a backup and add --yes to erase them.")
    say(problem)
    try:
        agreed = typer.confirm("Erase them?", err=True)
    except typer.Abort:
        agreed = False
    if not agreed:
        say("Nothing was changed.")
        raise SystemExit(FAILED)


# Table, the revision that made it, what its rows are called.
_TABLES = (
    ("runs", "0002", "run(s)"),
    ("audit_logs", "0003", "audit record(s)"),
    ("portfolios", "0001", "portfolio(s)"),
    ("users", "0001", "user(s)"),
)


def _lost(database: "Database", revision: str) -> list[str]:
    """Return what goes with a downgrade, counted; of a revision that cannot be told, everything does."""
    from sqlalchemy import func, inspect, select

    from app.persistence.tables import Base

    left = revision if revision.isdecimal() else ""
    lost = []
    with database.reading() as session:
        present = set(inspect(session.connection()).get_table_names())
        for table, made, noun in _TABLES:
            if table in present and made > left:
                rows = session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))
                if rows:
                    lost.append(f"{rows:,} {noun}")
    return lost


@contextmanager
def _opened(database: str | None, *, create: bool = False) -> Iterator["Database"]:
    from app.bootstrap import Invocation
    from app.persistence.database import Database

    with Database.open(Invocation(database=database).database_url, create=create) as opened:
        yield opened

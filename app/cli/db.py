"""`lts db`: the schema of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import DatabaseUrl, Debug
from app.cli.reporting import FAILED, errors_told

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
        typer.echo(f"{opened.url} is at revision {schema.current(opened) or 'none'}.")


@app.command()
def downgrade(
    revision: Annotated[str, typer.Argument(help="A revision, or base for none.")],
    database: DatabaseUrl = None,
    *,
    debug: Debug = False,
) -> None:
    """Undo the migrations after a revision; rows of dropped tables are lost.

    Example: lts db downgrade 0001
    """
    with errors_told(debug=debug), _opened(database) as opened:
        from app.persistence import schema

        schema.downgrade(opened, revision)
        typer.echo(f"{opened.url} is at revision {schema.current(opened) or 'none'}.")


@app.command()
def current(database: DatabaseUrl = None, *, debug: Debug = False) -> None:
    """Print the database's revision, and whether this LTS needs another.

    Example: lts db current
    """
    with errors_told(debug=debug), _opened(database) as opened:
        from app.persistence import schema

        state = schema.state(opened).value
        typer.echo(f"{schema.current(opened) or 'none'} ({state}; this LTS needs {schema.HEAD})")


@app.command()
def check(database: DatabaseUrl = None, *, debug: Debug = False) -> None:
    """Compare the database with the tables that this LTS expects; exit code 1 where they differ.

    Example: lts db check
    """
    with errors_told(debug=debug), _opened(database) as opened:
        from app.persistence import schema

        differences = schema.check(opened)
        for line in differences:
            typer.echo(line)
        if not differences:
            typer.echo(f"{opened.url} has exactly the tables that this LTS expects.")
    if differences:
        raise SystemExit(FAILED)


@contextmanager
def _opened(database: str | None, *, create: bool = False) -> Iterator["Database"]:
    from app.bootstrap import Invocation
    from app.persistence.database import Database

    with Database.open(Invocation(database=database).database_url, create=create) as opened:
        yield opened

"""The `lts` command."""

import sys
from typing import Annotated

import typer

from app.cli import config, db, plugins
from app.cli.run import EXAMPLES, run

app = typer.Typer(
    name="lts",
    help="LTS: one strategy, unchanged, backtests, paper-trades and trades live.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run", epilog=EXAMPLES)(run)
app.add_typer(config.app, name="config")
app.add_typer(plugins.app, name="plugins")
app.add_typer(db.app, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"lts {version('lts-server')}")
        raise typer.Exit


@app.callback()
def lts(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """LTS: one strategy, unchanged, backtests, paper-trades and trades live."""


def main() -> None:
    """Run the command line; output is UTF-8 whatever the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    app()


if __name__ == "__main__":
    main()

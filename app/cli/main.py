"""The `lts` command."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli import config, db, lookahead, plugins, sweep
from app.cli.output import echo
from app.cli.reporting import errors_told
from app.cli.run import DESCRIPTION, run

EXAMPLES = """
Examples:

  lts run

  lts config show --config my.toml

  lts plugins list
"""

app = typer.Typer(
    name="lts",
    epilog=EXAMPLES,
    help="LTS: one strategy, unchanged, backtests, paper-trades and trades live.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run", epilog=DESCRIPTION)(run)
app.command("check-lookahead", epilog=lookahead.DESCRIPTION)(lookahead.check_lookahead)
app.command("sweep", epilog=sweep.DESCRIPTION)(sweep.sweep)
app.add_typer(config.app, name="config")
app.add_typer(plugins.app, name="plugins")
app.add_typer(db.app, name="db")


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        echo(f"lts {version('lts-server')}")
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
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller: nothing else may be opened under its number
            stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until the process ends
            setattr(sys, name, stream)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    with errors_told(debug=False):
        app()


if __name__ == "__main__":
    main()

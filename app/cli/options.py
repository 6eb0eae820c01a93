"""Options that several commands share."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.settings.collection import Flag

ConfigFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--config", "-c", metavar="FILE", help="Settings file, TOML or JSON. Repeatable; later files win."
    ),
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="KEY=VALUE", help="One setting, like strategy.fast=10. Repeatable."),
]
StrategyName = Annotated[
    str | None, typer.Option("--strategy", metavar="NAME", help="Strategy plugin (plugins.strategy).")
]
PipelineName = Annotated[
    str | None, typer.Option("--pipeline", metavar="NAME", help="Pipeline plugin (plugins.pipeline).")
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--db",
        metavar="URL",
        help="Database: a SQLite file or a postgresql:// URL.",
        show_default="LTS_DATABASE_URL, else lts.db in the data folder",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Debug = Annotated[bool, typer.Option("--debug", help="Add the traceback to an error.")]


def flags(strategy: str | None, pipeline: str | None) -> dict[str, "Flag"]:
    """Return what the options that choose plugins set."""
    from app.settings.collection import Flag

    return {
        "plugins.strategy": Flag("--strategy", strategy),
        "plugins.pipeline": Flag("--pipeline", pipeline),
    }

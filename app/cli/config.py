"""`lts config`: what the settings are, and who set them."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import ConfigFiles, DatabaseUrl, Debug, Json, Overrides
from app.cli.reporting import errors_told, say

if TYPE_CHECKING:
    from app.settings.settings import Explanation, Settings

app = typer.Typer(help="Show the settings and who set them.", no_args_is_help=True)


@app.command()
def show(
    config: ConfigFiles = None,
    overrides: Overrides = None,
    database: DatabaseUrl = None,
    *,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print every setting, its value and its source.

    Example: lts config show --config my.toml
    """
    with errors_told(debug=debug):
        settings = _settings(config, overrides, database)
        if as_json:
            typer.echo(json.dumps(settings.provenance(), indent=2))
            return
        from app.cli.tables import print_table

        print_table(
            ("Key", "Value", "Set by"), [(row.key, row.value, str(row.source)) for row in settings.rows()]
        )


@app.command()
def explain(
    key: Annotated[str, typer.Argument(help="A setting, like strategy.fast or data.symbols.")],
    config: ConfigFiles = None,
    overrides: Overrides = None,
    database: DatabaseUrl = None,
    *,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print a setting's value, who set it, and what it hides.

    Example: lts config explain broker.commission_bps
    """
    with errors_told(debug=debug):
        explanation = _settings(config, overrides, database).explain(key)
        if as_json:
            typer.echo(json.dumps(_as_json(explanation), indent=2))
            return
        if explanation.source is None:
            typer.echo(f"{explanation.key} is not used")
        else:
            typer.echo(f"{explanation.key} = {explanation.value}")
            typer.echo(f"  set by   {explanation.source.layer.name}: {explanation.source}")
        for setting in explanation.shadowed:
            typer.echo(f"  hides    {setting.value} ({setting.source.layer.name}: {setting.source})")
        for setting in explanation.dropped:
            typer.echo(f"  dropped  {setting.value} ({setting.source}): {setting.reason}")


def _settings(config: ConfigFiles, overrides: Overrides, database: str | None) -> "Settings":
    from app.bootstrap import Invocation, stored_settings
    from app.plugins.catalogue import Catalogue

    invocation = Invocation(config or (), overrides or (), database=database)
    settings = stored_settings(invocation, Catalogue())
    for notice in settings.notices:
        say(f"Note: {notice}")
    return settings


def _as_json(explanation: "Explanation") -> dict[str, object]:
    source = explanation.source
    return {
        "key": explanation.key,
        "value": explanation.value,
        "layer": source.layer.name if source else None,
        "source": str(source) if source else None,
        "hides": [
            {"value": setting.value, "layer": setting.source.layer.name, "source": str(setting.source)}
            for setting in explanation.shadowed
        ],
        "dropped": [
            {"value": setting.value, "source": str(setting.source), "reason": setting.reason}
            for setting in explanation.dropped
        ],
    }

"""`lts config`: what the settings are, and who set them."""

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import (
    ConfigFiles,
    DatabaseUrl,
    Debug,
    Json,
    Overrides,
    PipelineName,
    StrategyName,
    flags,
)
from app.cli.output import echo, echo_json, results_only
from app.cli.reporting import Teller, errors_told

if TYPE_CHECKING:
    from app.bootstrap import Invocation
    from app.settings.settings import Explanation, Settings

app = typer.Typer(help="Show the settings and who set them.", no_args_is_help=True)


@app.command()
def show(
    config: ConfigFiles = None,
    overrides: Overrides = None,
    strategy: StrategyName = None,
    pipeline: PipelineName = None,
    database: DatabaseUrl = None,
    *,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print every setting, its value and its source.

    Example: lts config show --config my.toml
    """
    with errors_told(debug=debug) as teller, results_only() as out:
        settings = _settings(teller, _invocation(config, overrides, strategy, pipeline, database))
        if as_json:
            echo_json(settings.provenance(), out)
            return
        from app.cli.tables import print_table

        print_table(
            ("Key", "Value", "Set by"),
            [(row.key, row.value, str(row.source)) for row in settings.rows()],
            out,
        )


@app.command()
def explain(
    key: Annotated[str, typer.Argument(help="A setting, like strategy.fast or data.symbols.")],
    config: ConfigFiles = None,
    overrides: Overrides = None,
    *,
    strategy: StrategyName = None,
    pipeline: PipelineName = None,
    database: DatabaseUrl = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print a setting's value, who set it, and what it hides.

    Example: lts config explain broker.commission_bps
    """
    with errors_told(debug=debug) as teller, results_only() as out:
        explanation = _settings(teller, _invocation(config, overrides, strategy, pipeline, database)).explain(
            key
        )
        if as_json:
            echo_json(_as_json(explanation), out)
            return
        if explanation.source is None:
            echo(f"{explanation.key} is not used", out)
        else:
            echo(f"{explanation.key} = {explanation.value}", out)
            echo(f"  set by   {explanation.source.layer.name}: {explanation.source}", out)
        for setting in explanation.shadowed:
            echo(f"  hides    {setting.value} ({setting.source.layer.name}: {setting.source})", out)
        for setting in explanation.dropped:
            echo(f"  dropped  {setting.value} ({setting.source}): {setting.reason}", out)


def _invocation(
    config: ConfigFiles,
    overrides: Overrides,
    strategy: str | None,
    pipeline: str | None,
    database: str | None,
) -> "Invocation":
    from app.bootstrap import Invocation

    return Invocation(config or (), overrides or (), flags(strategy, pipeline), database=database)


def _settings(teller: Teller, invocation: "Invocation") -> "Settings":
    from app.bootstrap import stored_settings
    from app.plugins.catalogue import Catalogue

    settings = stored_settings(invocation, Catalogue())
    for notice in settings.notices:
        teller.note(notice)
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

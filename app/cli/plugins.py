"""`lts plugins`: what is installed, what it takes, and how it is."""

import json
from typing import Annotated, Any

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
from app.cli.reporting import errors_told

app = typer.Typer(help="Show the installed plugins, their options and their state.", no_args_is_help=True)


@app.command("list")
def list_(*, as_json: Json = False, debug: Debug = False) -> None:
    """Print every installed plugin by kind, the broken ones with the reason.

    Example: lts plugins list --json
    """
    with errors_told(debug=debug) as teller, results_only() as out:
        from app.plugins.catalogue import Catalogue

        catalogue = Catalogue()
        found = catalogue.found()
        for problem in catalogue.unreadable:
            teller.note(f"Ignored {problem}.")
        if as_json:
            echo_json([vars(plugin) for plugin in found], out)
            return
        from app.cli.tables import print_table

        print_table(
            ("Kind", "Name", "Package", "State"),
            [
                (
                    plugin.kind,
                    plugin.name,
                    plugin.package,
                    f"broken: {plugin.problem}" if plugin.problem else "ok",
                )
                for plugin in found
            ],
            out,
        )


@app.command()
def show(
    kind: Annotated[str, typer.Argument(help="aaa, core, pipeline, strategy, broker or portfolio.")],
    name: Annotated[str, typer.Argument(help="The plugin's name.")],
    *,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print a plugin's package, what it does, and its options.

    Example: lts plugins show strategy sma_cross
    """
    with errors_told(debug=debug), results_only() as out:
        details = _details(kind, name)
        if as_json:
            echo_json(details, out)
            return
        from app.cli.tables import print_table

        echo(f"{kind}/{name} from {details['package']}\n{details['summary']}\n", out)
        properties: dict[str, Any] = details["options"].get("properties", {})
        if not properties:
            echo("It has no options.", out)
            return
        print_table(
            ("Option", "Default", "Type", "Meaning"),
            [
                (
                    f"{kind}.{option}",
                    json.dumps(field["default"]) if "default" in field else "required",
                    _type(field),
                    field.get("description", ""),
                )
                for option, field in properties.items()
            ],
            out,
        )


@app.command("debug")
def debug_(
    config: ConfigFiles = None,
    overrides: Overrides = None,
    strategy: StrategyName = None,
    pipeline: PipelineName = None,
    database: DatabaseUrl = None,
    *,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print the chosen plugins with their options and debug variables, freshly built.

    Example: lts plugins debug --set plugins.strategy=buy_and_hold
    """
    with errors_told(debug=debug) as teller, results_only() as out:
        from app.bootstrap import Invocation, stored_settings
        from app.plugins.catalogue import Catalogue
        from app.plugins.system import System

        catalogue = Catalogue()
        chosen = flags(strategy, pipeline)
        invocation = Invocation(config or (), overrides or (), chosen, database=database)
        settings = stored_settings(invocation, catalogue)
        teller.hide(settings.scrubbed)
        for notice in settings.notices:
            teller.note(notice)
        system = System.build(
            settings, catalogue, lambda failure: teller.note(f"{failure.plugin}: {failure.reason}")
        )
        info = system.debug()
        if as_json:
            echo_json(info, out)
            return
        from app.cli.tables import print_table

        print_table(
            ("Kind", "Plugin", "Package", "Options", "Debug variables"),
            [
                (kind, each["plugin"], each["package"], _pairs(each["params"]), _pairs(each["debug"]))
                for kind, each in info.items()
            ],
            out,
        )


def _details(kind: str, name: str) -> dict[str, Any]:
    from inspect import getdoc

    from app.domain.errors import ConfigurationError
    from app.plugins.catalogue import Catalogue
    from app.ports import KINDS

    if kind not in KINDS:
        raise ConfigurationError(f"'{kind}' is not a kind of plugin.", f"There are: {', '.join(KINDS)}.")
    catalogue = Catalogue()
    cls = catalogue.load(kind, name)
    found = catalogue.inspect(kind, name)
    return {
        "kind": kind,
        "name": name,
        "package": found.package,
        "target": found.target,
        "summary": getdoc(cls) or "",
        "options": cls.Options.model_json_schema(mode="serialization"),
        "debug_variables": list(cls.plugin_debug_vars),
    }


def _type(field: dict[str, Any]) -> str:
    if "enum" in field:
        return " ".join(map(str, field["enum"]))
    kinds = [field["type"]] if "type" in field else [each.get("type", "") for each in field.get("anyOf", ())]
    return " or ".join(kind for kind in kinds if kind)


def _pairs(values: dict[str, Any]) -> str:
    return "\n".join(f"{name}={value}" for name, value in values.items())

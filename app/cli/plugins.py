"""`lts plugins`: what is installed, what it takes, and how it is."""

import json
from typing import Annotated, Any

import typer

from app.cli.options import ConfigFiles, DatabaseUrl, Debug, Json, Overrides
from app.cli.reporting import errors_told, say

app = typer.Typer(help="Show the installed plugins, their options and their state.", no_args_is_help=True)


@app.command("list")
def list_(*, as_json: Json = False, debug: Debug = False) -> None:
    """Print every installed plugin by kind, the broken ones with the reason.

    Example: lts plugins list --json
    """
    with errors_told(debug=debug):
        from app.plugins.catalogue import Catalogue

        catalogue = Catalogue()
        found = catalogue.found()
        for problem in catalogue.unreadable:
            say(f"Note: Ignored {problem}.")
        if as_json:
            typer.echo(json.dumps([vars(plugin) for plugin in found], indent=2))
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
    with errors_told(debug=debug):
        details = _details(kind, name)
        if as_json:
            typer.echo(json.dumps(details, indent=2))
            return
        from app.cli.tables import print_table

        typer.echo(f"{kind}/{name} from {details['package']}\n{details['summary']}\n")
        properties: dict[str, Any] = details["options"].get("properties", {})
        if not properties:
            typer.echo("It has no options.")
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
        )


@app.command("debug")
def debug_(
    config: ConfigFiles = None,
    overrides: Overrides = None,
    database: DatabaseUrl = None,
    *,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Print the chosen plugins with their options and debug variables, freshly built.

    Example: lts plugins debug --set plugins.strategy=buy_and_hold
    """
    with errors_told(debug=debug):
        from app.bootstrap import Invocation, stored_settings
        from app.plugins.catalogue import Catalogue
        from app.plugins.system import System

        catalogue = Catalogue()
        settings = stored_settings(Invocation(config or (), overrides or (), database=database), catalogue)
        for notice in settings.notices:
            say(f"Note: {notice}")
        system = System.build(
            settings, catalogue, lambda failure: say(f"Note: {failure.plugin}: {failure.reason}")
        )
        info = system.debug()
        if as_json:
            typer.echo(json.dumps(info, indent=2, default=str))
            return
        from app.cli.tables import print_table

        print_table(
            ("Kind", "Plugin", "Package", "Options", "Debug variables"),
            [
                (kind, each["plugin"], each["package"], _pairs(each["params"]), _pairs(each["debug"]))
                for kind, each in info.items()
            ],
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
    kinds = [field["type"]] if "type" in field else [each.get("type", "") for each in field.get("anyOf", ())]
    return " or ".join(kind for kind in kinds if kind)


def _pairs(values: dict[str, Any]) -> str:
    return "\n".join(f"{name}={value}" for name, value in values.items())

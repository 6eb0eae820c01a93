"""Pass 1: which plugins are chosen, step by step, reading nothing but `plugins.*`."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.settings.errors import SettingsError
from app.settings.layers import BUILT_IN, Assignment, Source, Step
from app.settings.masking import shown
from app.settings.model import KINDS, PluginsSection, plugin_name


@dataclass(frozen=True)
class Choice:
    """A plugin's name, and who chose it."""

    name: str
    source: Source


def choose(steps: Iterable[Step]) -> list[Mapping[str, Choice]]:
    """Return the choice of each kind after each step: first the defaults, last the result.

    Raises SettingsError for a kind that does not exist and for what cannot be a plugin's name.
    """
    chosen = {kind: Choice(name, BUILT_IN) for kind, name in PluginsSection().model_dump().items()}
    history: list[Mapping[str, Choice]] = [chosen]
    for step in steps:
        chosen = dict(chosen)
        for assignment in step.assignments:
            if assignment.path[0] == "plugins":
                _choose(chosen, assignment)
        history.append(chosen)
    return history


def _choose(chosen: dict[str, Choice], assignment: Assignment) -> None:
    if assignment.path == ("plugins",) and assignment.value == {}:
        return
    kind = ".".join(assignment.path[1:])
    if kind not in KINDS:
        near = difflib.get_close_matches(kind, KINDS, n=1)
        remedy = f"Did you mean plugins.{near[0]}?" if near else f"The kinds are {', '.join(KINDS)}."
        raise SettingsError(f"{assignment.key} (from {assignment.source}) is not a setting.", remedy)
    try:
        chosen[kind] = Choice(plugin_name(assignment.value), assignment.source)
    except ValueError as error:
        value = shown(assignment.value, secret=False, limit=80)
        raise SettingsError(
            f"{assignment.key} = {value} (from {assignment.source}) is refused: {error}.",
            "`lts plugins list` shows the plugins that are installed.",
        ) from error

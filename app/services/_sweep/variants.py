"""The settings of each set: those of a run, with the set's values over them as if by --set."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from pydantic import BaseModel

from app.domain.errors import ConfigurationError
from app.plugins.catalogue import Catalogue
from app.plugins.host import HookFailure
from app.plugins.system import System
from app.services._sweep.grid import Axis, Grid, Parameters, written
from app.settings.choice import choose
from app.settings.errors import SettingsError
from app.settings.layers import Assignment, Collected, Layer, Source, Step
from app.settings.merging import merge
from app.settings.resolution import resolve
from app.settings.schema import Key, Schema
from app.settings.settings import Settings
from app.settings.validation import validated

_SWEPT = frozenset({"strategy", "portfolio", "broker", "pipeline"})
_ALSO = frozenset({"run.seed"})


def _ignored(_: HookFailure) -> None:
    """Hear nothing: the plugins of the first set have told it."""


@dataclass(frozen=True)
class Variants:
    """Makes the settings and the plugins of each set anew; `collected` is what all layers say without it."""

    collected: Collected
    grid: Grid
    catalogue: Catalogue = field(default_factory=Catalogue)

    def first(self) -> Parameters:
        """Return the first set that the options accept.

        Raises SettingsError where they refuse all, and that or ConfigurationError for a name that is no
        setting or cannot be swept.
        """
        refusals = []
        for parameters in self.grid:
            try:
                self.options(parameters)
            except SettingsError as error:
                refusals.append(error)
            else:
                return parameters
        first = refusals[0]
        if len(refusals) > 1:
            problem = f"All {len(refusals):,} sets are refused. The first: {first.problem}"
            raise SettingsError(problem, first.remedy) from first
        raise first

    def options(self, parameters: Parameters) -> dict[str, BaseModel]:
        """Return the options of each kind's plugin in a set, as `settings` has them but much faster.

        Raises SettingsError where they are refused.
        """
        known = self._known
        values = dict(known.values)
        for key, assignment in zip(known.keys, self._assignments(parameters), strict=True):
            values[key.name] = [assignment]
        return {
            kind: validated(part, values) if kind in known.swept else self._unswept[kind]
            for kind, part in known.schema.plugins.items()
        }

    def settings(self, parameters: Parameters) -> Settings:
        """Return the settings of a set. Raises SettingsError where they are refused."""
        return resolve(self._with(parameters), self.catalogue.options_of)

    def system(self, parameters: Parameters, on_failure: Callable[[HookFailure], None] = _ignored) -> System:
        """Return the plugins of a set, built. Raises SettingsError and PluginError."""
        return System.build(self.settings(parameters), self.catalogue, on_failure)

    def _with(self, parameters: Parameters) -> Collected:
        step = Step(Layer.COMMAND_LINE, self._assignments(parameters))
        return replace(self.collected, steps=(*self.collected.steps, step))

    def _assignments(self, parameters: Parameters) -> tuple[Assignment, ...]:
        return tuple(
            Assignment(axis.path, written(value), Source(Layer.COMMAND_LINE, axis.source), text=True)
            for axis, value in zip(self.grid.axes, parameters, strict=True)
        )

    @cached_property
    def _known(self) -> "_Known":
        for axis in self.grid.axes:
            if axis.path[0] not in _SWEPT and ".".join(axis.path) not in _ALSO:
                raise _not_swept(axis, "plugins, data and output are the same for all sets")
        collected = self._with(next(iter(self.grid)))
        history = choose(collected.steps)
        chosen = {kind: choice.name for kind, choice in history[-1].items()}
        schema = Schema.of(chosen, self.catalogue.options_of)
        values = merge(collected.steps, history, schema).values
        taken: dict[str, Axis] = {}
        keys = []
        for axis in self.grid.axes:
            key = _key_of(axis, schema, values)
            if key.name in taken:
                raise ConfigurationError(
                    f"{axis.source} and {taken[key.name].source} are the same setting.",
                    "Write all values in one --grid.",
                )
            taken[key.name] = axis
            keys.append(key)
        return _Known(schema, values, tuple(keys), frozenset(axis.path[0] for axis in self.grid.axes))

    @cached_property
    def _unswept(self) -> dict[str, BaseModel]:
        """Return the options that are the same for all sets."""
        known = self._known
        parts = known.schema.plugins.items()
        return {kind: validated(part, known.values) for kind, part in parts if kind not in known.swept}


@dataclass(frozen=True)
class _Known:
    """Which keys there are, what is assigned to them, those of the axes, and the kinds that are swept."""

    schema: Schema
    values: Mapping[str, list[Assignment]]
    keys: tuple[Key, ...]
    swept: frozenset[str]


def _key_of(axis: Axis, schema: Schema, assigned: Mapping[str, object]) -> Key:
    """Return the key that an axis sets, `assigned` being all that are set."""
    name = ".".join(axis.path)
    kind, _, option = name.partition(".")
    if kind not in schema.plugins:  # run.seed
        return schema.sections[kind].keys[option]
    part = schema.plugins[kind]
    found = next((key for key in part.keys.values() if key.name in {name, f"{part.prefix}.{option}"}), None)
    if found is None or found.name not in assigned:
        raise _not_swept(axis, f"it belongs to a {kind} plugin that is not chosen")
    if found.secret:
        raise _not_swept(axis, "its values are secret, and a sweep shows them")
    if kind == "portfolio" and found.name.endswith(".currency"):
        raise _not_swept(axis, "the data are read in one currency")
    return found


def _not_swept(axis: Axis, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{axis.source} cannot be swept: {why}.",
        "Vary options of the strategy (fast), the portfolio (portfolio.cash_buffer), the broker "
        "(broker.commission_bps) or the pipeline, or run.seed.",
    )

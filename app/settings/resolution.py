"""The second half of the work: choose, merge, validate, and remember who set what."""

from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel

from app.settings.choice import choose
from app.settings.errors import SettingsError
from app.settings.layers import BUILT_IN, Assignment, Collected
from app.settings.merging import merge
from app.settings.model import CoreSettings
from app.settings.schema import Key, Schema, Slice
from app.settings.settings import Resolved, Settings
from app.settings.validation import plain, validated


def resolve(collected: Collected, options_of: Callable[[str, str], type[BaseModel]]) -> Settings:
    """Return the settings that all layers make together.

    `options_of(kind, name)` is asked for the options class of the six chosen plugins only, and its errors
    pass through. Raises SettingsError for unknown keys, refused values and what production does not allow.
    """
    history = choose(collected.steps)
    chosen = {kind: choice.name for kind, choice in history[-1].items()}
    schema = Schema.of(chosen, options_of)
    merged = merge(collected.steps, history, schema)
    sections = {name: validated(part, merged.values) for name, part in schema.sections.items()}
    options = {kind: validated(part, merged.values) for kind, part in schema.plugins.items()}
    core = CoreSettings.model_validate({"environment": collected.environment, **sections})
    resolved = {"environment": _environment(collected, merged.values)}
    for part, model in _pairs(schema.sections, sections) + _pairs(schema.plugins, options):
        resolved.update(_resolved(part, model, merged.values))
    _refuse_in_production(core, resolved)
    notices = (*collected.notices, *merged.notices)
    return Settings(
        core=core,
        options=options,
        resolved=resolved,
        unused=merged.unused,
        schema=schema,
        notices=notices,
    )


def _pairs(parts: Mapping[str, Slice], models: Mapping[str, BaseModel]) -> list[tuple[Slice, BaseModel]]:
    return [(part, models[name]) for name, part in parts.items()]


def _environment(collected: Collected, values: Mapping[str, list[Assignment]]) -> Resolved:
    default = CoreSettings.model_fields["environment"]
    key = Key("environment", default.annotation, secret=False, source=BUILT_IN)
    return _one(key, collected.environment, [default.default], values)


def _resolved(part: Slice, model: BaseModel, values: Mapping[str, list[Assignment]]) -> dict[str, Resolved]:
    """Return what became of each key of a slice, in the order of its fields."""
    dumped = model.model_dump(mode="json", by_alias=False, fallback=str)
    return {
        key.name: _one(key, dumped[name], _defaults(part, name), values) for name, key in part.keys.items()
    }


def _defaults(part: Slice, name: str) -> list[object]:
    """Return the default to show as shadowed: none for a required field or one that a factory fills."""
    field = part.model.model_fields[name]
    return [] if field.is_required() or field.default_factory else [field.default]


def _one(
    key: Key, value: object, defaults: Sequence[object], values: Mapping[str, list[Assignment]]
) -> Resolved:
    said = [(key.source, default) for default in defaults]
    said += [(assignment.source, plain(key, assignment)) for assignment in values.get(key.name, [])]
    source = said[-1][0] if said else key.source
    return Resolved(value, source, key.secret, tuple(reversed(said[:-1])))


def _refuse_in_production(core: CoreSettings, resolved: Mapping[str, Resolved]) -> None:
    if core.environment == "production" and core.log.level == "debug":
        raise SettingsError(
            f'log.level = "debug" (from {resolved["log.level"].source}) is refused in production: '
            "debug output may hold what should stay private.",
            'Use "info", or another environment.',
        )

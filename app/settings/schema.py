"""Which keys exist: the core sections and the options of the chosen plugins."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel

from app.settings.annotations import holds_secret
from app.settings.errors import SettingsError
from app.settings.layers import BUILT_IN, Layer, Source
from app.settings.masking import is_secret_name
from app.settings.model import CoreSettings

_LONGEST_KEY = 200


@dataclass(frozen=True)
class Key:
    """One setting that exists: its canonical dotted key, its type, who gives its default."""

    name: str
    annotation: object
    secret: bool
    source: Source


@dataclass(frozen=True)
class Slice:
    """The keys that one model validates: a core section, or the options of a chosen plugin."""

    prefix: str
    model: type[BaseModel]
    source: Source

    @cached_property
    def keys(self) -> dict[str, Key]:
        """Return the keys by field name."""
        return {
            name: Key(
                f"{self.prefix}.{name}",
                field.annotation,
                is_secret_name(name) or holds_secret(field.annotation),
                self.source,
            )
            for name, field in self.model.model_fields.items()
        }


class Schema:
    """Every key that may be set, given which plugins are chosen."""

    def __init__(self, sections: Mapping[str, Slice], plugins: Mapping[str, Slice]) -> None:
        self.sections = sections
        self.plugins = plugins

    @classmethod
    def of(cls, chosen: Mapping[str, str], options_of: Callable[[str, str], type[BaseModel]]) -> "Schema":
        """Return the schema of the core and of the chosen plugins; errors of `options_of` pass through."""
        sections = {
            name: Slice(name, field.annotation, BUILT_IN)
            for name, field in CoreSettings.model_fields.items()
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        }
        plugins = {}
        for kind, name in chosen.items():
            source = Source(Layer.PLUGIN, f"default of {kind}/{name}")
            plugins[kind] = Slice(f"{kind}.{name}", options_of(kind, name), source)
        return cls(sections, plugins)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return every key as users may write it, short forms of the plugins' keys included."""
        names = ["environment"]
        names += [key.name for part in self.sections.values() for key in part.keys.values()]
        for kind, part in self.plugins.items():
            names += [f"{kind}.{option}" for option in part.keys]
            names += [key.name for key in part.keys.values()]
        return tuple(names)

    def unknown(self, key: str, source: Source | None = None) -> SettingsError:
        """Return the error for a key that does not exist, with the nearest keys that do."""
        origin = f" (from {source})" if source else ""
        short = key if len(key) <= _LONGEST_KEY else f"{key[:_LONGEST_KEY]}..."
        inside = [name for name in self.names if name.startswith(f"{key}.")]
        if inside:
            direct = [name for name in inside if name.count(".") == key.count(".") + 1]
            return SettingsError(f"{short}{origin} is a section.", f"Its keys are {', '.join(direct)}.")
        return SettingsError(f"{short}{origin} is not a setting.", self._remedy(short))

    def _remedy(self, key: str) -> str:
        if key in self.names:
            section, _, name = key.rpartition(".")
            return f"Write {name} in the table [{section}]."
        owner = next((name for name in self.names if key.startswith(f"{name}.")), "")
        if owner:
            return f"{owner} is one value: set it whole, as JSON in a variable or --set."
        last = key.lower().rpartition(".")[2]
        near = [name for name in self.names if name.rpartition(".")[2] == last]
        near = near or difflib.get_close_matches(key.lower(), self.names, n=3)
        if near:
            return f"Did you mean {' or '.join(near[:3])}?"
        kind = key.partition(".")[0]
        if kind in self.plugins:
            name = self.plugins[kind].prefix.partition(".")[2]
            return f"`lts plugins show {kind} {name}` lists the options of the chosen plugin."
        return "`lts config show` lists every setting."

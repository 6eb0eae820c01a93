"""The result: typed settings that know, for every key, who set it and what it hides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pydantic import BaseModel

from app.settings.layers import Source
from app.settings.masking import MASK, masked, secret_words, shown, without
from app.settings.merging import Unused
from app.settings.model import CoreSettings
from app.settings.schema import Schema


@dataclass(frozen=True)
class Setting:
    """A value that somebody set, as it may be shown; `reason` says why it is not used at all."""

    source: Source
    value: str
    reason: str = ""


@dataclass(frozen=True)
class Row:
    """One line of `lts config show`: a canonical key, its value as it may be shown, who set it."""

    key: str
    value: str
    source: Source


@dataclass(frozen=True)
class Explanation:
    """Why a key has its value: `source` is None and `value` empty where it belongs to no chosen plugin.

    `shadowed` are lower values of the same key, highest first; `dropped` were meant for a plugin not chosen.
    """

    key: str
    value: str
    source: Source | None
    shadowed: tuple[Setting, ...] = ()
    dropped: tuple[Setting, ...] = ()


@dataclass(frozen=True)
class Resolved:
    """One key of the result: its value in JSON's types, who set it, what that hides (highest first)."""

    value: object
    source: Source
    secret: bool
    shadowed: tuple[tuple[Source, object], ...]


class Settings:
    """Validated settings of one process; they never change."""

    def __init__(
        self,
        *,
        core: CoreSettings,
        options: Mapping[str, BaseModel],
        resolved: Mapping[str, Resolved],
        unused: Sequence[Unused],
        schema: Schema,
        notices: Sequence[str],
    ) -> None:
        self.core = core
        self.chosen: Mapping[str, str] = MappingProxyType(core.plugins.model_dump())
        self.notices = tuple(notices)
        self._options = options
        self._resolved = resolved
        self._unused = unused
        self._schema = schema

    def __repr__(self) -> str:
        return f"Settings(environment={self.core.environment!r}, chosen={dict(self.chosen)!r})"

    def options(self, kind: str) -> BaseModel:
        """Return the validated options of the plugin chosen for a kind; raises KeyError for another word."""
        return self._options[kind]

    def masked_options(self, kind: str) -> dict[str, object]:
        """Return the options of the plugin chosen for a kind in JSON's types, secrets masked."""
        part = self._schema.plugins[kind]
        resolved = {option: self._resolved[key.name] for option, key in part.keys.items()}
        return {option: masked(r.value, secret=r.secret) for option, r in resolved.items()}

    def secrets(self) -> frozenset[str]:
        """Return the values of all secret options in clear, so that they can be kept out of what is told."""
        return frozenset(
            word
            for kind, part in self._schema.plugins.items()
            for option, key in part.keys.items()
            for word in secret_words(getattr(self._options[kind], option), secret=key.secret)
        )

    def scrubbed(self, text: str) -> str:
        """Return a text that a plugin may have had a hand in without the values of secret options."""
        return without(text, self.secrets())

    def rows(self) -> tuple[Row, ...]:
        """Return every key with its value, the core's first, then those of the chosen plugins."""
        return tuple(Row(k, shown(r.value, secret=r.secret), r.source) for k, r in self._resolved.items())

    def provenance(self) -> dict[str, dict[str, object]]:
        """Return {key: {"value", "layer", "source"}} in JSON's types, secrets masked: what a run records."""
        return {
            key: {
                "value": masked(resolved.value, secret=resolved.secret),
                "layer": resolved.source.layer.name,
                "source": resolved.source.name,
            }
            for key, resolved in self._resolved.items()
        }

    def explain(self, key: str) -> Explanation:
        """Return why a key has its value; a plugin's key may be written short (strategy.fast).

        Raises SettingsError with the nearest keys when nothing of that name exists or was set.
        """
        canonical = self._canonical(key)
        dropped = tuple(
            # The type of an option is unknown when its plugin is not loaded, so it may be a secret.
            Setting(left.assignment.source, MASK, left.reason)
            for left in reversed(self._unused)
            if key in {f"{left.kind}.{left.option}", f"{left.kind}.{left.plugin}.{left.option}"}
        )
        resolved = self._resolved.get(canonical)
        if resolved is not None:
            shadowed = tuple(
                Setting(source, shown(value, secret=resolved.secret)) for source, value in resolved.shadowed
            )
            value = shown(resolved.value, secret=resolved.secret)
            return Explanation(canonical, value, resolved.source, shadowed, dropped)
        if dropped:
            return Explanation(key, "", None, (), dropped)
        raise self._schema.unknown(key)

    def _canonical(self, key: str) -> str:
        kind, _, option = key.partition(".")
        return f"{kind}.{self.chosen[kind]}.{option}" if kind in self.chosen and "." not in option else key

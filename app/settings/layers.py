"""The layers of settings, and what a source in one of them says."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum


class Layer(IntEnum):
    """Where a value can come from, lowest first: a higher layer wins."""

    DEFAULT = 0
    PLUGIN = 1
    FILE = 2
    DATABASE = 3
    ENVIRONMENT = 4
    COMMAND_LINE = 5


@dataclass(frozen=True)
class Source:
    """Who set a value: the layer, and the file, variable or option in it."""

    layer: Layer
    name: str

    def __str__(self) -> str:
        return self.name


BUILT_IN = Source(Layer.DEFAULT, "built-in default")


@dataclass(frozen=True)
class Assignment:
    """One value set by one source; `text` marks a string that the field's type has yet to read."""

    path: tuple[str, ...]
    value: object
    source: Source
    text: bool = False

    @property
    def key(self) -> str:
        """Return the dotted key as the source wrote it."""
        return ".".join(self.path)

    def children(self) -> Iterator["Assignment"]:
        """Yield what a table assigns to each of its keys; nothing for what is not a table."""
        if isinstance(self.value, dict):
            for name, value in self.value.items():
                yield replace(self, path=(*self.path, name), value=value)


@dataclass(frozen=True)
class Step:
    """What is merged at once: one file, the database, the environment or the command line."""

    layer: Layer
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True)
class Collected:
    """What all layers above PLUGIN say, lowest first, and what the user should be told about them."""

    environment: str
    steps: tuple[Step, ...]
    notices: tuple[str, ...] = ()

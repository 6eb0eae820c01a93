"""Which sets of parameters a sweep tries: `name=start:stop:step` or `name=a,b,c`, each with each."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod

from app.domain.errors import ConfigurationError
from app.domain.money import EXACT

MOST_SETS = 100_000

Value = int | Decimal | str
Parameters = tuple[Value, ...]
"""The values of one set, in the order of the grid's axes."""

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}")
_REMEDY = "Write --grid name=start:stop:step (the stop is left out) or --grid name=a,b,c."


@dataclass(frozen=True)
class Axis:
    """One setting that is varied: its name as the user wrote it, and its values in order."""

    name: str
    values: Sequence[Value]

    @property
    def path(self) -> tuple[str, ...]:
        """Return the key of the setting; a name without a dot is an option of the strategy."""
        parts = tuple(self.name.split("."))
        return parts if len(parts) > 1 else ("strategy", *parts)

    @property
    def source(self) -> str:
        """Return how errors name the option that set a value."""
        return f"--grid {self.name}"


@dataclass(frozen=True)
class Grid:
    """All sets: every value of each axis with every value of the others, the last axis varying fastest."""

    axes: tuple[Axis, ...]

    @classmethod
    def parsed(cls, texts: Sequence[str]) -> "Grid":
        """Return the grid that some options describe.

        Raises ConfigurationError for what is malformed or empty, for a value or a name that comes twice, and
        for more than 100,000 sets.
        """
        if not texts:
            raise ConfigurationError("There is nothing to sweep.", _REMEDY)
        axes = tuple(_axis(text) for text in texts)
        names = [axis.path for axis in axes]
        for axis in axes:
            if names.count(axis.path) > 1:
                raise ConfigurationError(
                    f"{axis.source} is given twice.", "Write all values of a name in one --grid."
                )
        grid = cls(axes)
        if len(grid) > MOST_SETS:
            raise ConfigurationError(
                f"The grid has {len(grid):,} sets; the most are {MOST_SETS:,}.",
                "Use larger steps or fewer names.",
            )
        return grid

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the axes."""
        return tuple(axis.name for axis in self.axes)

    def __len__(self) -> int:
        return prod(len(axis.values) for axis in self.axes)

    def __iter__(self) -> Iterator[Parameters]:
        return product(*(axis.values for axis in self.axes))

    def told(self, parameters: Parameters) -> str:
        """Return a set as people write it: fast=5, slow=30."""
        pairs = zip(self.names, parameters, strict=True)
        return ", ".join(f"{name}={written(value)}" for name, value in pairs)


def written(value: Value) -> str:
    """Return a value as text: what a setting takes, and what people read."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def plain(value: Value) -> int | float | str:
    """Return a value in JSON's types."""
    return float(value) if isinstance(value, Decimal) else value


def _axis(text: str) -> Axis:
    name, equals, said = text.partition("=")
    name = name.strip()
    if not equals or not all(name.split(".")):
        raise ConfigurationError(f"--grid {_short(text)} does not name a setting and its values.", _REMEDY)
    if ":" in said and "," not in said:
        values: Sequence[Value] = _range(name, said)
    else:
        values = _listed(name, said)
    return Axis(name, values)


def _listed(name: str, said: str) -> list[Value]:
    texts = [text.strip() for text in said.split(",")]
    if not all(texts):
        raise ConfigurationError(f"--grid {name} has an empty value.", _REMEDY)
    values = [_value(text) for text in texts]
    if len(values) > MOST_SETS:
        raise ConfigurationError(
            f"--grid {name} has {len(values):,} values; the most are {MOST_SETS:,}.", _REMEDY
        )
    seen: set[Value] = set()
    for value in values:
        if value in seen:
            raise ConfigurationError(
                f"--grid {name} has the value {_short(written(value))} twice.", "Leave one of them out."
            )
        seen.add(value)
    return values


def _range(name: str, said: str) -> list[Value]:
    """Return start, start + step ... up to the stop, which is left out, exactly."""
    parts = [part.strip() for part in said.split(":")]
    bounds = [_number(name, part) for part in parts]
    if len(bounds) != 3:
        raise ConfigurationError(f"--grid {name}={_short(said)} has {len(bounds)} numbers, not 3.", _REMEDY)
    if not bounds[2]:
        raise ConfigurationError(f"--grid {name} has a step of zero.", _REMEDY)
    places = max(_places(bound) for bound in bounds)
    whole = range(*(int(EXACT.scaleb(Decimal(bound), places)) for bound in bounds))
    count = _length(whole)
    if not count:
        raise ConfigurationError(
            f"--grid {name}={_short(said)} is empty: there is nothing from {parts[0]} up to, but not "
            f"including, {parts[1]} in steps of {parts[2]}.",
            _REMEDY,
        )
    if count > MOST_SETS:
        raise ConfigurationError(
            f"--grid {name} has {count:,} values; the most are {MOST_SETS:,}.", "Use a larger step."
        )
    if not places:
        return list(whole)
    return [Decimal(number).scaleb(-places, EXACT) for number in whole]


def _length(whole: range) -> int:
    """Return the length of a range, also where it is more than `len` can say."""
    span = whole.stop - whole.start
    return max(0, -(-span // whole.step))


def _number(name: str, text: str) -> int | Decimal:
    value = _value(text)
    if isinstance(value, str):
        raise ConfigurationError(f"--grid {name}: '{_short(text)}' is not a number.", _REMEDY)
    return value


def _value(text: str) -> Value:
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _places(number: int | Decimal) -> int:
    exponent = number.as_tuple().exponent if isinstance(number, Decimal) else 0
    return -exponent if isinstance(exponent, int) else 0


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."

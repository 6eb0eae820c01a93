"""What an indicator is: one sequential definition, used bar by bar and over whole columns.

A definition is `step(state, row, columns, params) -> (state, out)`: a pure function of tuples, numbers and
indexable columns, without objects, so that it can be compiled as it stands. All else here only drives it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from math import isfinite
from typing import Any, ClassVar, cast

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ConfigurationError
from app.indicators.stream import Stream

Float64 = NDArray[np.float64]
Column = Sequence[float]
Columns = Sequence[Column]


class Indicator(ABC):
    """One number, or several named ones, for every bar: NaN until `warmup` bars were seen, then never again.

    A subclass is a frozen dataclass of its options. It gives `start` and `step`; `inputs` if it reads more
    than its option `source`; `window` if that is not its option `length`; and as `Values` a NamedTuple class
    if one bar has several results. Options declared int are at least 1, or what `least` says, and those
    declared float are finite and not negative; others raise ConfigurationError.

    A NaN among the inputs gives NaN, and the warm-up begins again after it.
    """

    Values: ClassVar[Any] = None
    least: ClassVar[dict[str, int]] = {}

    def __post_init__(self) -> None:
        for field in fields(cast("Any", self)):  # only dataclasses call this method
            self._check_option(field.name, field.type)
        for source in self.inputs:
            self._check_source(source)

    @property
    def inputs(self) -> "tuple[Source, ...]":
        """Return what `step` reads as its columns: those of bars by name, or other indicators.

        Bars have `opens`, `highs`, `lows`, `closes`, `volumes` (in shares) and `days` (the number since 1970
        of the UTC day in which the bar starts).
        """
        source: Source = vars(self)["source"]
        return (source,)

    @property
    def window(self) -> int:
        """Return how many rows of its inputs the first result needs; `step` looks back no further."""
        length: int = vars(self)["length"]
        return length

    @property
    def params(self) -> tuple[Any, ...]:
        """Return what `step` is given of the options: by default all numbers, in their order."""
        return tuple(value for value in vars(self).values() if isinstance(value, int | float))

    @property
    @abstractmethod
    def start(self) -> tuple[Any, ...]:
        """Return the state before the first row: integers and floats, of the types of all later states."""

    @staticmethod
    @abstractmethod
    def step(state: Any, row: int, columns: Columns, params: Any) -> tuple[Any, Any]:
        """Return the state after a row and the result there: a float or a tuple of them, NaN when too early.

        It is called once for each row in their order, and reads `columns[k][row - n]`, n from 0 to `window`.
        """

    @property
    def outputs(self) -> tuple[str, ...]:
        """Return the names of the results if there are several, and nothing if there is one."""
        return tuple(self.Values._fields) if self.Values else ()

    @property
    def warmup(self) -> int:
        """Return how many bars the first result needs, the warm-up of its inputs included."""
        return self.window - 1 + max(_warmup(source) for source in self.inputs)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of bars that it reads, itself or through its inputs, each once in order."""
        return tuple(dict.fromkeys(name for source in self.inputs for name in _columns(source)))

    def output(self, name: str) -> "Output":
        """Return one of several outputs as a source for another indicator."""
        return Output(self, name)

    def stream(self) -> Stream:
        """Return the indicator before its first bar, to be updated bar by bar."""
        return Stream(self)

    def over(self, *columns: Float64) -> Any:
        """Return the result at every row of `columns` (float64, one for each name in `self.columns`).

        The result is a float64 array of the same length, or a `Values` of such arrays; bit for bit what a
        stream gives from the start. Raises ValueError for another number of columns.
        """
        known: dict[Source, Float64] = dict(zip(self.columns, columns, strict=True))
        for stage in stages(self):
            results = stage.indicator.sweep(*(known[source] for source in stage.inputs))
            known.update(zip(stage.results, results, strict=True))
        return self.Values(*results) if self.Values else results[0]

    def sweep(self, *columns: Float64) -> Float64:
        """Return the results of this step alone over its `inputs`, float64 of shape (outputs, rows)."""
        step, params, width = self.step, self.params, max(len(self.outputs), 1)
        results = np.full((len(columns[0]), width), np.nan)
        plain = [column.tolist() for column in columns]
        for first, end in _runs(np.isnan(np.stack(columns))):
            state, found = self.start, list[Any]()
            for row in range(first, end):
                state, out = step(state, row, plain, params)
                found.append(out)
            results[first:end] = np.array(found).reshape(-1, width)
        return np.ascontiguousarray(results.T)

    def _check_option(self, name: str, kind: object) -> None:
        value = vars(self).get(name)
        least = self.least.get(name, 1)
        if kind is int:
            passes, wanted = type(value) is int and value >= least, f"a whole number of at least {least}"
        elif kind is float:
            passes = isinstance(value, int | float) and isfinite(value) and value >= 0
            wanted = "a finite number that is not negative"
        else:
            return
        if not passes:
            raise ConfigurationError(
                f"The option '{name}' of the indicator {type(self).__name__} is {value!r}.",
                f"Make it {wanted}.",
            )

    def _check_source(self, source: "Source") -> None:
        if isinstance(source, Indicator) and source.outputs:
            raise ConfigurationError(
                f"{type(self).__name__} cannot read all outputs of {type(source).__name__} at once.",
                f"Choose one of {', '.join(source.outputs)} with its method output(name).",
            )


@dataclass(frozen=True)
class Output:
    """One output of an indicator that has several, as a source.

    Raises ConfigurationError if the indicator has no such output.
    """

    indicator: Indicator
    name: str

    def __post_init__(self) -> None:
        if self.name not in self.indicator.outputs:
            raise ConfigurationError(
                f"The indicator {type(self.indicator).__name__} has no output '{self.name}'.",
                f"Its named outputs are: {', '.join(self.indicator.outputs) or 'none, it has one result'}.",
            )


Source = str | Indicator | Output


@dataclass(frozen=True)
class Stage:
    """One indicator on the way to another: what it reads, and under which names its results are known."""

    indicator: Indicator
    inputs: tuple[Source, ...]
    results: tuple[Source, ...]


def stages(indicator: Indicator) -> list[Stage]:
    """Return the indicator and all that it stands on, each once, sources before those that read them."""
    done: dict[Indicator, Stage] = {}

    def visit(node: Indicator) -> None:
        if node in done:
            return
        inputs = node.inputs
        for source in inputs:
            if not isinstance(source, str):
                visit(source.indicator if isinstance(source, Output) else source)
        results = tuple(Output(node, name) for name in node.outputs) or (node,)
        done[node] = Stage(node, inputs, results)

    visit(indicator)
    return list(done.values())


def _columns(source: Source) -> tuple[str, ...]:
    if isinstance(source, str):
        return (source,)
    return source.indicator.columns if isinstance(source, Output) else source.columns


def _warmup(source: Source) -> int:
    if isinstance(source, str):
        return 1
    return source.indicator.warmup if isinstance(source, Output) else source.warmup


def _runs(missing: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Yield (first row, row behind the last) of each unbroken run in which no column misses anything."""
    somewhere = np.logical_or.reduce(missing, axis=0)
    edges = np.flatnonzero(np.diff(somewhere, prepend=True, append=True)).tolist()
    yield from zip(edges[::2], edges[1::2], strict=True)

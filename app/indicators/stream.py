"""An indicator fed bar by bar."""

from math import nan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.indicators.base import Indicator

# Old rows are dropped in portions: moving a short list at every bar costs more than keeping some longer.
_SPARE = 256


class Stream:
    """The running form of an indicator: `update` takes one bar and returns the result there.

    Memory stays bounded: only the rows that a step may still read are kept.
    """

    def __init__(self, indicator: "Indicator") -> None:
        from app.indicators.base import stages

        plan = stages(indicator)
        buffers: dict[Any, list[float]] = {name: [] for name in indicator.columns}
        self._leaves = tuple(buffers.values())
        buffers |= {result: [] for stage in plan for result in stage.results}
        self._nodes = [
            _Node(
                stage.indicator,
                tuple(buffers[source] for source in stage.inputs),
                tuple(buffers[result] for result in stage.results),
            )
            for stage in plan
        ]
        self._buffers = tuple(buffers.values())
        self._keep = max(stage.indicator.window for stage in plan)
        self._values = indicator.Values

    def update(self, *values: float) -> Any:
        """Take the next bar's values, one for each of the indicator's `columns`, and return the result.

        The result is a float or a `Values` of floats, NaN during the warm-up. Raises ValueError for another
        number of values; nothing has changed then.
        """
        if len(values) != len(self._leaves):
            raise ValueError(f"The indicator reads {len(self._leaves)} columns, not {len(values)}.")
        for buffer, value in zip(self._leaves, values, strict=True):
            buffer.append(value)
        row = len(self._leaves[0]) - 1
        for node in self._nodes:
            out = node.advance(row)
        if row >= self._keep + _SPARE:
            for buffer in self._buffers:
                del buffer[: -self._keep]
        return self._values(*out) if self._values else out[0]


class _Node:
    """One step of a stream, its state, and the columns that it reads and writes."""

    def __init__(
        self, indicator: "Indicator", columns: tuple[list[float], ...], results: tuple[list[float], ...]
    ) -> None:
        self._step = indicator.step
        self._params = indicator.params
        self._start = indicator.start
        self._single = not indicator.Values
        self._columns = columns
        self._results = results
        self._state = self._start

    def advance(self, row: int) -> tuple[float, ...]:
        """Take the row that its columns have got and return the results there."""
        for column in self._columns:
            if column[row] != column[row]:  # only NaN differs from itself
                self._state = self._start
                out: Any = (nan,) * len(self._results)
                break
        else:
            self._state, out = self._step(self._state, row, self._columns, self._params)
            if self._single:
                out = (out,)
        for column, value in zip(self._results, out, strict=True):
            column.append(value)
        results: tuple[float, ...] = out
        return results

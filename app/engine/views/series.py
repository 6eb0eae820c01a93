"""One series as float64 columns in current shares, and indicators over them, each made when first read."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.domain.bars import Timeframe
from app.domain.errors import PluginError, described
from app.engine.columns import BarSeries, Float64
from app.engine.consolidation import Consolidated
from app.indicators.base import Indicator

PRICES = ("opens", "highs", "lows", "closes")
COLUMNS = (*PRICES, "volumes", "days")


class FloatSeries:
    """What a view reads of one series, bars or higher bars: columns by name, and declared indicators.

    Prices are the nearest floats to the exact ones, in current shares.
    """

    def __init__(self, bars: BarSeries | Consolidated, indicators: Mapping[str, Indicator]) -> None:
        self.bars = bars
        self.indicators = indicators
        self.splits: list[tuple[int, float]] = []
        self._columns: dict[str, Float64] = {}
        self._results: dict[str, Any] = {}

    def split(self, row: int, ratio: float) -> None:
        """Rescale the rows before `row` to new shares; indicators are computed again when next read."""
        self.splits.append((row, ratio))
        self._columns.clear()
        self._results.clear()

    def column(self, name: str) -> Float64:
        """Return a whole column, read-only."""
        if name not in self._columns:
            self._columns[name] = locked(self.part(name, 0, len(self.bars)))
        return self._columns[name]

    def result(self, name: str) -> Any:
        """Return an indicator at all rows: a read-only float64 array, or a named tuple of them.

        Raises PluginError where the indicator raises.
        """
        if name not in self._results:
            indicator = self.indicators[name]
            try:
                found = indicator.over(*(self.column(column) for column in indicator.columns))
            except Exception as error:
                raise PluginError(
                    f"The indicator '{name}' failed on {self.bars.instrument.symbol}: {described(error)}",
                    "Mend the indicator, or leave it out of the strategy's `indicators`.",
                ) from error
            self._results[name] = type(found)(*map(locked, found)) if indicator.outputs else locked(found)
        return self._results[name]

    def part(self, name: str, first: int, last: int) -> Float64:
        """Return the rows from `first` to before `last` of a column, without making the whole of it."""
        if name == "days":
            return np.asarray(self.bars.timestamps[first:last] // Timeframe.D1.nanoseconds, np.float64)
        instrument = self.bars.instrument
        step = instrument.lot if name == "volumes" else instrument.tick
        numerator, denominator = (float(part) for part in step.as_integer_ratio())
        column = np.asarray(getattr(self.bars, name)[first:last] * numerator / denominator, np.float64)
        for row, ratio in self.splits:
            earlier = column[: max(row - first, 0)]
            earlier[:] = earlier * ratio if name == "volumes" else earlier / ratio
        return column


def locked(column: Float64) -> Float64:
    """Return a copy that nobody can write to, nor unlock through a slice of it."""
    column = column.copy()
    column.flags.writeable = False
    return column

"""The view of one symbol's bars, and of the higher bars that are made of them."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from app.domain.errors import PluginError
from app.engine.columns import BarSeries, Float64, Int64
from app.engine.consolidation import Consolidated
from app.engine.views.cursors import Cursor
from app.engine.views.series import FloatSeries
from app.engine.views.staleness import Staleness
from app.engine.views.view import View
from app.indicators.base import Indicator


class HigherBarView(View):
    """Completed higher bars of one symbol; NaN and empty until the first is complete.

    `completed` is true at the timestamp whose bar has completed one or more.
    """

    __slots__ = ("_base_rows", "_completed_at", "_last_at")

    def __init__(
        self, floats: FloatSeries, cursor: Cursor, clock: Cursor, *, bars: Consolidated, base_rows: int
    ) -> None:
        super().__init__(floats, cursor, clock)
        self._base_rows = base_rows
        self._completed_at = bars.completed_at
        self._last_at = bars.last_at

    @property
    def completed(self) -> bool:
        """Return whether at least one higher bar is new at this timestamp."""
        try:
            new = self._blocks["completed"][self._cursor.index]
        except KeyError:
            new = self._latest("completed")
        return bool(new) and self._cursor.arrived == self._clock.row

    def __len__(self) -> int:
        return int(np.searchsorted(self._completed_at, self._cursor.row, side="right"))

    def split(self, row: int, ratio: float) -> None:
        """Rescale the higher bars that ended before the base row `row` to new shares."""
        self._split(int(np.searchsorted(self._last_at, row, side="left")), ratio)

    def _block(self, name: str) -> Float64:
        if name == "completed":
            before = self._known(self._cursor.first - 1)[:-1]
            return np.asarray(self._known(self._cursor.first) > before, np.float64)
        return self._rows(self._floats.column(name))

    def _rows(self, column: Float64) -> Float64:
        rows = self._known(self._cursor.first) - 1
        if not len(column):
            return np.full(len(rows), np.nan)
        return np.where(rows < 0, np.nan, column[rows])

    def _known(self, first: int) -> Int64:
        """Return how many bars are complete at each base row from `first` to the end of the block."""
        base_rows = np.arange(first, min(self._cursor.first + self._cursor.size, self._base_rows))
        return np.searchsorted(self._completed_at, base_rows, side="right")


class HigherBars(NamedTuple):
    """How one kind of higher bars is made of a symbol's bars, and its indicators."""

    consolidated: Callable[[BarSeries], Consolidated]
    indicators: Mapping[str, Indicator]


class BarView(View):
    """One symbol's bars up to now, and by `at` the higher bars that consolidators make of them."""

    __slots__ = ("_higher", "_made", "_series", "_stale")

    def __init__(
        self,
        floats: FloatSeries,
        cursor: Cursor,
        clock: Cursor,
        *,
        series: BarSeries,
        higher: Mapping[str, HigherBars],
        stale: Staleness,
    ) -> None:
        super().__init__(floats, cursor, clock)
        self._series = series
        self._higher = higher
        self._made: dict[str, HigherBarView] = {}
        self._stale = stale

    @property
    def completed(self) -> bool:
        """Return whether the symbol has a new bar at this timestamp."""
        return self._cursor.arrived == self._clock.row

    @property
    def stale(self) -> bool:
        """Return whether the latest bar is older than the run's limit; never, if there is none."""
        return self._stale(self._cursor.arrived, self._clock.row)

    def __len__(self) -> int:
        return self._cursor.row + 1

    def value(self, name: str) -> float:
        """Return an extra column of the data at the latest bar, as it was given; NaN where it has no value.

        Raises PluginError where the data have no such column.
        """
        try:
            column = self._series.extras[name]
        except KeyError:
            raise PluginError(
                f"The data of {self.symbol} have no extra column '{name}'; "
                f"data.extra_columns gives: {', '.join(self._series.extras) or 'none'}.",
                f"Add '{name}' to data.extra_columns, and to the data if they lack it.",
            ) from None
        row = self._cursor.row
        return column.item(row) if row >= 0 else np.nan

    def at(self, name: str) -> HigherBarView:
        """Return the higher bars of a consolidator, those that are complete.

        Raises PluginError for a name that the strategy has not declared in its `consolidators`.
        """
        try:
            return self._made[name]
        except KeyError:
            return self._make(name)

    def split(self, row: int, ratio: float) -> None:
        """Rescale the bars before `row` to new shares, and the higher bars that ended before it."""
        self._split(row, ratio)
        for view in self._made.values():
            view.split(row, ratio)

    def _make(self, name: str) -> HigherBarView:
        if name not in self._higher:
            raise PluginError(
                f"There are no higher bars '{name}'; declared are: {', '.join(self._higher) or 'none'}.",
                "Declare a consolidator of that name in the strategy's `consolidators`.",
            )
        consolidated, indicators = self._higher[name]
        bars = consolidated(self._series)
        floats = FloatSeries(bars, indicators)
        view = HigherBarView(floats, self._cursor, self._clock, bars=bars, base_rows=len(self._series))
        for row, ratio in self._floats.splits:
            view.split(row, ratio)
        self._made[name] = view
        return view

    def _block(self, name: str) -> Float64:
        cursor = self._cursor
        return self._floats.part(name, cursor.first, cursor.first + cursor.size)

    def _rows(self, column: Float64) -> Float64:
        return column[self._cursor.first : self._cursor.first + self._cursor.size]

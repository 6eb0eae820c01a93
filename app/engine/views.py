"""What a strategy sees: reused, read-only views of the bars up to now, adjusted to the current share."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from app.domain.bars import Timeframe
from app.domain.errors import PluginError
from app.domain.events import Split
from app.engine.columns import BarSeries, Float64, MarketData
from app.engine.timeline import Timeline
from app.indicators.base import Indicator

PRICES = ("opens", "highs", "lows", "closes")
COLUMNS = (*PRICES, "volumes", "days")


class BarView:
    """One symbol's bars up to now.

    `open`, `high`, `low`, `close`, `volume` are floats of the latest bar; `opens` ... `volumes` are read-only
    float64 views of all bars so far, oldest first. A declared indicator is an attribute of its name: a float
    (NaN during its warm-up), or a named tuple of floats if it has several outputs; `series` gives it so far.
    Prices and volumes are in current shares: on a split, history is rescaled.
    """

    def __init__(self, series: BarSeries, indicators: Mapping[str, Indicator]) -> None:
        self.symbol = series.instrument.symbol
        self._series = series
        self._indicators = indicators
        self._row = -1
        num, den = (float(part) for part in series.instrument.tick.as_integer_ratio())
        self._columns: dict[str, Float64] = {
            name: np.asarray(getattr(series, name) * num / den, np.float64) for name in PRICES
        }
        lot, of = (float(part) for part in series.instrument.lot.as_integer_ratio())
        self._columns["volumes"] = np.asarray(series.volumes * lot / of, np.float64)
        self._columns["days"] = np.asarray(series.timestamps // Timeframe.D1.nanoseconds, np.float64)
        self._outputs: dict[str, Float64] = {}
        self._groups: dict[str, Any] = {}
        self._refresh()

    def _refresh(self) -> None:
        for column in self._columns.values():
            column.flags.writeable = False
        for name, indicator in self._indicators.items():
            output = indicator.over(*(self._columns[column] for column in indicator.columns))
            if indicator.outputs:
                self._groups[name] = type(output)(*map(_locked, output))
            else:
                self._outputs[name] = _locked(output)

    def split(self, event: Split, row: int) -> None:
        """Rescale the bars before `row` to new shares and compute the indicators again over the whole."""
        ratio = event.numerator / event.denominator
        for name in (*PRICES, "volumes"):
            column = self._columns[name]
            scaled = column.copy()
            scaled[:row] = column[:row] * ratio if name == "volumes" else column[:row] / ratio
            self._columns[name] = scaled
        self._refresh()

    def advance(self, row: int) -> None:
        """Make `row` the latest bar."""
        self._row = row

    @property
    def time(self) -> int:
        """Return the latest bar's timestamp, UTC nanoseconds."""
        return int(self._series.timestamps[self._row])

    @property
    def open(self) -> float:
        """Return the latest open."""
        return self._columns["opens"].item(self._row)

    @property
    def high(self) -> float:
        """Return the latest high."""
        return self._columns["highs"].item(self._row)

    @property
    def low(self) -> float:
        """Return the latest low."""
        return self._columns["lows"].item(self._row)

    @property
    def close(self) -> float:
        """Return the latest close."""
        return self._columns["closes"].item(self._row)

    @property
    def volume(self) -> float:
        """Return the latest volume, in shares."""
        return self._columns["volumes"].item(self._row)

    @property
    def opens(self) -> Float64:
        """Return all opens so far."""
        return self._columns["opens"][: self._row + 1]

    @property
    def highs(self) -> Float64:
        """Return all highs so far."""
        return self._columns["highs"][: self._row + 1]

    @property
    def lows(self) -> Float64:
        """Return all lows so far."""
        return self._columns["lows"][: self._row + 1]

    @property
    def closes(self) -> Float64:
        """Return all closes so far."""
        return self._columns["closes"][: self._row + 1]

    @property
    def volumes(self) -> Float64:
        """Return all volumes so far, in shares."""
        return self._columns["volumes"][: self._row + 1]

    def series(self, name: str) -> Any:
        """Return a declared indicator at all bars so far, oldest first.

        It is a read-only float64 view, or a named tuple of them if there are several outputs. Raises
        AttributeError for a name that the strategy has not declared.
        """
        end = self._row + 1
        if name in self._outputs:
            return self._outputs[name][:end]
        if name in self._groups:
            group = self._groups[name]
            return type(group)(*(column[:end] for column in group))
        raise AttributeError(self._unknown(name))

    def __getattr__(self, name: str) -> Any:
        outputs: dict[str, Float64] = self.__dict__.get("_outputs", {})
        if name in outputs:
            return outputs[name].item(self._row)
        groups: dict[str, Any] = self.__dict__.get("_groups", {})
        if name in groups:
            group = groups[name]
            return type(group)(*(column.item(self._row) for column in group))
        raise AttributeError(self._unknown(name))

    def _unknown(self, name: str) -> str:
        known = ", ".join(self.__dict__.get("_indicators", {})) or "none"
        return f"A bar view has no '{name}'; the strategy's indicators are: {known}."


def _locked(column: Float64) -> Float64:
    """Return a copy that nobody can write to, nor unlock through a slice of it."""
    column = column.copy()
    column.flags.writeable = False
    return column


class Bars(Mapping[str, BarView]):
    """All symbols' views at one timestamp; a symbol appears with its first bar.

    `time` is the timestamp in UTC nanoseconds and `updated` the symbols that have a new bar at it, in the
    order of the configuration. Raises PluginError for an indicator of a name or a source that cannot be.
    """

    def __init__(self, market: MarketData, timeline: Timeline, indicators: Mapping[str, Indicator]) -> None:
        _check_names(indicators)
        self._timeline = timeline
        self._views = {symbol: BarView(series, indicators) for symbol, series in market.series.items()}
        self._seen: dict[str, BarView] = {}
        self.time = 0
        self.updated: tuple[str, ...] = ()

    def advance(self, step: int) -> None:
        """Move every symbol that has a bar at `step` to it."""
        self.time = self._timeline.times.item(step)
        updated = []
        for symbol, view in self._views.items():
            if self._timeline.fresh[symbol].item(step):
                view.advance(self._timeline.rows[symbol].item(step))
                updated.append(symbol)
                if symbol not in self._seen:
                    self._seen[symbol] = view
        self.updated = tuple(updated)

    def split(self, event: Split, step: int) -> None:
        """Rescale a symbol's history because of a split that acts at `step`."""
        self._views[event.symbol].split(event, self._timeline.rows[event.symbol].item(step))

    def __getitem__(self, symbol: str) -> BarView:
        return self._seen[symbol]

    def __iter__(self) -> Iterator[str]:
        return iter(self._seen)

    def __len__(self) -> int:
        return len(self._seen)


def _check_names(indicators: Mapping[str, Indicator]) -> None:
    for name, indicator in indicators.items():
        if name.startswith("_") or hasattr(BarView, name) or name == "symbol":
            raise PluginError(
                f"An indicator cannot be named '{name}': bars have an attribute of that name already.",
                "Rename it in the strategy's `indicators`.",
            )
        for column in indicator.columns:
            if column not in COLUMNS:
                raise PluginError(
                    f"The indicator '{name}' reads '{column}', which bars do not have.",
                    f"Use one of {', '.join(COLUMNS)}.",
                )

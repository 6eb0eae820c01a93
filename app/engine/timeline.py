"""Several series advancing together: one ordered list of timestamps, and each symbol's place in it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.events import CorporateAction, Delisting, Dividend, Split
from app.domain.money import INT64_MAX
from app.engine.columns import BarSeries, Int64, MarketData


class Timeline:
    """The union of all timestamps of a market, ascending.

    `rows[symbol][step]` is the symbol's latest bar at that step (-1 before its first); `fresh[symbol][step]`
    says whether that bar belongs to the step. A bar's label is its start: `known_until[step]` is the latest
    end of the bars taken up to that step. Arrays are as long as the timeline and read-only.
    """

    def __init__(self, market: MarketData) -> None:
        columns = [series.timestamps for series in market.series.values()]
        # Sorted and thinned by hand: np.unique imports numpy.ma, 50 ms that a backtest has no use for.
        first = columns[0]
        if all(np.array_equal(first, column) for column in columns):
            self.times: Int64 = first
        else:
            ordered = np.sort(np.concatenate(columns))
            self.times = ordered[np.append(True, ordered[1:] != ordered[:-1])]
        self.rows: dict[str, Int64] = {}
        self.fresh: dict[str, NDArray[np.bool_]] = {}
        for symbol, series in market.series.items():
            if len(series) == len(self):
                self.rows[symbol] = np.arange(len(self), dtype=np.int64)
                self.fresh[symbol] = np.ones(len(self), np.bool_)
                continue
            rows = np.searchsorted(series.timestamps, self.times, side="right") - 1
            self.rows[symbol] = rows
            self.fresh[symbol] = (rows >= 0) & (series.timestamps[rows] == self.times)
        self.known_until = self._known_until(market)

    def __len__(self) -> int:
        return len(self.times)

    def _known_until(self, market: MarketData) -> Int64:
        ends = np.full(len(self), INT64_MAX, np.int64)
        for symbol, series in market.series.items():
            # A day has 23 hours when clocks go forward: the next label at a local midnight ends it.
            following = np.append(series.timestamps[1:], INT64_MAX)
            fresh = self.fresh[symbol]
            own = np.minimum(series.timestamps + series.timeframe.nanoseconds, following)
            ends[fresh] = np.minimum(ends[fresh], own)
        return np.asarray(np.maximum.accumulate(ends), np.int64)

    def step_of_bar(self, series: BarSeries, time: int) -> int | None:
        """Return the step of the series' first bar at or after a time, or None past its last bar."""
        row = int(np.searchsorted(series.timestamps, time, side="left"))
        return self.step_at(int(series.timestamps[row])) if row < len(series) else None

    def step_at(self, time: int) -> int | None:
        """Return the first step at or after a time, or None past the end."""
        step = int(np.searchsorted(self.times, time, side="left"))
        return step if step < len(self) else None


def due_actions(
    market: MarketData, timeline: Timeline, actions: Sequence[CorporateAction]
) -> dict[int, list[CorporateAction]]:
    """Return the actions by the step at which they act, splits before dividends.

    An action acts at its symbol's first bar on or after the ex-time, because until then the last mark is
    still in old shares; a delisting acts at the first timestamp of any symbol, because its own has no more
    bars. One that is not later than the symbol's first bar concerns nobody and is left out.
    """
    due: dict[int, list[CorporateAction]] = {}
    for action in sorted(actions, key=_order):
        series = market.series.get(action.symbol)
        if series is None or action.ex_time <= int(series.timestamps[0]):
            continue
        ended = isinstance(action, Delisting)
        step = timeline.step_at(action.ex_time) if ended else timeline.step_of_bar(series, action.ex_time)
        if step is not None:
            due.setdefault(step, []).append(action)
    return due


def _order(action: CorporateAction) -> tuple[int, str, int]:
    return (action.ex_time, action.symbol, (Split, Dividend, Delisting).index(type(action)))

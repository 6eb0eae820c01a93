"""All symbols' views, advancing together."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from types import MappingProxyType

import numpy as np

from app.domain.events import Split
from app.engine.columns import BarSeries, MarketData
from app.engine.consolidation import Consolidated, Consolidator, consolidate
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline
from app.engine.universe import Membership
from app.engine.views.bar_view import BarView, HigherBars
from app.engine.views.cursors import Cursor, OwnCursor, block_size
from app.engine.views.declared import check_consolidators, indicators_by_kind
from app.engine.views.series import FloatSeries
from app.engine.views.staleness import staleness
from app.indicators.base import Indicator

_NONE: Mapping[str, Consolidator] = MappingProxyType({})


class Bars(Mapping[str, BarView]):
    """All symbols' views at one timestamp; a symbol appears with its first bar.

    `time` is the timestamp in UTC nanoseconds and `updated` the symbols that have a new bar at it, in the
    order of the configuration. `consolidators` are the higher bars to be had with `at`, by name; an indicator
    of the name "hourly.trend" belongs to those called "hourly" only, all others to bars and higher bars
    alike. `stale_after` is the number of steps, or the time, after which a symbol without a new bar is stale.
    Where `sessions` are known, higher bars of time end with them. Raises PluginError for an indicator or a
    consolidator that cannot be.
    """

    def __init__(
        self,
        market: MarketData,
        timeline: Timeline,
        indicators: Mapping[str, Indicator],
        *,
        consolidators: Mapping[str, Consolidator] = _NONE,
        stale_after: int | timedelta | None = None,
        sessions: Sessions | None = None,
    ) -> None:
        check_consolidators(consolidators, market)
        kinds = indicators_by_kind(indicators, consolidators)
        self._timeline = timeline
        size = block_size(len(market.series))
        self._clock = Cursor(size)
        # Symbols that all have a bar at every step stand at the same row: the clock moves them at once.
        together = all(len(series) == len(timeline) for series in market.series.values())
        self._own = [] if together else [OwnCursor(size, symbol) for symbol in market.series]
        splits = [action for action in market.actions if isinstance(action, Split)]
        higher = {
            name: HigherBars(
                partial(_consolidated, consolidator, splits, sessions),
                kinds[name],
            )
            for name, consolidator in consolidators.items()
        }
        stale = staleness(stale_after, timeline.times)
        cursors: Sequence[Cursor] = self._own or [self._clock] * len(market.series)
        self._views = {
            symbol: BarView(
                FloatSeries(series, kinds[""]),
                cursor,
                self._clock,
                series=series,
                higher=higher,
                stale=stale,
            )
            for (symbol, series), cursor in zip(market.series.items(), cursors, strict=True)
        }
        self._all = tuple(self._views)
        self._seen: dict[str, BarView] = {}
        self._times: list[int] = []
        self._arrivals: list[OwnCursor] = []
        self._offsets: list[int] = []
        self._expected = 0
        self._stamps = {symbol: series.timestamps for symbol, series in market.series.items()}
        self.time = 0
        self._members: Membership | None = None

    def advance(self, step: int) -> None:
        """Move every symbol that has a bar at `step` to it."""
        clock = self._clock
        index = step - clock.first
        if 0 <= index < clock.size:
            clock.index = index
        else:
            self._turn(step)
            index = clock.index
        self.time = self._times[index]
        if self._own:
            self._take(index, step)

    @property
    def updated(self) -> tuple[str, ...]:
        """Return the symbols that have a new bar, in the order of the configuration."""
        if not self._seen:
            return ()
        if not self._own:
            return self._all
        first, last = self._offsets[self._clock.index : self._clock.index + 2]
        return tuple([cursor.symbol for cursor in self._arrivals[first:last]])

    @property
    def universe(self) -> tuple[str, ...]:
        """Return the present members of the strategy's universe; without one, all symbols seen so far."""
        if self._members is None:
            return tuple(self._seen)
        return self._members.at(self._clock.first + self._clock.index)

    @property
    def restricted(self) -> bool:
        """Return whether the strategy has a universe, which says what may be opened."""
        return self._members is not None

    def restrict(self, members: Membership) -> None:
        """Let `universe` show these members from now on."""
        self._members = members

    def split(self, event: Split, step: int) -> None:
        """Rescale a symbol's history because of a split that acts at `step`."""
        row = self._timeline.rows[event.symbol].item(step)
        self._views[event.symbol].split(row, event.numerator / event.denominator)

    def _turn(self, step: int) -> None:
        """Go to a step in another block, and have its times and arrivals ready as lists."""
        clock = self._clock
        clock.move(step)
        block = slice(clock.first, clock.first + clock.size)
        self._times = self._timeline.times[block].tolist()
        if not self._own:
            self._seen.update(self._views)
            return
        fresh = np.array([self._timeline.fresh[symbol][block] for symbol in self._views])
        steps, places = np.nonzero(fresh.T)
        self._arrivals = list(map(self._own.__getitem__, places.tolist()))
        self._offsets = np.searchsorted(steps, np.arange(len(self._times) + 1)).tolist()

    def _take(self, index: int, step: int) -> None:
        if step != self._expected:
            self._seek(step)
        self._expected = step + 1
        for cursor in self._arrivals[self._offsets[index] : self._offsets[index + 1]]:
            place = cursor.index + 1
            if place < cursor.size:
                cursor.index = place
            else:
                cursor.move(cursor.row + 1)
                self._seen.setdefault(cursor.symbol, self._views[cursor.symbol])
            cursor.at_step = step

    def _seek(self, step: int) -> None:
        """Take every symbol to where it stands just before `step`."""
        times, began = self._timeline.times, {}
        for cursor in self._own:
            stamps = self._stamps[cursor.symbol]
            row = int(np.searchsorted(stamps, times[step], side="left")) - 1
            cursor.move(row)
            if row >= 0:
                cursor.at_step = int(np.searchsorted(times, stamps[row]))
                began[cursor.symbol] = stamps.item(0)
        self._seen.clear()
        self._seen.update((symbol, self._views[symbol]) for symbol in sorted(began, key=began.__getitem__))

    def __getitem__(self, symbol: str) -> BarView:
        return self._seen[symbol]

    def __iter__(self) -> Iterator[str]:
        return iter(self._seen)

    def __len__(self) -> int:
        return len(self._seen)


def _consolidated(
    consolidator: Consolidator, splits: list[Split], sessions: Sessions | None, series: BarSeries
) -> Consolidated:
    symbol = series.instrument.symbol
    return consolidate(series, consolidator, [split for split in splits if split.symbol == symbol], sessions)

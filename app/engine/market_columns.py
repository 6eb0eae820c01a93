"""The bars of a market as the venue reads them: exact integers by step, made into lists by blocks."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from app.domain.intents import OrderType, TimeInForce
from app.domain.orders import OrderRequest
from app.engine.columns import BarSeries, Int64, MarketData
from app.engine.desk import share_ratio
from app.engine.kernel import layout as at
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline
from app.engine.venue import SlippageModel, VenueModel
from app.engine.venue_bars import SessionMarks, daily_activity, session_marks

Rows = list[list[int]]

_BLOCK = 65_536  # values of one column that are held as Python's integers, over all symbols
_UNBOUNDED = 2**62
_AUCTIONS = (OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE)


class MarketColumns:
    """What the venue knows of each symbol's bar at a step; a symbol is its number in the market.

    `finer` are the bars of a finer time frame, by symbol, for the policy of that name.
    """

    def __init__(
        self,
        market: MarketData,
        timeline: Timeline,
        venue: VenueModel,
        finer: Mapping[str, BarSeries],
        sessions: Sessions | None,
    ) -> None:
        self._series = list(market.series.values())
        self._timeline = timeline
        self._rows = [timeline.rows[symbol] for symbol in market.series]
        self._fresh = [timeline.fresh[symbol] for symbol in market.series]
        self._share = share_ratio(venue)
        self._sessions = sessions
        self._impact = venue.slippage.model is SlippageModel.SQUARE_ROOT
        self._size = max(64, _BLOCK // len(self._series))
        self._blocks: list[_Block | None] = [None] * len(self._series)
        self._marks: list[SessionMarks | None] = [None] * len(self._series)
        self._activity: dict[int, tuple[Int64, Int64]] = {}
        self._finer_bounds: dict[int, tuple[Int64, Int64]] = {}
        self.finer: Rows = []
        self._finer_rows: list[tuple[Int64, int] | None] = []
        for series in self._series:
            self._add_finer(finer.get(series.instrument.symbol))

    def close(self, symbol: int, step: int) -> int:
        """Return the last raw close in ticks at a step; the symbol has had a bar."""
        return self._series[symbol].closes.item(self._rows[symbol].item(step))

    def has_bar(self, symbol: int, step: int) -> bool:
        """Return whether the symbol has a bar at a step."""
        return self._fresh[symbol].item(step)

    def range_at(self, symbol: int, step: int) -> tuple[int, int] | None:
        """Return (high, low) of the symbol's bar at a step, or None where it has none."""
        block = self._blocks[symbol]
        if block is None or not block.start <= step < block.end:
            block = self._block(symbol, step)
        return block.ranges[step - block.start]

    def load(self, symbols: Iterable[int], step: int, bars: Rows) -> None:
        """Write the present bars of some symbols into the kernel's table."""
        for symbol in symbols:
            row = bars[symbol]
            if not self._fresh[symbol].item(step):
                row[at.B_OPEN] = row[at.B_TRADES] = 0
                continue
            series, bar = self._series[symbol], self._rows[symbol].item(step)
            marks = self._marks[symbol] or self._session(symbol)
            volume = series.volumes.item(bar)
            # In the order of the layout, all at once: this is done for every order.
            row[: at.B_SIGMA] = (
                int(volume > 0 or not series.has_volume),
                series.opens.item(bar),
                series.highs.item(bar),
                series.lows.item(bar),
                series.closes.item(bar),
                volume,
                _UNBOUNDED if self._share is None else self._offer(volume, series),
                marks.starts.item(bar),
                marks.ends.item(bar),
            )
            row[at.B_CLOSES] = marks.closes.item(bar)
            row[at.B_NEXT_CLOSES] = marks.closes.item(bar + 1) if bar + 1 < len(series) else 0
            if self._impact:
                sigma, lots = self._daily(symbol)
                row[at.B_SIGMA], row[at.B_DAY_LOTS] = sigma.item(bar), lots.item(bar)
            if self.finer:
                first, end = self._finer(symbol)
                row[at.B_FINER], row[at.B_FINER_END] = first.item(bar), end.item(bar)

    def expiry(self, symbol: int, step: int, eligible: int, request: OrderRequest, *, waits: bool) -> int:
        """Return when an order made at a step expires, UTC nanoseconds, or 0 where it does not.

        A day order that waits for its parent begins its day with it.
        """
        if request.time_in_force is TimeInForce.GTD:
            return request.expires_at or 0
        if request.time_in_force is not TimeInForce.DAY or waits or request.type in _AUCTIONS:
            return 0
        return self.session_close(symbol, step, eligible)

    def start(self, symbol: int, step: int) -> int:
        """Return when the symbol's latest bar at a step began; 0 before its first."""
        row = self._rows[symbol].item(step)
        return self._series[symbol].timestamps.item(row) if row >= 0 else 0

    def session_close(self, symbol: int, step: int, eligible: int) -> int:
        """Return when the session of the first bar after a step, at or after a time, ends; else 0."""
        times = self._series[symbol].timestamps
        row = int(np.searchsorted(times, eligible, side="left"))
        row = max(row, self._rows[symbol].item(step) + 1)
        return self._session(symbol).closes.item(row) if row < len(times) else 0

    def _offer(self, volume: int, series: BarSeries) -> int:
        part, whole = self._share
        if part == 0 or not series.has_volume:
            return _UNBOUNDED
        return volume * part // whole

    def _block(self, symbol: int, step: int) -> "_Block":
        start = step - step % self._size
        end = min(start + self._size, len(self._timeline))
        rows = self._rows[symbol][start:end]
        series = self._series[symbol]
        highs, lows = series.highs[rows].tolist(), series.lows[rows].tolist()
        fresh = self._fresh[symbol][start:end].tolist()
        block = _Block(start, end, highs, lows, fresh)
        self._blocks[symbol] = block
        return block

    def _session(self, symbol: int) -> SessionMarks:
        marks = self._marks[symbol]
        if marks is None:
            marks = self._marks[symbol] = session_marks(self._series[symbol], self._sessions)
        return marks

    def _daily(self, symbol: int) -> tuple[Int64, Int64]:
        if symbol not in self._activity:
            self._activity[symbol] = daily_activity(self._series[symbol])
        return self._activity[symbol]

    def _finer(self, symbol: int) -> tuple[Int64, Int64]:
        if symbol not in self._finer_bounds:
            self._finer_bounds[symbol] = self.finer_ranges(symbol)
        return self._finer_bounds[symbol]

    def _add_finer(self, series: BarSeries | None) -> None:
        """Append a symbol's finer bars to those of all."""
        if series is None:
            self._finer_rows.append(None)
            return
        self._finer_rows.append((series.timestamps, len(self.finer)))
        trades = (series.volumes > 0) | (not series.has_volume)
        self.finer.extend(np.column_stack((series.highs, series.lows, trades)).tolist())

    def finer_ranges(self, symbol: int) -> tuple[Int64, Int64]:
        """Return, for each bar of a symbol, the rows of its finer bars: the first, and behind the last."""
        found, own = self._finer_rows[symbol], self._series[symbol].timestamps
        if found is None:
            return np.zeros(len(own), np.int64), np.zeros(len(own), np.int64)
        times, offset = found
        following = np.append(own[1:], _UNBOUNDED)
        ends = np.minimum(own + self._series[symbol].timeframe.nanoseconds, following)
        return offset + np.searchsorted(times, own), offset + np.searchsorted(times, ends)


class _Block:
    """(high, low) of one symbol at the steps from `start` to `end`, None where it has no bar."""

    def __init__(self, start: int, end: int, highs: list[int], lows: list[int], fresh: list[Any]) -> None:
        self.start = start
        self.end = end
        pairs = zip(highs, lows, fresh, strict=True)
        self.ranges = [(high, low) if new else None for high, low, new in pairs]

"""What a closed trade's row says beside its amounts: bars, excursions, and whether a bar left it open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.analytics.ambiguity import AmbiguousFills
from app.analytics.excursions import excursions
from app.analytics.returns import Int64
from app.domain.fills import Fill, Trade
from app.engine.columns import MarketData


@dataclass(frozen=True)
class TradeMeasure:
    """`bars` counts those between entry and exit; `mae` and `mfe` are fractions of the entry value."""

    bars: int
    mae: float
    mfe: float
    ambiguous: bool


@dataclass(frozen=True)
class _Ranges:
    """Some of a symbol's bars."""

    timestamps: Int64
    highs: Int64
    lows: Int64


@dataclass
class TradeMeasures:
    """Measures trades batch by batch, each over its own bars alone, so that the cost is linear in bars."""

    market: MarketData
    _ambiguous: AmbiguousFills = field(default_factory=AmbiguousFills)

    def of(self, trades: Sequence[Trade], fills: Sequence[Fill]) -> Iterator[TradeMeasure]:
        """Yield the measures of a batch's trades; `fills` are all that came since the batch before."""
        self._ambiguous.add(fills)
        if not trades:
            return
        found = excursions(trades, fills, self._bars_of(trades), self.market.actions)
        for trade, mae, mfe in zip(trades, found.mae.tolist(), found.mfe.tolist(), strict=True):
            yield TradeMeasure(self._length(trade), mae, mfe, self._ambiguous.within(trade))

    def _bars_of(self, trades: Sequence[Trade]) -> Mapping[str, _Ranges]:
        """Return the bars of each symbol from its first entry to its last exit."""
        periods: dict[str, tuple[int, int]] = {}
        for trade in trades:
            first, last = periods.get(trade.instrument.symbol, (trade.entry_time, trade.exit_time))
            period = min(first, trade.entry_time), max(last, trade.exit_time)
            periods[trade.instrument.symbol] = period
        return {symbol: self._between(symbol, *period) for symbol, period in periods.items()}

    def _between(self, symbol: str, first: int, last: int) -> _Ranges:
        series = self.market.series[symbol]
        start = max(0, int(np.searchsorted(series.timestamps, first, side="right")) - 1)
        rows = slice(start, int(np.searchsorted(series.timestamps, last, side="right")))
        return _Ranges(series.timestamps[rows], series.highs[rows], series.lows[rows])

    def _length(self, trade: Trade) -> int:
        times = self.market.series[trade.instrument.symbol].timestamps
        first, last = np.searchsorted(times, [trade.entry_time, trade.exit_time])
        return int(last - first)

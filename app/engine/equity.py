"""The account's value over time, computed over columns from the few steps at which anything changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.domain.bars import Timeframe
from app.domain.errors import OutOfRange
from app.domain.instruments import Instrument
from app.domain.money import INT64_MAX, checked, half_even
from app.engine.columns import Int64, MarketData
from app.engine.kernel import layout as at
from app.engine.timeline import Timeline

_DAY = Timeframe.D1.nanoseconds


@dataclass(frozen=True)
class EquityColumns:
    """The account at each sampled timestamp, arrays of equal length, amounts in minor units.

    `exposure` is the sum of the absolute values of the positions. Daily and weekly runs sample every bar,
    finer ones the last bar of each UTC day.
    """

    times: Int64
    equity: Int64
    cash: Int64
    exposure: Int64

    def __len__(self) -> int:
        return len(self.times)


@dataclass
class History:
    """The steps at which cash or a holding changed, and what it was from then on."""

    cash: list[tuple[int, int]] = field(default_factory=list)
    lots: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def note_lots(self, symbol: str, step: int, lots: int) -> None:
        """Remember a holding after a change."""
        self.lots.setdefault(symbol, []).append((step, lots))


def history_of(cash: Int64, holdings: Int64, symbols: Sequence[str]) -> History:
    """Return when cash and holdings changed, from the kernel's tables of them as int64 arrays of rows."""
    totals = np.cumsum(cash[:, at.M_AMOUNT])
    last = np.append(cash[1:, at.M_STEP] != cash[:-1, at.M_STEP], True)[: len(cash)]
    history = History(list(zip(cash[last, at.M_STEP].tolist(), totals[last].tolist(), strict=True)))
    for number, symbol in enumerate(symbols):
        own = holdings[holdings[:, at.H_SYMBOL] == number]
        if len(own):
            changes = zip(own[:, at.H_STEP].tolist(), own[:, at.H_LOTS].tolist(), strict=True)
            history.lots[symbol] = list(changes)
    return history


def equity_columns(market: MarketData, timeline: Timeline, history: History, steps: int) -> EquityColumns:
    """Return the account at the sampled timestamps among the first `steps`, marked to raw closes.

    Raises OutOfRange where an amount does not fit 64 bits.
    """
    sampled = _sampled(timeline.times[:steps], market)
    cash = _held(history.cash, sampled)
    equity, exposure = cash.copy(), np.zeros(len(sampled), np.int64)
    for symbol, changes in history.lots.items():
        series = market.series[symbol]
        rows = timeline.rows[symbol][sampled]
        values = _values(_held(changes, sampled), series.closes[rows], series.instrument)
        equity = _added(equity, values)
        exposure = _added(exposure, np.abs(values))
    return EquityColumns(timeline.times[sampled], equity, cash, exposure)


def last_marks(market: MarketData, timeline: Timeline, steps: int) -> Mapping[str, int]:
    """Return each symbol's last raw close in ticks within the first `steps`, of those that had a bar."""
    if steps == 0:
        return {}
    rows = {symbol: timeline.rows[symbol].item(steps - 1) for symbol in market.series}
    return {symbol: market.series[symbol].closes.item(row) for symbol, row in rows.items() if row >= 0}


def _sampled(times: Int64, market: MarketData) -> Int64:
    timeframe = next(iter(market.series.values())).timeframe
    if timeframe.nanoseconds >= _DAY or not len(times):
        return np.arange(len(times), dtype=np.int64)
    days = times // _DAY
    return np.flatnonzero(np.append(days[1:] != days[:-1], True)).astype(np.int64)


def _held(changes: list[tuple[int, int]], steps: Int64) -> Int64:
    """Return, at each step, the latest value noted at or before it; zero before the first."""
    when = np.array([step for step, _ in changes], np.int64)
    values = np.array([0, *(value for _, value in changes)], np.int64)
    return values[np.searchsorted(when, steps, side="right")]


def _values(lots: Int64, closes: Int64, instrument: Instrument) -> Int64:
    """Return lots times closes in minor units, rounded half to even, exact even where int64 would wrap."""
    numerator, denominator = instrument.unit_value
    largest = int(np.abs(lots).max(initial=0)) * int(closes.max(initial=0)) * numerator
    if largest > INT64_MAX // 2:
        exact = [
            checked(half_even(lot * close * numerator, denominator))
            for lot, close in zip(lots.tolist(), closes.tolist(), strict=True)
        ]
        return np.array(exact, np.int64)
    quotient, remainder = np.divmod(lots * closes * numerator, denominator)
    twice = 2 * remainder
    up = (twice > denominator) | ((twice == denominator) & (quotient & 1 == 1))
    return np.asarray(quotient + up, np.int64)


def _added(left: Int64, right: Int64) -> Int64:
    """Return the sums. Raises OutOfRange where one wraps: its sign then differs from that of both terms."""
    total = left + right
    if (((left ^ total) & (right ^ total)) < 0).any():
        raise OutOfRange(
            "The account's value does not fit 64 bits.", "Use smaller quantities or less capital."
        )
    return total

"""How far each trade ran against and in favour of its owner while it was open (Sweeney 1996)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app.analytics.returns import Float64, Int64
from app.analytics.splits import shares_at_the_end
from app.domain.events import CorporateAction, Split
from app.domain.fills import Fill, Trade
from app.domain.intents import Side


class Ranges(Protocol):
    """The bars of one symbol, oldest first: times in UTC nanoseconds, raw highs and lows in ticks."""

    @property
    def timestamps(self) -> Int64:
        """Return the bars' times, ascending."""
        ...

    @property
    def highs(self) -> Int64:
        """Return the highest raw prices."""
        ...

    @property
    def lows(self) -> Int64:
        """Return the lowest raw prices."""
        ...


@dataclass(frozen=True, eq=False)
class Excursions:
    """Maximum adverse and favourable excursion of n trades, in their order, as arrays of n float64 values.

    `mae_amount` is zero or negative, `mfe_amount` zero or positive, both whole minor units before fees;
    `entered` is each trade's entry value.
    """

    mae_amount: Float64
    mfe_amount: Float64
    entered: Float64

    @cached_property
    def mae(self) -> Float64:
        """Return the adverse excursions as fractions of the entry value; 0 where nothing was entered."""
        return _shares(self.mae_amount, self.entered)

    @cached_property
    def mfe(self) -> Float64:
        """Return the favourable excursions as fractions of the entry value; 0 where nothing was entered."""
        return _shares(self.mfe_amount, self.entered)


def excursions(
    trades: Sequence[Trade],
    fills: Iterable[Fill],
    ranges: Mapping[str, Ranges],
    actions: Sequence[CorporateAction],
) -> Excursions:
    """Return the excursions of closed trades, from the entry's bar to the last one before the exit's.

    Of the exit's bar only the exit itself is known to lie within the trade, so the trade's own result counts
    as an excursion and the rest of that bar does not; the entry's bar counts whole. All of a trade's lots are
    taken to be held throughout, at their average entry price. Raw prices are turned into shares of the exit
    by the splits in between. `fills` are those that closed the trades: a trade that none of them closed was
    ended by a split, and its lots are in the shares before that one. A trade in a symbol without bars has
    its result as its only excursion.
    """
    lowest, highest = np.full((2, len(trades)), np.nan)
    # Only a split makes a difference here, and making every fill costs more than all the rest.
    split = any(isinstance(action, Split) for action in actions)
    closed = {(fill.instrument.symbol, fill.time, fill.side) for fill in fills} if split else None
    for symbol, places in _places(trades).items():
        bars = ranges.get(symbol)
        if bars is not None and len(bars.timestamps):
            own = [trades[place] for place in places]
            by_split = np.zeros(len(own), np.bool_)
            if closed is not None:
                by_split[:] = [_closing(trade) not in closed for trade in own]
            lowest[places], highest[places] = _extremes(own, by_split, bars, actions)
    return _measured(trades, lowest, highest)


def _places(trades: Sequence[Trade]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for place, trade in enumerate(trades):
        found[trade.instrument.symbol].append(place)
    return found


def _closing(trade: Trade) -> tuple[str, int, Side]:
    side = Side.SELL if trade.side is Side.BUY else Side.BUY
    return trade.instrument.symbol, trade.exit_time, side


def _extremes(
    trades: Sequence[Trade], by_split: NDArray[np.bool_], bars: Ranges, actions: Sequence[CorporateAction]
) -> tuple[Float64, Float64]:
    """Return the lowest and highest price of each trade, in ticks of the share that its lots are counted in.

    NaN where entry and exit share a bar.
    """
    shares = shares_at_the_end(bars.timestamps, actions, trades[0].instrument.symbol)
    first = _rows(bars, [trade.entry_time for trade in trades])
    last = _rows(bars, [trade.exit_time for trade in trades])
    lowest, highest = np.full((2, len(trades)), np.nan)
    several = last > first
    if several.any():
        edges = np.column_stack((first[several], last[several])).ravel()
        lowest[several] = np.minimum.reduceat(bars.lows / shares, edges)[::2]
        highest[several] = np.maximum.reduceat(bars.highs / shares, edges)[::2]
    counted_in = shares[np.maximum(first, last - by_split)]
    return lowest * counted_in, highest * counted_in


def _rows(bars: Ranges, times: Sequence[int]) -> Int64:
    """Return the row of the last bar at or before each time, the first row before all bars."""
    rows = np.searchsorted(bars.timestamps, np.array(times, np.int64), side="right") - 1
    return np.maximum(rows, 0)


def _measured(trades: Sequence[Trade], lowest: Float64, highest: Float64) -> Excursions:
    long = np.array([trade.side is Side.BUY for trade in trades], np.bool_)
    entered = np.array([trade.entry_value for trade in trades], np.float64)
    result = np.array([trade.realised for trade in trades], np.float64)
    tick = np.array([_worth_of_a_tick(trade) for trade in trades], np.float64)
    at_low, at_high = lowest * tick - entered, highest * tick - entered
    worst, best = np.where(long, at_low, -at_high), np.where(long, at_high, -at_low)
    return Excursions(
        mae_amount=np.rint(np.fmin(worst, np.minimum(result, 0.0))),
        mfe_amount=np.rint(np.fmax(best, np.maximum(result, 0.0))),
        entered=entered,
    )


def _worth_of_a_tick(trade: Trade) -> float:
    numerator, denominator = trade.instrument.unit_value
    return trade.lots * numerator / denominator


def _shares(amounts: Float64, entered: Float64) -> Float64:
    return np.divide(amounts, entered, out=np.zeros(len(amounts)), where=entered != 0)

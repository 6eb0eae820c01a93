"""Oscillators: where the price stands in what it has done lately."""

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

from app.indicators.base import Columns, Indicator, Source
from app.indicators.prices import TYPICAL_PRICE
from app.indicators.recurrences import NOISE, rolling_sum, rows_since_highest, rows_since_lowest
from app.indicators.sma import SMA


@dataclass(frozen=True)
class StochasticK(Indicator):
    """Where the close stands in the range of the last `length` bars: 0 to 100, and 0 without a range.

    100 (close - lowest) / (highest - lowest). Source: Lane 1984, "Lane's Stochastics". Warm-up: `length`
    bars.
    """

    length: int = 14

    inputs = ("highs", "lows", "closes")
    start = (0, -1, -1)

    @staticmethod
    def step(
        state: tuple[int, int, int], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, int, int], float]:
        """Follow the highest high and the lowest low."""
        seen, top, bottom = state
        length = params[0]
        seen += 1
        top = rows_since_highest(columns[0], row, length, top)
        bottom = rows_since_lowest(columns[1], row, length, bottom)
        if seen < length:
            return (seen, top, bottom), nan
        lowest = columns[1][row - bottom]
        height = columns[0][row - top] - lowest
        return (seen, top, bottom), ((columns[2][row] - lowest) / (height / 100.0) if height != 0.0 else 0.0)


class StochasticValues(NamedTuple):
    """The oscillator and its moving average."""

    k: float
    d: float


@dataclass(frozen=True)
class Stochastic(Indicator):
    """The stochastic oscillator, 0 to 100; with `slowing` 1 it is the fast one, otherwise the slow one.

    k = SMA of StochasticK(length) over `slowing` bars, d = SMA of k over `smoothing` bars. Source: Lane 1984,
    "Lane's Stochastics"; TA-Lib's STOCH and STOCHF. Warm-up: length + slowing + smoothing - 2 bars.
    """

    length: int = 14
    slowing: int = 3
    smoothing: int = 3

    Values = StochasticValues
    start = SMA.start

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return k."""
        raw = StochasticK(self.length)
        return (raw if self.slowing == 1 else SMA(self.slowing, raw),)

    @property
    def window(self) -> int:
        """Return the length of d."""
        return self.smoothing

    @property
    def params(self) -> tuple[int]:
        """Return the length of d."""
        return (self.smoothing,)

    @staticmethod
    def step(
        state: tuple[int, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, float], tuple[float, float]]:
        """Exchange the oldest k for the newest in the sum of d."""
        seen, total = state
        length = params[0]
        seen += 1
        total = rolling_sum(seen, total, columns[0], row, length)
        return (seen, total), ((columns[0][row], total / length) if seen >= length else (nan, nan))


@dataclass(frozen=True)
class WilliamsR(Indicator):
    """How far the close is below the top of the last `length` bars' range: -100 to 0, and 0 without a range.

    -100 (highest - close) / (highest - lowest). Source: Williams 1973, "How I Made One Million Dollars Last
    Year Trading Commodities". Warm-up: `length` bars.
    """

    length: int = 14

    inputs = ("highs", "lows", "closes")
    start = (0, -1, -1)

    @staticmethod
    def step(
        state: tuple[int, int, int], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, int, int], float]:
        """Follow the highest high and the lowest low."""
        seen, top, bottom = state
        length = params[0]
        seen += 1
        top = rows_since_highest(columns[0], row, length, top)
        bottom = rows_since_lowest(columns[1], row, length, bottom)
        if seen < length:
            return (seen, top, bottom), nan
        highest = columns[0][row - top]
        height = highest - columns[1][row - bottom]
        return (seen, top, bottom), (
            (highest - columns[2][row]) / (height / -100.0) if height != 0.0 else 0.0
        )


@dataclass(frozen=True)
class CCI(Indicator):
    """The commodity channel index: the typical price's distance from its mean, in mean deviations of 0.015.

    CCI = (TP - mean) / (0.015 mean |TP[i] - mean|), and 0 if nothing moved. Source: Lambert 1980, "Commodity
    Channel Index". Warm-up: `length` bars. The deviations from a moving mean have no recurrence: the window
    is summed at every bar.
    """

    length: int = 20

    inputs = (TYPICAL_PRICE,)
    start = (0,)

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Measure from the newest value, so that equal values give exactly zero."""
        seen = state[0] + 1
        length = params[0]
        if seen < length:
            return (seen,), nan
        column = columns[0]
        latest = column[row]
        mean = 0.0
        for ago in range(1, length):
            mean += column[row - ago] - latest
        mean /= length
        deviation = abs(mean)
        for ago in range(1, length):
            deviation += abs(column[row - ago] - latest - mean)
        deviation /= length
        return (seen,), (-mean / (0.015 * deviation) if deviation > NOISE * abs(latest) else 0.0)

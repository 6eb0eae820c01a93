"""How far prices reach: true ranges, and the bands and channels made of them."""

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

from app.indicators.averages import EMA
from app.indicators.base import Columns, Indicator, Source
from app.indicators.prices import TYPICAL_PRICE
from app.indicators.recurrences import (
    offsets,
    rows_since_highest,
    rows_since_lowest,
    true_range,
    wilder_mean,
)


class BandValues(NamedTuple):
    """The two bounds and the line between them."""

    upper: float
    middle: float
    lower: float


@dataclass(frozen=True)
class TrueRange(Indicator):
    """How far a bar reached, a gap from the close before it included, in price units.

    TR = max(high - low, |high - close[t - 1]|, |low - close[t - 1]|). Source: Wilder 1978, "New Concepts in
    Technical Trading Systems". Warm-up: 2 bars, for there is no close before the first.
    """

    inputs = ("highs", "lows", "closes")
    window = 2
    start = (0,)

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, _params: tuple[()]) -> tuple[tuple[int], float]:
        """Look at one close before."""
        seen = state[0] + 1
        if seen == 1:
            return (seen,), nan
        return (seen,), true_range(columns[0][row], columns[1][row], columns[2][row - 1])


@dataclass(frozen=True)
class ATR(Indicator):
    """The average true range, in price units.

    ATR = (ATR[t - 1] (length - 1) + TR) / length, seeded with the mean of the first `length` true ranges.
    Source: Wilder 1978, "New Concepts in Technical Trading Systems". Warm-up: length + 1 bars.
    """

    length: int = 14

    inputs = (TrueRange(),)
    start = (0, 0.0)

    @staticmethod
    def step(
        state: tuple[int, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, float], float]:
        """Move the mean towards the newest true range."""
        seen, mean = state
        length = params[0]
        seen += 1
        mean = wilder_mean(seen, mean, columns[0][row], length)
        return (seen, mean), (mean if seen >= length else nan)


@dataclass(frozen=True)
class NATR(Indicator):
    """The normalised average true range, in percent of the close, and 0 where the close is 0.

    100 ATR / close. Source: Forman 2006, "Cross-Market Evaluations with Normalized Average True Range".
    Warm-up: length + 1 bars.
    """

    length: int = 14

    window = 1
    start = ()

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the average true range and the closes."""
        return ATR(self.length), "closes"

    @staticmethod
    def step(_state: tuple[()], row: int, columns: Columns, _params: tuple[int]) -> tuple[tuple[()], float]:
        """Divide by the close."""
        close = columns[1][row]
        return (), (columns[0][row] / close * 100.0 if close != 0.0 else 0.0)


@dataclass(frozen=True)
class BollingerBands(Indicator):
    """The moving average and the bounds `deviations` standard deviations from it, in the unit of the source.

    middle = SMA, upper and lower = middle ± deviations x standard deviation (population). Source: Bollinger
    2001, "Bollinger on Bollinger Bands". Warm-up: `length` bars.
    """

    length: int = 20
    deviations: float = 2.0
    source: Source = "closes"

    Values = BandValues
    start = (0,)

    @staticmethod
    def step(
        state: tuple[int], row: int, columns: Columns, params: tuple[int, float]
    ) -> tuple[tuple[int], tuple[float, float, float]]:
        """Take both moments of the window from its newest value."""
        seen = state[0] + 1
        length, deviations = params
        if seen < length:
            return (seen,), (nan, nan, nan)
        mean, deviation = offsets(columns[0], row, length)
        middle = columns[0][row] + mean
        reach = deviations * deviation
        return (seen,), (middle + reach, middle, middle - reach)


@dataclass(frozen=True)
class KeltnerChannels(Indicator):
    """An exponential average and the bounds `multiple` average true ranges from it, in price units.

    middle = EMA(length), upper and lower = middle ± multiple x ATR(atr_length). Source: Keltner 1960, "How to
    Make Money in Commodities", in Raschke's later form; TA-Lib's KC, which seeds the range later. Warm-up:
    `length` or atr_length + 1 bars, the longer.
    """

    length: int = 20
    atr_length: int = 10
    multiple: float = 2.0
    source: Source = TYPICAL_PRICE

    Values = BandValues
    window = 1
    start = ()

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the average and the true range."""
        return EMA(self.length, self.source), ATR(self.atr_length)

    @staticmethod
    def step(
        _state: tuple[()], row: int, columns: Columns, params: tuple[int, int, float]
    ) -> tuple[tuple[()], tuple[float, float, float]]:
        """Go up and down from the average."""
        middle = columns[0][row]
        reach = params[2] * columns[1][row]
        return (), (middle + reach, middle, middle - reach)


@dataclass(frozen=True)
class DonchianChannels(Indicator):
    """The highest high and the lowest low of the last `length` bars and the middle of both, in price units.

    The newest bar is one of them: a breakout is a price beyond the channel of the bar before. Source:
    Donchian 1960, "Trend-Following Methods in Commodity Price Analysis". Warm-up: `length` bars.
    """

    length: int = 20

    Values = BandValues
    inputs = ("highs", "lows")
    start = (0, -1, -1)

    @staticmethod
    def step(
        state: tuple[int, int, int], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, int, int], tuple[float, float, float]]:
        """Follow the highest high and the lowest low."""
        seen, top, bottom = state
        length = params[0]
        seen += 1
        top = rows_since_highest(columns[0], row, length, top)
        bottom = rows_since_lowest(columns[1], row, length, bottom)
        if seen < length:
            return (seen, top, bottom), (nan, nan, nan)
        upper = columns[0][row - top]
        lower = columns[1][row - bottom]
        return (seen, top, bottom), (upper, (upper + lower) / 2.0, lower)

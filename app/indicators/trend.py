"""Which way prices go, and how firmly."""

from dataclasses import dataclass
from math import nan
from typing import ClassVar, NamedTuple

from app.indicators.base import Columns, Indicator
from app.indicators.recurrences import rows_since_highest, rows_since_lowest, true_range


class ADXValues(NamedTuple):
    """The strength of the trend, and that of the upward and the downward movement."""

    adx: float
    plus_di: float
    minus_di: float


@dataclass(frozen=True)
class ADX(Indicator):
    """The average directional index and the directional indicators, all 0 to 100, and 0 if nothing moved.

    DI = 100 x smoothed directional movement / smoothed true range, DX = 100 |+DI - -DI| / (+DI + -DI), ADX =
    Wilder's mean of DX. Sums start as those of the first length - 1 movements, as in TA-Lib. Source: Wilder
    1978, "New Concepts in Technical Trading Systems". Warm-up: 2 length bars.
    """

    length: int = 14

    least: ClassVar = {"length": 2}
    Values = ADXValues
    inputs = ("highs", "lows", "closes")
    start = (0, 0.0, 0.0, 0.0, 0.0)

    @property
    def window(self) -> int:
        """Return twice the length: the movement is smoothed first, then the index."""
        return 2 * self.length

    @staticmethod
    def step(
        state: tuple[int, float, float, float, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, float, float, float, float], tuple[float, float, float]]:
        """Smooth the newest movement, then the index made of it."""
        seen, plus, minus, reach, adx = state
        length = params[0]
        highs, lows, closes = columns[0], columns[1], columns[2]
        seen += 1
        if seen == 1:
            return (seen, plus, minus, reach, adx), (nan, nan, nan)
        if seen > length:
            plus -= plus / length
            minus -= minus / length
            reach -= reach / length
        up = highs[row] - highs[row - 1]
        down = lows[row - 1] - lows[row]
        if up > down and up > 0.0:
            plus += up
        elif down > up and down > 0.0:
            minus += down
        reach += true_range(highs[row], lows[row], closes[row - 1])
        plus_di = 100.0 * (plus / reach) if reach > 0.0 else 0.0
        minus_di = 100.0 * (minus / reach) if reach > 0.0 else 0.0
        both = plus_di + minus_di
        if both > 0.0 and seen > length:
            index = 100.0 * (abs(plus_di - minus_di) / both)
            adx = adx + index if seen <= 2 * length else (adx * (length - 1) + index) / length
        if seen == 2 * length:
            adx /= length
        if seen < 2 * length:
            return (seen, plus, minus, reach, adx), (nan, nan, nan)
        return (seen, plus, minus, reach, adx), (adx, plus_di, minus_di)


class AroonValues(NamedTuple):
    """How recent the highest high and the lowest low are, and the difference."""

    up: float
    down: float
    oscillator: float


@dataclass(frozen=True)
class Aroon(Indicator):
    """How recent the highest high (up) and the lowest low (down) of the last length + 1 bars are, 0 to 100.

    up = 100 (length - bars since the highest high) / length, down likewise, oscillator = up - down (-100 to
    100); of equal values the latest counts. Source: Chande 1995, "The Time Price Oscillator". Warm-up:
    length + 1 bars.
    """

    length: int = 14

    Values = AroonValues
    inputs = ("highs", "lows")
    start = (0, -1, -1)

    @property
    def window(self) -> int:
        """Return the length and the newest bar."""
        return self.length + 1

    @staticmethod
    def step(
        state: tuple[int, int, int], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, int, int], tuple[float, float, float]]:
        """Follow the highest high and the lowest low."""
        seen, top, bottom = state
        length = params[0]
        seen += 1
        top = rows_since_highest(columns[0], row, length + 1, top)
        bottom = rows_since_lowest(columns[1], row, length + 1, bottom)
        if seen <= length:
            return (seen, top, bottom), (nan, nan, nan)
        scale = 100.0 / length
        out = (scale * (length - top), scale * (length - bottom), scale * (bottom - top))
        return (seen, top, bottom), out


class IchimokuValues(NamedTuple):
    """The middles of the short and the long range, and the two bounds of the cloud."""

    conversion: float
    base: float
    span_a: float
    span_b: float


@dataclass(frozen=True)
class Ichimoku(Indicator):
    """The one-glance equilibrium chart: middles of the ranges of three lengths, in price units.

    conversion and base = (highest high + lowest low) / 2 of as many bars as these options say, span_b = the
    same of `span` bars, span_a = (conversion + base) / 2. The spans are given at the bar at which they are
    known; charts draw them `base` bars later, so the cloud drawn at this bar is
    `series(...).span_a[-1 - base]`. The lagging span is the close itself, drawn earlier. Source: Hosoda 1969.
    Warm-up: the longest length.
    """

    conversion: int = 9
    base: int = 26
    span: int = 52

    Values = IchimokuValues
    inputs = ("highs", "lows")
    start = (0, -1, -1, -1, -1, -1, -1)

    @property
    def window(self) -> int:
        """Return the longest length."""
        return max(self.conversion, self.base, self.span)

    @staticmethod
    def step(
        state: tuple[int, int, int, int, int, int, int],
        row: int,
        columns: Columns,
        params: tuple[int, int, int],
    ) -> tuple[tuple[int, int, int, int, int, int, int], tuple[float, float, float, float]]:
        """Follow the highest high and the lowest low of each length."""
        seen, top, bottom, base_top, base_bottom, span_top, span_bottom = state
        highs, lows = columns[0], columns[1]
        seen += 1
        top = rows_since_highest(highs, row, params[0], top)
        bottom = rows_since_lowest(lows, row, params[0], bottom)
        base_top = rows_since_highest(highs, row, params[1], base_top)
        base_bottom = rows_since_lowest(lows, row, params[1], base_bottom)
        span_top = rows_since_highest(highs, row, params[2], span_top)
        span_bottom = rows_since_lowest(lows, row, params[2], span_bottom)
        after = (seen, top, bottom, base_top, base_bottom, span_top, span_bottom)
        if seen < max(params[0], params[1], params[2]):
            return after, (nan, nan, nan, nan)
        conversion = (highs[row - top] + lows[row - bottom]) / 2.0
        base = (highs[row - base_top] + lows[row - base_bottom]) / 2.0
        span_b = (highs[row - span_top] + lows[row - span_bottom]) / 2.0
        return after, (conversion, base, (conversion + base) / 2.0, span_b)

"""Stops that follow a trend and turn with it."""

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

from app.indicators.base import Column, Columns, Indicator, Source
from app.indicators.volatility import ATR


def _first_side(highs: Column, lows: Column, row: int) -> float:
    """Return -1 if the movement from the row before is downward by Wilder's definition, otherwise 1."""
    down = lows[row - 1] - lows[row]
    return -1.0 if down > 0.0 and highs[row] - highs[row - 1] < down else 1.0


@dataclass(frozen=True)
class ParabolicSAR(Indicator):
    """The parabolic stop and reverse: a stop that follows the trend ever faster, in price units.

    SAR[t + 1] = SAR + a (extreme - SAR), kept behind the last two bars; a grows by `acceleration` with every
    new extreme, up to `maximum`, and starts again when a bar reaches the stop and the trend turns. Source:
    Wilder 1978, "New Concepts in Technical Trading Systems"; the first two bars as in TA-Lib. Warm-up: 2
    bars.
    """

    acceleration: float = 0.02
    maximum: float = 0.2

    inputs = ("highs", "lows")
    window = 2
    start = (0, 1.0, 0.0, 0.0, 0.0)

    @property
    def params(self) -> tuple[float, float]:
        """Return the acceleration, not above the maximum, and the maximum."""
        return float(min(self.acceleration, self.maximum)), float(self.maximum)

    @staticmethod
    def step(
        state: tuple[int, float, float, float, float], row: int, columns: Columns, params: tuple[float, float]
    ) -> tuple[tuple[int, float, float, float, float], float]:
        """Follow the trend; a downward one is seen upside down, so that one rule serves both."""
        seen, side, stop, extreme, weight = state
        acceleration, maximum = params
        highs, lows = columns[0], columns[1]
        seen += 1
        if seen == 1:
            return (seen, side, stop, extreme, weight), nan
        before = row - 1
        if seen == 2:
            side = _first_side(highs, lows, row)
            stop = lows[row - 1] if side > 0.0 else -highs[row - 1]
            extreme = highs[row] if side > 0.0 else -lows[row]
            weight = acceleration
            before = row
        if side > 0.0:
            near, far = lows[row], highs[row]
            near_before, far_before = lows[before], highs[before]
        else:
            near, far = -highs[row], -lows[row]
            near_before, far_before = -highs[before], -lows[before]
        out = stop
        if near > stop:
            if far > extreme:
                extreme = far
                weight = min(weight + acceleration, maximum)
            stop = min(stop + weight * (extreme - stop), near_before, near)
            return (seen, side, stop, extreme, weight), side * out
        # The trend turns: its extreme becomes the stop, and what was far ahead is now near, upside down.
        out = max(extreme, far_before, far)
        stop = min(-out + acceleration * (out - near), -far_before, -far)
        return (seen, -side, stop, -near, acceleration), side * out


class SupertrendValues(NamedTuple):
    """The band on which the trend rests, and 1 in an upward, -1 in a downward trend."""

    line: float
    direction: float


@dataclass(frozen=True)
class Supertrend(Indicator):
    """A band of average true ranges around the bar's middle that follows the trend and turns with it.

    Bands = (high + low) / 2 ± multiple x ATR(length), in price units. The lower one only rises and the upper
    one only falls until a close beyond it; the trend, upward at first, turns when a close passes its band.
    Source: Seban's Supertrend; TA-Lib's SUPERTREND. Warm-up: length + 1 bars.
    """

    length: int = 10
    multiple: float = 3.0

    Values = SupertrendValues
    window = 1
    start = (0, 0.0, 0.0, 1.0)

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the average true range and the bars."""
        return ATR(self.length), "highs", "lows", "closes"

    @staticmethod
    def step(
        state: tuple[int, float, float, float], row: int, columns: Columns, params: tuple[int, float]
    ) -> tuple[tuple[int, float, float, float], tuple[float, float]]:
        """Move the two bands, then see whether the close has passed the one that counts."""
        seen, upper, lower, direction = state
        reach = params[1] * columns[0][row]
        middle = (columns[1][row] + columns[2][row]) / 2.0
        close = columns[3][row]
        before = columns[3][row - 1] if seen > 0 else close
        if seen == 0 or middle + reach < upper or before > upper:
            upper = middle + reach
        if seen == 0 or middle - reach > lower or before < lower:
            lower = middle - reach
        if seen > 0 and direction < 0.0 and close > upper:
            direction = 1.0
        elif seen > 0 and direction > 0.0 and close < lower:
            direction = -1.0
        line = lower if direction > 0.0 else upper
        return (1, upper, lower, direction), (line, direction)

"""Statistics of the last values.

Each sums its window anew at every bar, from the newest value: running sums of squares would keep the rounding
errors of every value that ever passed, and a constant price would get a deviation.
"""

from dataclasses import dataclass
from math import nan, sqrt
from typing import ClassVar, NamedTuple

from app.indicators.base import Columns, Indicator, Source
from app.indicators.momentum import ROC
from app.indicators.recurrences import joint_sums, offsets


@dataclass(frozen=True)
class StandardDeviation(Indicator):
    """The standard deviation of the last `length` values as a population, in the unit of the source.

    sqrt(mean of (x - mean)²). Source: TA-Lib's STDDEV. Warm-up: `length` bars.
    """

    length: int = 20
    source: Source = "closes"

    start = (0,)

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Take the second moment of the window."""
        seen = state[0] + 1
        length = params[0]
        if seen < length:
            return (seen,), nan
        _, deviation = offsets(columns[0], row, length)
        return (seen,), deviation


@dataclass(frozen=True)
class ZScore(Indicator):
    """How many standard deviations (population) the newest value is above the mean; 0 if nothing moved.

    (x - mean) / standard deviation, of the last `length` values. Warm-up: `length` bars.
    """

    length: int = 20
    source: Source = "closes"

    least: ClassVar = {"length": 2}
    start = (0,)

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Compare the newest value with both moments of the window."""
        seen = state[0] + 1
        length = params[0]
        if seen < length:
            return (seen,), nan
        mean, deviation = offsets(columns[0], row, length)
        return (seen,), (-mean / deviation if deviation > 0.0 else 0.0)


class LinearRegressionValues(NamedTuple):
    """The line's value at the newest bar, its rise per bar, and how well it fits, 0 to 1."""

    value: float
    slope: float
    r2: float


@dataclass(frozen=True)
class LinearRegression(Indicator):
    """The straight line through the last `length` values by least squares.

    value is in the unit of the source and slope in that unit per bar, r2 = 1 - residual / total sum of
    squares, and 0 if nothing moved. Source: TA-Lib's LINEARREG and LINEARREG_SLOPE. Warm-up: `length` bars.
    """

    length: int = 14
    source: Source = "closes"

    least: ClassVar = {"length": 2}
    Values = LinearRegressionValues
    start = (0,)

    @staticmethod
    def step(
        state: tuple[int], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int], tuple[float, float, float]]:
        """Count bars from the middle of the window, and values from the newest."""
        seen = state[0] + 1
        length = params[0]
        if seen < length:
            return (seen,), (nan, nan, nan)
        column = columns[0]
        middle = (length - 1) / 2.0
        total = 0.0
        squares = 0.0
        product = 0.0
        for ago in range(1, length):
            offset = column[row - ago] - column[row]
            total += offset
            squares += offset * offset
            product += (middle - ago) * offset
        slope = product / (length * (length * length - 1) / 12.0)
        value = column[row] + total / length + slope * middle
        spread = squares - total * total / length
        r2 = min(slope * product / spread, 1.0) if spread > 0.0 else 0.0
        return (seen,), (value, slope, r2)


@dataclass(frozen=True)
class Correlation(Indicator):
    """How closely two columns move together over the last `length` bars, -1 to 1; 0 if one does not move.

    Pearson's coefficient, Sxy / sqrt(Sxx Syy). Source: Pearson 1895; TA-Lib's CORREL. Warm-up: `length` bars.
    """

    length: int = 30
    source: Source = "closes"
    against: Source = "volumes"

    least: ClassVar = {"length": 2}
    start = (0,)

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the two columns."""
        return self.source, self.against

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Take the joint moments of the window."""
        seen = state[0] + 1
        length = params[0]
        if seen < length:
            return (seen,), nan
        xx, yy, xy = joint_sums(columns[0], columns[1], row, length)
        if xx <= 0.0 or yy <= 0.0:
            return (seen,), 0.0
        return (seen,), max(min(xy / (sqrt(xx) * sqrt(yy)), 1.0), -1.0)


@dataclass(frozen=True)
class Beta(Indicator):
    """How strongly the source's returns follow those of `against`, by least squares; 0 if that does not move.

    Sxy / Sxx of the last `length` returns bar by bar, x of `against` and y of `source`. Source: Sharpe 1963;
    TA-Lib's BETA, which takes `against` first. Warm-up: length + 1 bars.
    """

    length: int = 5
    source: Source = "closes"
    against: Source = "volumes"

    least: ClassVar = {"length": 2}
    start = (0,)

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the two returns."""
        return ROC(1, self.against), ROC(1, self.source)

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Take the joint moments of the returns."""
        seen = state[0] + 1
        length = params[0]
        if seen < length:
            return (seen,), nan
        xx, _, xy = joint_sums(columns[0], columns[1], row, length)
        return (seen,), (xy / xx if xx > 0.0 else 0.0)

"""Moving averages beside the simple one, each in the unit of its source."""

from dataclasses import dataclass
from math import isqrt, nan
from typing import ClassVar

from app.indicators.base import Columns, Indicator, Source
from app.indicators.recurrences import exponential_mean


@dataclass(frozen=True)
class EMA(Indicator):
    """The exponential moving average, seeded with the mean of the first `length` values.

    EMA = EMA[t - 1] + k (x - EMA[t - 1]), k = 2 / (length + 1). Source: TA-Lib's EMA. Warm-up: `length`
    bars.
    """

    length: int
    source: Source = "closes"

    start = (0, 0.0)

    @property
    def params(self) -> tuple[int, float]:
        """Return the length and the weight of the newest value."""
        return self.length, 2.0 / (self.length + 1)

    @staticmethod
    def step(
        state: tuple[int, float], row: int, columns: Columns, params: tuple[int, float]
    ) -> tuple[tuple[int, float], float]:
        """Move the mean towards the newest value."""
        seen, mean = state
        length, weight = params
        seen += 1
        mean = exponential_mean(seen, mean, columns[0][row], length, weight)
        return (seen, mean), (mean if seen >= length else nan)


@dataclass(frozen=True)
class WMA(Indicator):
    """The linearly weighted moving average: the newest value counts `length` times, the oldest once.

    WMA = (length x[t] + ... + 1 x[t - length + 1]) / (length (length + 1) / 2). Source: TA-Lib's WMA.
    Warm-up: `length` bars. The window is summed anew at every bar: running sums of sums would drift without
    bound.
    """

    length: int
    source: Source = "closes"

    start = (0,)

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Sum the window, measured from its newest value, so that a constant price is met exactly."""
        seen = state[0] + 1
        length = params[0]
        if seen < length:
            return (seen,), nan
        column = columns[0]
        latest = column[row]
        total = 0.0
        for ago in range(1, length):
            total += (length - ago) * (column[row - ago] - latest)
        return (seen,), latest + total / (length * (length + 1) / 2)


@dataclass(frozen=True)
class DEMA(Indicator):
    """The double exponential moving average, which makes up for most of the EMA's lag.

    DEMA = 2 EMA - EMA(EMA). Source: Mulloy 1994, "Smoothing Data with Faster Moving Averages". Warm-up:
    2 length - 1 bars.
    """

    length: int
    source: Source = "closes"

    window = 1
    start = ()

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the average and the average of the average."""
        once = EMA(self.length, self.source)
        return once, EMA(self.length, once)

    @staticmethod
    def step(_state: tuple[()], row: int, columns: Columns, _params: tuple[int]) -> tuple[tuple[()], float]:
        """Take the lag off."""
        return (), 2.0 * columns[0][row] - columns[1][row]


@dataclass(frozen=True)
class TEMA(Indicator):
    """The triple exponential moving average, with still less lag than DEMA.

    TEMA = 3 EMA - 3 EMA(EMA) + EMA(EMA(EMA)). Source: Mulloy 1994, "Smoothing Data with Less Lag". Warm-up:
    3 length - 2 bars.
    """

    length: int
    source: Source = "closes"

    window = 1
    start = ()

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the average, its average, and the average of that."""
        once = EMA(self.length, self.source)
        twice = EMA(self.length, once)
        return once, twice, EMA(self.length, twice)

    @staticmethod
    def step(_state: tuple[()], row: int, columns: Columns, _params: tuple[int]) -> tuple[tuple[()], float]:
        """Take the lag off, twice."""
        return (), 3.0 * columns[0][row] - 3.0 * columns[1][row] + columns[2][row]


@dataclass(frozen=True)
class HullDifference(Indicator):
    """The Hull moving average before its last smoothing: a WMA of half the length, moved on.

    2 WMA(length // 2) - WMA(length). Source: Hull 2005. Warm-up: `length` bars.
    """

    length: int
    source: Source = "closes"

    least: ClassVar = {"length": 2}
    window = 1
    start = ()

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the average of half the length and that of the whole."""
        return WMA(self.length // 2, self.source), WMA(self.length, self.source)

    @staticmethod
    def step(_state: tuple[()], row: int, columns: Columns, _params: tuple[int]) -> tuple[tuple[()], float]:
        """Add the distance once more."""
        return (), 2.0 * columns[0][row] - columns[1][row]


@dataclass(frozen=True)
class HMA(Indicator):
    """The Hull moving average: smooth, and nearly without lag.

    HMA = WMA(2 WMA(length // 2) - WMA(length)) over isqrt(length) values. Source: Hull 2005, "The Hull Moving
    Average". Warm-up: length + isqrt(length) - 1 bars.
    """

    length: int
    source: Source = "closes"

    least: ClassVar = {"length": 2}
    start = WMA.start
    step = staticmethod(WMA.step)

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the raw Hull average."""
        return (HullDifference(self.length, self.source),)

    @property
    def window(self) -> int:
        """Return the length of the last smoothing."""
        return isqrt(self.length)

    @property
    def params(self) -> tuple[int]:
        """Return the length of the last smoothing."""
        return (isqrt(self.length),)


@dataclass(frozen=True)
class KAMA(Indicator):
    """Kaufman's adaptive moving average: fast in a trend, slow in noise.

    KAMA = KAMA[t - 1] + c (x - KAMA[t - 1]), c = (E (2/3 - 2/31) + 2/31)², with the efficiency
    E = |x[t] - x[t - length]| / sum of |x[i] - x[i - 1]| over `length` changes, 1 if nothing moved. Source:
    Kaufman 1995, "Smarter Trading"; as in TA-Lib the value before the first result stands for the average
    before it. Warm-up: length + 1 bars.
    """

    length: int = 10
    source: Source = "closes"

    start = (0, 0.0)

    @property
    def window(self) -> int:
        """Return the length and the value before it."""
        return self.length + 1

    @staticmethod
    def step(
        state: tuple[int, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, float], float]:
        """Move the average as fast as the way was straight."""
        seen, mean = state
        length = params[0]
        column = columns[0]
        seen += 1
        if seen <= length:
            return (seen, column[row]), nan
        change = column[row] - column[row - length]
        way = 0.0
        for ago in range(length):
            way += abs(column[row - ago] - column[row - ago - 1])
        efficiency = 1.0 if way <= change or way == 0.0 else abs(change / way)
        weight = (efficiency * (2.0 / 3.0 - 2.0 / 31.0) + 2.0 / 31.0) ** 2
        mean = (column[row] - mean) * weight + mean
        return (seen, mean), mean

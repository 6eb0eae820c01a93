"""How fast prices move: changes, rates of change, and averages of them."""

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np

from app.domain.errors import ConfigurationError
from app.indicators.averages import EMA
from app.indicators.base import Columns, Float64, Indicator, Source
from app.indicators.recurrences import exponential_mean, wilder_mean


@dataclass(frozen=True)
class Momentum(Indicator):
    """The change over `length` bars, in the unit of the source.

    x[t] - x[t - length]. Source: TA-Lib's MOM. Warm-up: length + 1 bars.
    """

    length: int = 10
    source: Source = "closes"

    start = (0,)

    @property
    def window(self) -> int:
        """Return the length and the newest value."""
        return self.length + 1

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Compare with the value of `length` rows ago."""
        seen = state[0] + 1
        length = params[0]
        if seen <= length:
            return (seen,), nan
        return (seen,), columns[0][row] - columns[0][row - length]


@dataclass(frozen=True)
class ROC(Indicator):
    """The rate of change over `length` bars, in percent.

    100 (x[t] / x[t - length] - 1), and 0 where the old value is 0. Source: TA-Lib's ROC. Warm-up: length + 1
    bars.
    """

    length: int = 10
    source: Source = "closes"

    start = (0,)

    @property
    def window(self) -> int:
        """Return the length and the newest value."""
        return self.length + 1

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Compare with the value of `length` rows ago."""
        seen = state[0] + 1
        length = params[0]
        if seen <= length:
            return (seen,), nan
        before = columns[0][row - length]
        return (seen,), ((columns[0][row] / before - 1.0) * 100.0 if before != 0.0 else 0.0)

    def sweep(self, *columns: Float64) -> Float64:
        """Return the numbers that the steps give, bit for bit: each is one division."""
        column = columns[0]
        if np.isnan(column).any():
            return super().sweep(column)
        results = np.full(len(column), np.nan)
        before, after = column[: -self.length], column[self.length :]
        found = np.divide(after, before, out=np.ones(len(after)), where=before != 0.0)
        results[self.length :] = (found - 1.0) * 100.0
        return results[np.newaxis]


@dataclass(frozen=True)
class TRIX(Indicator):
    """The rate of change, bar by bar, of an average that was smoothed three times, in percent.

    ROC(1) of EMA(EMA(EMA)). Source: Hutson 1983, "Good TRIX". Warm-up: 3 length - 1 bars.
    """

    length: int = 30
    source: Source = "closes"

    window = 2
    start = ROC.start
    params = (1,)
    step = staticmethod(ROC.step)

    @property
    def inputs(self) -> tuple[Source, ...]:
        """Return the average of the average of the average."""
        return (EMA(self.length, EMA(self.length, EMA(self.length, self.source))),)


@dataclass(frozen=True)
class RSI(Indicator):
    """The relative strength index: gains as a share of all movement, 0 to 100, and 0 if nothing moved.

    RSI = 100 G / (G + L), Wilder's smoothed means of the gains and the losses, seeded with the plain means of
    the first `length` changes. Source: Wilder 1978, "New Concepts in Technical Trading Systems". Warm-up:
    length + 1 bars.
    """

    length: int = 14
    source: Source = "closes"

    start = (0, 0.0, 0.0)

    @property
    def window(self) -> int:
        """Return the length and the value before the first change."""
        return self.length + 1

    @staticmethod
    def step(
        state: tuple[int, float, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, float, float], float]:
        """Take the newest change into the mean gain or the mean loss."""
        seen, gain, loss = state
        length = params[0]
        seen += 1
        if seen == 1:
            return (seen, gain, loss), nan
        change = columns[0][row] - columns[0][row - 1]
        gain = wilder_mean(seen - 1, gain, max(change, 0.0), length)
        loss = wilder_mean(seen - 1, loss, max(-change, 0.0), length)
        if seen <= length:
            return (seen, gain, loss), nan
        total = gain + loss
        return (seen, gain, loss), (100.0 * (gain / total) if total > 0.0 else 0.0)


class MACDValues(NamedTuple):
    """The difference of the averages, its own average, and how far apart these two are."""

    macd: float
    signal: float
    histogram: float


@dataclass(frozen=True)
class MACD(Indicator):
    """The convergence and divergence of two averages, in the unit of the source; `fast` is less than `slow`.

    macd = EMA(fast) - EMA(slow), signal = EMA of macd over `smoothing` bars, histogram = macd - signal.
    Source: Appel 1979; as in TA-Lib the fast average starts late, so that its seed ends on the same bar as
    the slow one's. Warm-up: slow + smoothing - 1 bars.
    """

    fast: int = 12
    slow: int = 26
    smoothing: int = 9
    source: Source = "closes"

    Values = MACDValues
    start = (0, 0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fast >= self.slow:
            raise ConfigurationError(
                f"The fast length of MACD ({self.fast}) must be below the slow ({self.slow}).",
                "Give the shorter length first.",
            )

    @property
    def window(self) -> int:
        """Return the slow length and the smoothing of the signal."""
        return self.slow + self.smoothing - 1

    @property
    def params(self) -> tuple[int, int, int]:
        """Return the three lengths."""
        return self.fast, self.slow, self.smoothing

    @staticmethod
    def step(
        state: tuple[int, float, float, float], row: int, columns: Columns, params: tuple[int, int, int]
    ) -> tuple[tuple[int, float, float, float], tuple[float, float, float]]:
        """Move the two averages, then the signal towards their difference."""
        seen, short, long, signal = state
        fast, slow, smoothing = params
        value = columns[0][row]
        seen += 1
        late = seen - (slow - fast)
        if late > 0:
            short = exponential_mean(late, short, value, fast, 2.0 / (fast + 1))
        long = exponential_mean(seen, long, value, slow, 2.0 / (slow + 1))
        both = seen - slow + 1
        if both < 1:
            return (seen, short, long, signal), (nan, nan, nan)
        macd = short - long
        signal = exponential_mean(both, signal, macd, smoothing, 2.0 / (smoothing + 1))
        if both < smoothing:
            return (seen, short, long, signal), (nan, nan, nan)
        return (seen, short, long, signal), (macd, signal, macd - signal)

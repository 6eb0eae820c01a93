"""The simple moving average."""

from dataclasses import dataclass
from math import nan

import numpy as np

from app.indicators.base import Columns, Float64, Indicator, Source
from app.indicators.recurrences import rolling_sum


@dataclass(frozen=True)
class SMA(Indicator):
    """The simple moving average: the arithmetic mean of the last `length` values, in the unit of its source.

    SMA = (x[t] + ... + x[t - length + 1]) / length. Source: TA-Lib's SMA. Warm-up: `length` bars. A constant
    price leaves it exactly unchanged.
    """

    length: int
    source: Source = "closes"

    start = (0, 0.0)

    @staticmethod
    def step(
        state: tuple[int, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, float], float]:
        """Exchange the oldest value for the newest in the sum."""
        seen, total = state
        length = params[0]
        seen += 1
        total = rolling_sum(seen, total, columns[0], row, length)
        return (seen, total), (total / length if seen >= length else nan)

    def sweep(self, *columns: Float64) -> Float64:
        """Return the numbers that the steps give, bit for bit: a cumulative sum, too, adds one by one."""
        column = columns[0]
        if self.length == 1:
            return column[np.newaxis].copy()
        if np.isnan(column).any():
            return super().sweep(column)
        gains = np.concatenate(([0.0], column[: self.length], column[self.length :] - column[: -self.length]))
        means = np.cumsum(gains)[1:] / self.length
        means[: self.length - 1] = np.nan
        return means[np.newaxis]

"""The simple moving average."""

from collections import deque
from math import nan

from app.indicators.base import Indicator


class SMA(Indicator):
    """The arithmetic mean of the last `length` values of a column (by default the closes).

    The running sum takes in `new - old` in one step, so a constant price leaves it exactly unchanged.
    Raises ValueError when the length is below one.
    """

    def __init__(self, length: int, source: str = "closes") -> None:
        if length < 1:
            raise ValueError(f"A moving average needs a length of at least 1, not {length}.")
        self.length = length
        self.source = source
        self._window: deque[float] = deque(maxlen=length)
        self._sum = 0.0

    @property
    def warmup(self) -> int:
        """Return the length: the first mean needs that many values."""
        return self.length

    def update(self, value: float) -> float:
        """Take the next value and return the mean of the last `length`, NaN before there are as many."""
        window = self._window
        full = len(window) == self.length
        self._sum += value - window[0] if full else value
        window.append(value)
        return self._sum / self.length if len(window) == self.length else nan

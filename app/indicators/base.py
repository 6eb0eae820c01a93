"""What an indicator is: one sequential definition, used bar by bar and over a whole column."""

from abc import ABC, abstractmethod
from copy import deepcopy

import numpy as np
from numpy.typing import NDArray


class Indicator(ABC):
    """A number derived from one column of bars, one value per bar, NaN until `warmup` values were seen."""

    source = "closes"

    @property
    @abstractmethod
    def warmup(self) -> int:
        """Return how many values are needed for the first result."""

    @abstractmethod
    def update(self, value: float) -> float:
        """Take the next value and return the indicator there, NaN during the warm-up."""

    def over(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the indicator at every row of a column, bit for bit what `update` gives from the start."""
        fresh = deepcopy(self)
        return np.fromiter((fresh.update(value) for value in column.tolist()), np.float64, len(column))

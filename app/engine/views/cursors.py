"""Where views stand: a row, as a place in a block of rows whose columns can be had as Python numbers."""

from typing import Any

_MOST_ROWS = 262_144  # of all symbols together: the blocks of one column then take about 8 MB
_LONGEST, _SHORTEST = 8_192, 64


def block_size(symbols: int) -> int:
    """Return how many rows are turned into Python numbers at a time, so that memory stays flat."""
    return min(_LONGEST, max(_SHORTEST, _MOST_ROWS // max(symbols, 1)))


class Cursor:
    """A row, shared by all views that always stand at the same one; `index` is its place in the block.

    `readers` are what views have read of the present block, by name; they are emptied when it changes.
    """

    __slots__ = ("first", "index", "readers", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.first = -size
        self.index = size - 1
        self.readers: list[dict[str, Any]] = []

    @property
    def row(self) -> int:
        """Return the row, -1 before the first."""
        return self.first + self.index

    @property
    def arrived(self) -> int:
        """Return the step at which the row was reached; it is the row where all have a bar at every step."""
        return self.first + self.index

    def move(self, row: int) -> None:
        """Go to a row of another block."""
        self.index = row % self.size
        self.first = row - self.index
        for reader in self.readers:
            reader.clear()


class OwnCursor(Cursor):
    """The row of one symbol that does not have a bar at every step."""

    __slots__ = ("at_step", "symbol")

    def __init__(self, size: int, symbol: str) -> None:
        super().__init__(size)
        self.symbol = symbol
        self.at_step = -1

    @property
    def arrived(self) -> int:
        """Return the step at which the row was reached."""
        return self.at_step

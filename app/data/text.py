"""A column of text fields inside one buffer, so that whole columns can be read at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

_SHOWN = 40


@dataclass(frozen=True, eq=False)
class Text:
    """Fields of UTF-8 text: field i is `buffer[starts[i]:ends[i]]`; the buffer (uint8) is not empty."""

    buffer: NDArray[np.uint8]
    starts: Int64
    ends: Int64

    def __len__(self) -> int:
        return len(self.starts)

    def field(self, row: int) -> str:
        """Return one field as text."""
        return self.buffer[self.starts[row] : self.ends[row]].tobytes().decode("utf-8", "replace")

    def take(self, rows: Int64) -> "Text":
        """Return some of the rows."""
        return Text(self.buffer, self.starts[rows], self.ends[rows])

    def characters(self, position: int) -> NDArray[np.uint8]:
        """Return the byte at a position of every field; beyond a field's end it is some other byte."""
        return self.buffer.take(self.starts + position, mode="clip")

    def matrix(self, width: int) -> NDArray[np.uint8]:
        """Return the fields' first `width` bytes, one row each, filled up with zeros."""
        offsets = np.arange(width)
        characters = self.buffer.take(self.starts[:, None] + offsets, mode="clip")
        characters[offsets >= (self.ends - self.starts)[:, None]] = 0
        return characters


def shown(text: str) -> str:
    """Return text of a file as it may stand in a message: quoted, control characters escaped, not long."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")

"""Renko bricks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.domain.events import Split
from app.domain.money import half_even
from app.engine.consolidation.base import Consolidator, Cut, check_whole, merged
from app.engine.consolidation.members import Consolidated, Members


class _Run(NamedTuple):
    """Bricks of one direction (1 or -1) that one member completes; the first opens at `edge`."""

    row: int
    edge: int
    direction: int
    bricks: int


@dataclass(frozen=True)
class Renko(Consolidator):
    """Bricks of `ticks`: one more for each that a close lies beyond the last; against the trend beyond two.

    They are counted from the first open and completed by closes only, so highs and lows make none. A member
    may complete several at once: the first holds the volume since the brick before, the others none. The
    start of a brick is that of the first member behind the brick before; of the others, of the completing
    one. Source: Nison 1994, "Beyond Candlesticks". Raises ConfigurationError if `ticks` is no whole number
    above zero.
    """

    ticks: int

    def __post_init__(self) -> None:
        check_whole("Renko", "ticks", self.ticks)

    def consolidated(self, members: Members, cuts: Iterable[Cut]) -> Consolidated:
        """Return the complete bricks; a split moves the edge of the last one into new shares."""
        edges = _Edges.at(int(members.opens[0]) if len(members) else 0)
        runs: list[_Run] = []
        row = 0
        for stop, split in cuts:
            more, edges = self._runs(members, edges, row, stop)
            runs += more
            if split is not None:
                members.restate(runs[-1].row + 1 if runs else 0, stop, split)
                edges = edges.after(split, self.ticks)
            row = stop
        return self._bricks(members, runs)

    def _runs(self, members: Members, edges: "_Edges", row: int, stop: int) -> tuple[list[_Run], "_Edges"]:
        size, (low, high, rising) = self.ticks, edges
        runs = []
        at = row
        for block in members.blocks(row, stop):
            for close in members.closes[block].tolist():
                if close - high >= size:
                    count = (close - high) // size
                    runs.append(_Run(at, high, 1, count))
                    high += count * size
                    low, rising = high - size, True
                elif low - close >= size:
                    count = (low - close) // size
                    runs.append(_Run(at, low, -1, count))
                    low -= count * size
                    high, rising = low + size, False
                at += 1
        return runs, _Edges(low, high, rising)

    def _bricks(self, members: Members, runs: list[_Run]) -> Consolidated:
        rows, edges, directions, counts = np.array(runs, np.int64).reshape(-1, 4).T
        leading = np.cumsum(counts) - counts
        order = np.arange(counts.sum()) - np.repeat(leading, counts)
        opens = np.repeat(edges, counts) + order * np.repeat(directions, counts) * self.ticks
        closes = opens + np.repeat(directions, counts) * self.ticks
        lasts = np.repeat(rows, counts)
        whole = merged(members, rows, timestamps=rows, completed=rows)
        opened, volumes = lasts.copy(), np.zeros(len(lasts), np.int64)
        flags = members.flags[lasts]
        opened[leading], volumes[leading], flags[leading] = whole.opened_at, whole.volumes, whole.flags
        return Consolidated(
            instrument=members.instrument,
            timestamps=members.timestamps[opened],
            opens=opens,
            highs=np.maximum(opens, closes),
            lows=np.minimum(opens, closes),
            closes=closes,
            volumes=volumes,
            flags=flags,
            opened_at=opened,
            last_at=lasts,
            completed_at=lasts,
        )


class _Edges(NamedTuple):
    """The low and the high edge of the last brick, and whether it rose; before the first both are one."""

    low: int
    high: int
    rising: bool

    @classmethod
    def at(cls, price: int) -> "_Edges":
        """Return the edges before the first brick."""
        return cls(price, price, True)

    def after(self, split: Split, size: int) -> "_Edges":
        """Return them in new shares: the last close rounded half to even, a brick of full size behind it."""
        close = self.high if self.rising else self.low
        moved = half_even(close * split.denominator, split.numerator)
        if self.low == self.high:
            return _Edges.at(moved)
        return _Edges(moved - size, moved, True) if self.rising else _Edges(moved, moved + size, False)

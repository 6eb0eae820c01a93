"""Trades that rest on a guess: one bar did not tell which of several fills came first."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable

from app.domain.fills import ExecutionFlag, Fill, Trade


class AmbiguousFills:
    """When the fills of each symbol were ambiguous; fills are added in the order of their time."""

    def __init__(self, fills: Iterable[Fill] = ()) -> None:
        self._times: dict[str, list[int]] = defaultdict(list)
        self.add(fills)

    def add(self, fills: Iterable[Fill]) -> None:
        """Take note of those fills that are ambiguous."""
        for fill in fills:
            if fill.flags & ExecutionFlag.AMBIGUOUS:
                self._times[fill.instrument.symbol].append(fill.time)

    def within(self, trade: Trade) -> bool:
        """Return whether the symbol had such a fill in a bar from the trade's entry to its exit."""
        times = self._times.get(trade.instrument.symbol)
        if not times:
            return False
        place = bisect_left(times, trade.entry_time)
        return place < len(times) and times[place] <= trade.exit_time

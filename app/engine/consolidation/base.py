"""What a consolidator is."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import ConfigurationError, InputError, OutOfRange
from app.domain.events import Split
from app.domain.money import bounded
from app.engine.columns import Int64
from app.engine.consolidation.members import Consolidated, Members

Cut = tuple[int, Split | None]
"""A row before which members are taken, and the split that acts there, or None at the end."""


class Consolidator(ABC):
    """How bars or trades become higher bars; a frozen dataclass of its options.

    A bar is decided by what came until its completion, so what is complete never changes with what comes
    later.
    """

    takes_bars: ClassVar[bool] = True
    takes_trades: ClassVar[bool] = True
    needs_volume: ClassVar[bool] = False

    @abstractmethod
    def consolidated(self, members: Members, cuts: Iterable[Cut]) -> Consolidated:
        """Return the complete bars; at each split what belongs to the open bar is restated first."""

    def check(self, members: Members) -> None:
        """Raise InputError if these members cannot be consolidated in this way."""
        symbol, name = members.instrument.symbol, type(self).__name__
        are, lack = ("bars", "trades") if members.length else ("trades", "bars")
        if not (self.takes_bars if members.length else self.takes_trades):
            raise InputError(
                f"{symbol}: {name} cannot be made of {are}.",
                f"Give {name} {lack}; EveryN counts bars, TickBars counts trades.",
            )
        if self.needs_volume and not members.has_volume:
            raise InputError(
                f"{symbol}: {name} need a volume, and these data have none.",
                "Consolidate by time or by range, or use data with volumes.",
            )


class GroupConsolidator(Consolidator):
    """A consolidator whose bars are groups of members: each belongs to one bar, in unbroken order."""

    @abstractmethod
    def ends(self, members: Members, start: int, row: int, stop: int) -> Int64:
        """Return the last rows of the bars that end from `row` to before `stop`, ascending.

        The bar that is open at `row` began at `start`, in present shares; it has not ended before `row`.
        """

    def labels(self, members: Members, firsts: Int64) -> Int64:
        """Return the starts of the bars whose first members are these rows, nanoseconds UTC."""
        return members.timestamps[firsts]

    def completed(self, members: Members, lasts: Int64) -> Int64:  # noqa: ARG002 - some need the members
        """Return the rows that make known that the bars with these last rows are complete."""
        return lasts

    def consolidated(self, members: Members, cuts: Iterable[Cut]) -> Consolidated:
        """Return the complete bars; at each split the members of the open bar are restated first."""
        found: list[Int64] = []
        start = row = 0
        for stop, split in cuts:
            ends = self.ends(members, start, row, stop)
            if len(ends):
                found.append(ends)
                start = int(ends[-1]) + 1
            if split is not None:
                members.restate(start, stop, split)
            row = stop
        lasts = np.concatenate(found) if found else np.empty(0, np.int64)
        firsts = first_rows(lasts)
        return merged(
            members, lasts, timestamps=self.labels(members, firsts), completed=self.completed(members, lasts)
        )


def first_rows(lasts: Int64) -> Int64:
    """Return the first rows of groups that follow each other without a gap and end with these rows."""
    return np.append(0, lasts[:-1] + 1)[: len(lasts)]


def merged(members: Members, lasts: Int64, *, timestamps: Int64, completed: Int64) -> Consolidated:
    """Return one bar for each group of members: first open, highest high, lowest low, last close, all volume.

    Raises OutOfRange where a sum of volumes does not fit 64 bits.
    """
    firsts = first_rows(lasts)
    stop = int(lasts[-1]) + 1 if len(lasts) else 0

    def reduced(function: np.ufunc, column: NDArray[Any]) -> NDArray[Any]:
        found: NDArray[Any] = function.reduceat(column[:stop], firsts) if stop else column[:0]
        return found

    if stop and reduced(np.add, members.volumes.astype(np.float64)).max() >= 2.0**63:
        raise OutOfRange(
            f"{members.instrument.symbol}: the volume of one consolidated bar does not fit 64 bits.",
            "Write volumes with fewer decimals.",
        )
    return Consolidated(
        instrument=members.instrument,
        timestamps=timestamps,
        opens=members.opens[firsts],
        highs=reduced(np.maximum, members.highs),
        lows=reduced(np.minimum, members.lows),
        closes=members.closes[lasts],
        volumes=reduced(np.add, members.volumes),
        flags=reduced(np.bitwise_or, members.flags),
        opened_at=firsts,
        last_at=lasts,
        completed_at=completed,
    )


def check_whole(name: str, option: str, value: object) -> None:
    """Raise ConfigurationError unless an option is a whole number above zero."""
    if type(value) is not int or value < 1:
        raise ConfigurationError(
            f"The option '{option}' of {name} is {value!r}.", "Make it a whole number of at least 1."
        )


def check_amount(name: str, option: str, value: object) -> None:
    """Raise ConfigurationError unless an option is a whole number or a finite decimal above zero."""
    exact = type(value) is int or (isinstance(value, Decimal) and value.is_finite())
    if not (exact and isinstance(value, int | Decimal) and bounded(Decimal(value)) > 0):
        raise ConfigurationError(
            f"The option '{option}' of {name} is {value!r}.",
            "Make it a whole number or a Decimal above zero.",
        )

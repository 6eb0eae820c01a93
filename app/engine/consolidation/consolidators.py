"""Bars that are complete by what their members add up to."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from operator import mul

import numpy as np

from app.domain.money import INT64_MAX
from app.engine.columns import Int64
from app.engine.consolidation.base import GroupConsolidator, check_amount, check_whole
from app.engine.consolidation.members import Members


@dataclass(frozen=True)
class EveryN(GroupConsolidator):
    """One bar out of every `bars` bars. Raises ConfigurationError if that is no whole number above 0."""

    bars: int

    takes_trades = False

    def __post_init__(self) -> None:
        check_whole("EveryN", "bars", self.bars)

    def ends(self, members: Members, start: int, row: int, stop: int) -> Int64:  # noqa: ARG002 - only counts
        """Return every n-th row."""
        return np.arange(start + self.bars - 1, stop, self.bars, dtype=np.int64)


@dataclass(frozen=True)
class TickBars(GroupConsolidator):
    """One bar out of every `trades` trades. Raises ConfigurationError if that is no whole number above 0."""

    trades: int

    takes_bars = False

    def __post_init__(self) -> None:
        check_whole("TickBars", "trades", self.trades)

    def ends(self, members: Members, start: int, row: int, stop: int) -> Int64:  # noqa: ARG002 - only counts
        """Return every n-th row."""
        return np.arange(start + self.trades - 1, stop, self.trades, dtype=np.int64)


@dataclass(frozen=True)
class VolumeBars(GroupConsolidator):
    """A bar is complete when its volume reaches `quantity` (shares, contracts or coins).

    Members stay whole, so a bar may hold more than that. Raises ConfigurationError unless it is an exact
    number above zero.
    """

    quantity: Decimal | int

    needs_volume = True

    def __post_init__(self) -> None:
        check_amount("VolumeBars", "quantity", self.quantity)

    def ends(self, members: Members, start: int, row: int, stop: int) -> Int64:
        """Return the rows at which the sum of the lots is enough."""
        least = ceil(Fraction(self.quantity) / Fraction(members.instrument.lot))
        lots = (members.volumes[block].tolist() for block in members.blocks(start, stop))
        return _sums_reach(least, lots, start, row)


@dataclass(frozen=True)
class DollarBars(GroupConsolidator):
    """A bar is complete when the value traded in it reaches `value`, in the instrument's currency.

    The value of a member is its close times its volume times the multiplier, exactly; members stay whole.
    Source: Lopez de Prado 2018, "Advances in Financial Machine Learning", chapter 2. Raises
    ConfigurationError unless `value` is an exact number above zero.
    """

    value: Decimal | int

    needs_volume = True

    def __post_init__(self) -> None:
        check_amount("DollarBars", "value", self.value)

    def ends(self, members: Members, start: int, row: int, stop: int) -> Int64:
        """Return the rows at which the sum of the values is enough."""
        instrument = members.instrument
        unit = Fraction(instrument.tick) * Fraction(instrument.lot) * Fraction(instrument.multiplier)
        least = ceil(Fraction(self.value) / unit)
        # Products of Python integers, because ticks times lots need not fit 64 bits.
        values = (
            list(map(mul, members.closes[block].tolist(), members.volumes[block].tolist()))
            for block in members.blocks(start, stop)
        )
        return _sums_reach(least, values, start, row)


@dataclass(frozen=True)
class RangeBars(GroupConsolidator):
    """A bar is complete when its high lies `ticks` or more above its low.

    Members stay whole, so a bar may span more than that. Source: Nicolellis 1995, with gaps kept. Raises
    ConfigurationError if `ticks` is no whole number above zero.
    """

    ticks: int

    def __post_init__(self) -> None:
        check_whole("RangeBars", "ticks", self.ticks)

    def ends(self, members: Members, start: int, row: int, stop: int) -> Int64:
        """Return the rows at which the range is wide enough."""
        found = []
        at, highest, lowest = start, -1, INT64_MAX
        for block in members.blocks(start, stop):
            for high, low in zip(members.highs[block].tolist(), members.lows[block].tolist(), strict=True):
                highest, lowest = max(high, highest), min(low, lowest)
                if highest - lowest >= self.ticks and at >= row:
                    found.append(at)
                    highest, lowest = -1, INT64_MAX
                at += 1
        return np.array(found, np.int64)


def _sums_reach(least: int, portions: Iterator[list[int]], start: int, row: int) -> Int64:
    """Return the rows, not before `row`, at which the sum since the last such row, or `start`, is enough."""
    found = []
    at, total = start, 0
    for values in portions:
        for value in values:
            total += value
            if total >= least and at >= row:
                found.append(at)
                total = 0
            at += 1
    return np.array(found, np.int64)

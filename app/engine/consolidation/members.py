"""What higher bars are made of, and what they come out as: whole ticks and lots in columns."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.errors import InputError
from app.domain.events import Split
from app.domain.instruments import Instrument
from app.domain.money import checked, half_even
from app.engine.columns import BarSeries, Int64
from app.engine.sessions import Sessions

_BLOCK = 65_536  # rows that are Python numbers at a time, so that memory stays flat


@dataclass(frozen=True, eq=False)
class Trades:
    """The trades of one instrument as int64 arrays of equal length, oldest first.

    `timestamps` are nanoseconds UTC, never descending; `prices` are ticks and `lots` lots. Raises InputError
    for columns of other lengths and for times that descend.
    """

    instrument: Instrument
    timestamps: Int64
    prices: Int64
    lots: Int64

    def __post_init__(self) -> None:
        symbol = self.instrument.symbol
        if not len(self.timestamps) == len(self.prices) == len(self.lots):
            raise InputError(
                f"{symbol}: the columns of the trades differ in length.",
                "Give one time, price and number of lots for each trade.",
            )
        if (np.diff(self.timestamps) < 0).any():
            raise InputError(f"{symbol}: the times of the trades descend.", "Sort the trades, oldest first.")

    def __len__(self) -> int:
        return len(self.timestamps)


@dataclass(frozen=True, eq=False)
class Consolidated:
    """Completed higher bars, oldest first, as int64 arrays of equal length.

    `timestamps` are the starts of the bars, nanoseconds UTC, never descending; prices are ticks, `volumes`
    lots, `flags` the `BarFlag` values of all members together (uint8). `opened_at` and `last_at` are the rows
    of the first and the last member; after the member at `completed_at`, and not before, the bar is known.
    """

    instrument: Instrument
    timestamps: Int64
    opens: Int64
    highs: Int64
    lows: Int64
    closes: Int64
    volumes: Int64
    flags: NDArray[np.uint8]
    opened_at: Int64
    last_at: Int64
    completed_at: Int64

    def __len__(self) -> int:
        return len(self.timestamps)


class Members:
    """Bars or trades on their way into higher bars; a trade is a bar of one price and no length."""

    def __init__(
        self, instrument: Instrument, length: int, timestamps: Int64, flags: NDArray[np.uint8]
    ) -> None:
        self.instrument = instrument
        self.length = length
        self.timestamps = timestamps
        self.flags = flags
        self.sessions: Sessions | None = None
        self.has_volume = True
        self.opens = self.highs = self.lows = self.closes = self.volumes = timestamps

    @classmethod
    def of_bars(cls, series: BarSeries) -> "Members":
        """Return a series' bars."""
        members = cls(series.instrument, series.timeframe.nanoseconds, series.timestamps, series.flags)
        members.opens, members.highs = series.opens, series.highs
        members.lows, members.closes = series.lows, series.closes
        members.volumes, members.has_volume = series.volumes, series.has_volume
        return members

    @classmethod
    def of_trades(cls, trades: Trades) -> "Members":
        """Return trades."""
        members = cls(trades.instrument, 0, trades.timestamps, np.zeros(len(trades), np.uint8))
        members.opens = members.highs = members.lows = members.closes = trades.prices
        members.volumes = trades.lots
        return members

    def __len__(self) -> int:
        return len(self.timestamps)

    def restate(self, first: int, stop: int, split: Split) -> None:
        """Bring the rows from `first` to before `stop` into the shares after a split.

        Prices are divided by the ratio and volumes multiplied, rounded half to even to the tick and the lot.
        Raises OutOfRange when a volume then does not fit 64 bits.
        """
        if first >= stop:
            return
        new, old = split.numerator, split.denominator
        for name in ("opens", "highs", "lows", "closes"):
            setattr(self, name, _scaled(getattr(self, name), first, stop, old, new))
        self.volumes = _scaled(self.volumes, first, stop, new, old)

    def blocks(self, first: int, stop: int) -> Iterator[slice]:
        """Yield the rows from `first` to before `stop` in portions that may be turned into lists."""
        for row in range(first, stop, _BLOCK):
            yield slice(row, min(row + _BLOCK, stop))


def _scaled(column: Int64, first: int, stop: int, numerator: int, denominator: int) -> Int64:
    column = column.copy()
    values = column[first:stop].tolist()
    column[first:stop] = [checked(half_even(value * numerator, denominator)) for value in values]
    return column

"""Market data as columns: exact integers for the ledger, one row per bar, oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.bars import Timeframe
from app.domain.events import CorporateAction, Delisting, Dividend, Split
from app.domain.instruments import Instrument

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

ROWS = ("timestamps", "opens", "highs", "lows", "closes", "volumes", "flags")
"""The columns of a series that hold one value for each bar; beside them there are the extra ones."""


@dataclass(frozen=True, eq=False)
class BarSeries:
    """The bars of one instrument as int64 arrays of equal length, oldest first.

    `timestamps` are nanoseconds UTC, strictly ascending; `opens`, `highs`, `lows`, `closes` are raw
    (unadjusted) prices in ticks; `volumes` are lots, all zero when `has_volume` is false; `flags` are
    `BarFlag` values (uint8). `extras` are further columns of the data by name, float64, NaN where a bar has
    no value; no split rescales them.
    """

    instrument: Instrument
    timeframe: Timeframe
    timestamps: Int64
    opens: Int64
    highs: Int64
    lows: Int64
    closes: Int64
    volumes: Int64
    flags: NDArray[np.uint8]
    has_volume: bool = True
    extras: Mapping[str, Float64] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.timestamps)

    def take(self, rows: slice | Int64 | NDArray[np.bool_]) -> "BarSeries":
        """Return some of the bars, by slice, by row numbers or by a mask."""
        columns: dict[str, Any] = {name: getattr(self, name)[rows] for name in ROWS}
        extras = {name: column[rows] for name, column in self.extras.items()}
        return replace(self, **columns, extras=extras)


@dataclass(frozen=True, eq=False)
class MarketData:
    """What a data source gives: series by symbol in the order asked for, corporate actions, and notices.

    `actions` are ordered by ex-time, then symbol; `notices` tell what was repaired, rounded or ignored.
    `finer` are bars of a shorter time frame by symbol, for fills that a bar alone cannot order.
    """

    series: Mapping[str, BarSeries]
    actions: tuple[CorporateAction, ...] = ()
    notices: tuple[str, ...] = ()
    source: str = ""
    finer: Mapping[str, BarSeries] = field(default_factory=dict)

    @property
    def bars(self) -> int:
        """Return the number of bars of all symbols together."""
        return sum(len(series) for series in self.series.values())

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of every bar and action, the same on every machine."""
        digest = sha256()
        for symbol, series in (*self.series.items(), *self.finer.items()):
            instrument = series.instrument
            head = (
                symbol,
                instrument.currency,
                str(instrument.tick.normalize()),
                str(instrument.lot.normalize()),
                str(instrument.multiplier.normalize()),
                str(series.has_volume),
            )
            digest.update("|".join((*head, series.timeframe)).encode())
            columns = (
                series.timestamps,
                series.opens,
                series.highs,
                series.lows,
                series.closes,
                series.volumes,
            )
            for column in columns:
                digest.update(column.astype("<i8").tobytes())
            digest.update(series.flags.tobytes())
            for name, extra in series.extras.items():
                digest.update(f"extra|{name}\n".encode())
                # One NaN for all, because a missing value has many bit patterns.
                digest.update(np.where(np.isnan(extra), np.nan, extra).astype("<f8").tobytes())
        for action in self.actions:
            digest.update(_describe(action).encode())
        return digest.hexdigest()


def _describe(action: CorporateAction) -> str:
    match action:
        case Split(symbol, ex_time, numerator, denominator):
            return f"split|{symbol}|{ex_time}|{numerator}|{denominator}\n"
        case Dividend(symbol, ex_time, pay_time, amount, currency):
            return f"dividend|{symbol}|{ex_time}|{pay_time}|{amount.normalize()}|{currency}\n"
        case Delisting(symbol, ex_time, price):
            last = "last close" if price is None else price.normalize()
            return f"delisting|{symbol}|{ex_time}|{last}\n"

"""Consolidation of whole columns."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from app.domain.events import Split
from app.engine.columns import BarSeries, Int64
from app.engine.consolidation.base import Consolidator, Cut
from app.engine.consolidation.members import Consolidated, Members, Trades
from app.engine.sessions import Sessions


def consolidate(
    series: BarSeries,
    consolidator: Consolidator,
    splits: Iterable[Split] = (),
    sessions: Sessions | None = None,
) -> Consolidated:
    """Return the complete higher bars of a series, in exact ticks and lots.

    What a prefix of the series gives is a prefix of what the whole gives. At a split the members of the bar
    that is open are brought into new shares, so that every bar is in the shares of its last member. Sessions
    end bars of time at the close. Raises InputError where the consolidator does not suit the series, and
    OutOfRange where a sum of volumes does not fit 64 bits.
    """
    members = Members.of_bars(series)
    members.sessions = sessions
    consolidator.check(members)
    return consolidator.consolidated(members, _cuts(series.timestamps, tuple(splits)))


def consolidate_trades(
    trades: Trades, consolidator: Consolidator, sessions: Sessions | None = None
) -> Consolidated:
    """Return the complete bars of trades, in exact ticks and lots; rows are numbers of trades.

    Raises as `consolidate` does.
    """
    members = Members.of_trades(trades)
    members.sessions = sessions
    consolidator.check(members)
    return consolidator.consolidated(members, [(len(trades), None)])


def split_rows(timestamps: Int64, splits: Iterable[Split]) -> list[tuple[int, Split]]:
    """Return the splits and the rows at which they act: the first bar on or after, if one is before it."""
    ordered = sorted(splits, key=lambda split: split.ex_time)
    rows = np.searchsorted(timestamps, [split.ex_time for split in ordered], side="left").tolist()
    return [(row, split) for row, split in zip(rows, ordered, strict=True) if 0 < row < len(timestamps)]


def _cuts(timestamps: Int64, splits: Sequence[Split]) -> Iterator[Cut]:
    yield from split_rows(timestamps, splits)
    yield len(timestamps), None

"""A report's view of first-in, first-out lots, beside the average cost of the ledger."""

from collections import Counter
from collections.abc import Mapping

import numpy as np

from app.domain.errors import InputError
from app.domain.events import Split
from app.domain.lots import fifo
from app.engine.columns import MarketData
from app.ports.run import RunResult


def realised_by_lots(result: RunResult, market: MarketData | None) -> Mapping[str, int] | None:
    """Return what each symbol that is still held realised by FIFO lots, in minor units before fees.

    None where prices are unknown, and so which splits acted, or where the cash entries do not tell what
    fractions of lots brought in. Both methods agree on symbols that are flat, which are left out.
    """
    if market is None:
        return None
    held = {position.instrument.symbol for position in result.positions if position.lots}
    fills = [fill for fill in result.fills if fill.instrument.symbol in held]
    splits = [
        action
        for action in market.actions
        if isinstance(action, Split) and action.symbol in held and _acted(action, market, result.period[1])
    ]
    try:
        report = fifo(fills, splits, [entry for entry in result.cash if entry.symbol in held])
    except InputError:
        return None
    realised = Counter(dict.fromkeys(held, 0))
    for lot in report.closed:
        realised[lot.symbol] += lot.realised
    return realised


def _acted(split: Split, market: MarketData, end: int) -> bool:
    """Return whether its symbol had a bar at or after the split by the end of the run."""
    series = market.series.get(split.symbol)
    if series is None:
        return False
    last = int(np.searchsorted(series.timestamps, end, side="right")) - 1
    return last >= 0 and split.ex_time <= series.timestamps.item(last)

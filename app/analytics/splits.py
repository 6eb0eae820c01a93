"""Splits over columns: how many of today's shares an old one became."""

from collections.abc import Iterable

import numpy as np

from app.analytics.returns import Float64, Int64
from app.domain.events import CorporateAction, Split


def shares_at_the_end(stamps: Int64, actions: Iterable[CorporateAction], symbol: str) -> Float64:
    """Return, for each bar, how many shares after the last bar one of its shares became: n float64 values.

    `stamps` are the bars' times (UTC nanoseconds, ascending); a raw price divided by its value is in shares
    of the last bar. A split acts at the symbol's first bar at or after its ex-time; one that is not later
    than the first bar changes nothing.
    """
    shares = np.ones(len(stamps), np.float64)
    for action in actions:
        if isinstance(action, Split) and action.symbol == symbol:
            row = int(np.searchsorted(stamps, action.ex_time, side="left"))
            if row < len(stamps):
                shares[:row] *= action.numerator / action.denominator
    return shares

"""Splits inside a longer bar: the whole bar is brought into new shares, and the split to its start."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from app.data.aggregate import interval_starts
from app.data.notices import Notices
from app.data.text import Int64
from app.domain.bars import Timeframe
from app.domain.events import CorporateAction, Split
from app.domain.money import half_even
from app.ports import BarSeries


def align_splits(actions: Iterable[CorporateAction], timeframe: Timeframe) -> list[CorporateAction]:
    """Return the actions with each split at the start of the interval in which it falls.

    Dividends keep their ex-time: they change no price.
    """
    return [
        replace(action, ex_time=_start(action.ex_time, timeframe)) if isinstance(action, Split) else action
        for action in actions
    ]


def restate_intervals(series: BarSeries, actions: Iterable[CorporateAction], notices: Notices) -> BarSeries:
    """Return the series with the bars in new shares that lie before a split in the same interval.

    Intervals are those of the series' time frame, in which its bars may be shorter. Prices are divided by the
    ratio and rounded half to even to the tick, volumes multiplied. Without this, a longer bar around a split
    would have its open in old shares and its close in new ones.
    """
    labels = interval_starts(series.timestamps, series.timeframe)
    for split in actions:
        if not isinstance(split, Split) or split.symbol != series.instrument.symbol:
            continue
        earlier = (labels == _start(split.ex_time, series.timeframe)) & (series.timestamps < split.ex_time)
        if earlier.any():
            series = _in_new_shares(series, np.flatnonzero(earlier), split)
            notices.add(split.symbol, f"the {series.timeframe} bar of a split is wholly in new shares.")
    return series


def _start(time: int, timeframe: Timeframe) -> int:
    return int(interval_starts(np.array([time], np.int64), timeframe)[0])


def _in_new_shares(series: BarSeries, rows: Int64, split: Split) -> BarSeries:
    new, old = split.numerator, split.denominator

    def restated(column: Int64, numerator: int, denominator: int) -> Int64:
        column = column.copy()
        column[rows] = [half_even(value * numerator, denominator) for value in column[rows].tolist()]
        return column

    return replace(
        series,
        opens=restated(series.opens, old, new),
        highs=restated(series.highs, old, new),
        lows=restated(series.lows, old, new),
        closes=restated(series.closes, old, new),
        volumes=restated(series.volumes, new, old),
    )

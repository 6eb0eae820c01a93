"""Longer bars out of shorter ones."""

from dataclasses import replace

import numpy as np

from app.data.floats import Float64
from app.data.text import Int64
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.ports import BarSeries

_MONDAY = 4 * Timeframe.D1.nanoseconds  # 1970-01-05, the first Monday after the epoch


def interval_starts(times: Int64, timeframe: Timeframe) -> Int64:
    """Return the start of the interval in which each time lies, in UTC; weeks start on Monday."""
    anchor = _MONDAY if timeframe is Timeframe.W1 else 0
    return times - (times - anchor) % timeframe.nanoseconds


def aggregate(series: BarSeries, timeframe: Timeframe) -> BarSeries:
    """Return the bars of a longer time frame, each labelled with the start of its interval.

    First open, highest high, lowest low, last close, summed volume, all flags, and of each extra column the
    last value that is there. Intervals without a bar are left out. Raises InputError when a sum of volumes
    does not fit 64 bits.
    """
    labels = interval_starts(series.timestamps, timeframe)
    firsts = np.flatnonzero(np.diff(labels, prepend=labels[:1] - 1))
    lasts = np.append(firsts[1:], len(series)) - 1
    if np.add.reduceat(series.volumes.astype(np.float64), firsts).max() >= 2.0**63:
        raise InputError(
            f"{series.instrument.symbol}: the volume of one {timeframe} bar does not fit 64 bits.",
            "Write volumes with fewer decimals.",
        )
    return replace(
        series,
        timeframe=timeframe,
        timestamps=labels[firsts],
        opens=series.opens[firsts],
        highs=np.maximum.reduceat(series.highs, firsts),
        lows=np.minimum.reduceat(series.lows, firsts),
        closes=series.closes[lasts],
        volumes=np.add.reduceat(series.volumes, firsts),
        flags=np.bitwise_or.reduceat(series.flags, firsts),
        extras={name: _last_there(column, firsts, lasts) for name, column in series.extras.items()},
    )


def _last_there(column: Float64, firsts: Int64, lasts: Int64) -> Float64:
    """Return the last value of each interval that is not missing, NaN where all are."""
    rows = np.where(np.isnan(column), -1, np.arange(len(column)))
    latest = np.maximum.accumulate(rows)[lasts]
    return np.where(latest >= firsts, column[latest], np.nan)


def observed_length(times: Int64) -> int | None:
    """Return how long the bars at these times are, in nanoseconds, or None when there is only one.

    It is the longest time frame that the smallest step holds, because gaps only make steps longer (weekend,
    holiday, no trade); below a minute, and from four weeks on, it is the step itself.
    """
    if len(times) < 2:
        return None
    step = int(np.diff(times).min())
    if step >= 4 * Timeframe.W1.nanoseconds:
        return step
    return max((frame.nanoseconds for frame in Timeframe if frame.nanoseconds <= step), default=step)

"""Drawdowns: how far equity stands below its highest value so far.

The initial capital counts as the first peak, so a loss on the first day is a drawdown. Depths are negative
fractions: -0.2 is twenty percent below the peak; below -1 only where equity is negative.
"""

from dataclasses import dataclass

import numpy as np

from app.analytics.returns import Float64, Int64, Samples, wealth


@dataclass(frozen=True)
class Drawdown:
    """One fall from a peak, in UTC nanoseconds.

    `recovery_time` is the first sample at the peak's height again, None when none came; then `end_time` is
    the last sample, otherwise it is the recovery. A fall from the initial capital starts at the first sample.
    """

    depth: float
    peak_time: int
    trough_time: int
    recovery_time: int | None
    end_time: int

    @property
    def length(self) -> int:
        """Return the nanoseconds from the peak to the recovery, or to the end of the samples."""
        return self.end_time - self.peak_time


def drawdowns(equity: Samples, initial: float) -> Float64:
    """Return each sample's fraction below the highest value so far: n values, zero at a new high.

    Empty without capital.
    """
    if initial <= 0:
        return np.empty(0, np.float64)
    path = wealth(equity, initial)
    return np.asarray(path / np.maximum.accumulate(path) - 1.0, np.float64)[1:]


def max_drawdown(equity: Samples, initial: float) -> float | None:
    """Return the deepest drawdown, 0 for a curve that never fell; None without a sample or capital."""
    depths = drawdowns(equity, initial)
    return float(depths.min()) if len(depths) else None


def deepest(equity: Samples, times: Int64, initial: float) -> Drawdown | None:
    """Return the deepest drawdown with its times, the first of equals; None for a curve that never fell."""
    depths = drawdowns(equity, initial)
    if not len(depths) or depths.min() >= 0:
        return None
    trough = int(depths.argmin())
    path = wealth(equity, initial)
    before = path[: trough + 1]  # up to the sample before the trough
    height = before.max()
    peak = int(np.flatnonzero(before == height)[-1])
    recovered = np.flatnonzero(path[trough + 1 :] >= height)
    recovery = int(times[trough + recovered[0]]) if len(recovered) else None
    return Drawdown(
        depth=float(depths[trough]),
        peak_time=int(times[max(0, peak - 1)]),
        trough_time=int(times[trough]),
        recovery_time=recovery,
        end_time=int(times[-1]) if recovery is None else recovery,
    )

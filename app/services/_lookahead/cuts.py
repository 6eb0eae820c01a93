"""Where to cut a run in two."""

from collections.abc import Sequence

import numpy as np

from app.engine.columns import Int64


def chosen_cuts(times: Int64, made: Sequence[int], count: int) -> list[int]:
    """Return at most `count` of the timestamps but the last, ascending and spread over the whole.

    Each is moved to the nearest time at which an order was made, within its own part of the data: a look one
    bar ahead changes only what is decided on the very last bar before the cut.
    """
    last = len(times) - 2
    orders = np.searchsorted(times, np.array(sorted(set(made)), np.int64))
    part = len(times) / (count + 1)
    steps = set()
    for number in range(1, count + 1):
        middle = min(last, int(number * part))
        near = orders[(np.abs(orders - number * part) < part / 2) & (orders <= last)]
        steps.add(int(near[np.argmin(np.abs(near - middle))]) if len(near) else middle)
    return [times.item(step) for step in sorted(steps)]

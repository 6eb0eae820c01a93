"""The plain functions that several steps share; like the steps, over numbers and indexable columns only."""

from collections.abc import Sequence
from math import sqrt

Column = Sequence[float]

# Computed prices that differ by less than this part of themselves are equal but for rounding, as in TA-Lib.
NOISE = 1e-14


def rolling_sum(seen: int, total: float, column: Column, row: int, length: int) -> float:
    """Return the sum of the last `length` values up to the `seen`-th, which is at `row`.

    It takes in `new - old` in one step, so a constant column leaves it exactly unchanged.
    """
    if length == 1:
        return column[row]
    if seen <= length:
        return total + column[row]
    return total + (column[row] - column[row - length])


def exponential_mean(seen: int, mean: float, value: float, length: int, weight: float) -> float:
    """Return the exponential mean after `value`, the `seen`-th.

    It starts as the plain mean of the first `length` values; until they were seen it is their sum.
    """
    if seen < length:
        return mean + value
    if seen == length:
        return (mean + value) / length
    if length == 1:
        return value
    return (value - mean) * weight + mean


def wilder_mean(seen: int, mean: float, value: float, length: int) -> float:
    """Return Wilder's smoothed mean after `value`, the `seen`-th: exponential with the weight 1 / length.

    Until `length` values were seen it is their sum.
    """
    if seen < length:
        return mean + value
    if seen == length:
        return (mean + value) / length
    return (mean * (length - 1) + value) / length


def true_range(high: float, low: float, close_before: float) -> float:
    """Return how far a bar reached, the way from the close before it included (Wilder 1978)."""
    return max(high - low, abs(high - close_before), abs(low - close_before))


def rows_since_highest(column: Column, row: int, length: int, rows: int) -> int:
    """Return how many rows ago the last `length` had their highest value, the latest of equal ones.

    `rows` is the answer at the row before, -1 at the first row. The window is searched only when its highest
    value has left it.
    """
    rows += 1
    if column[row] >= column[row - rows]:
        return 0
    if rows < length:
        return rows
    rows = length - 1
    for ago in range(length - 2, -1, -1):
        if column[row - ago] >= column[row - rows]:
            rows = ago
    return rows


def rows_since_lowest(column: Column, row: int, length: int, rows: int) -> int:
    """Return how many rows ago the last `length` had their lowest value; otherwise as for the highest."""
    rows += 1
    if column[row] <= column[row - rows]:
        return 0
    if rows < length:
        return rows
    rows = length - 1
    for ago in range(length - 2, -1, -1):
        if column[row - ago] <= column[row - rows]:
            rows = ago
    return rows


def offsets(column: Column, row: int, length: int) -> tuple[float, float]:
    """Return the mean of the last `length` values less the latest, and their standard deviation (population).

    All is measured from the latest value, so equal values give exactly zero, and as it is one of the window
    the difference of squares loses at most log10(length) digits, whatever the level of the prices.
    """
    total = 0.0
    squares = 0.0
    latest = column[row]
    for ago in range(1, length):
        offset = column[row - ago] - latest
        total += offset
        squares += offset * offset
    mean = total / length
    return mean, sqrt(max(squares / length - mean * mean, 0.0))


def joint_sums(x: Column, y: Column, row: int, length: int) -> tuple[float, float, float]:
    """Return the last `length` rows' sums of (x - mean)², (y - mean)² and (x - mean of x)(y - mean of y)."""
    sum_x = 0.0
    sum_y = 0.0
    xx = 0.0
    yy = 0.0
    xy = 0.0
    for ago in range(1, length):
        dx = x[row - ago] - x[row]
        dy = y[row - ago] - y[row]
        sum_x += dx
        sum_y += dy
        xx += dx * dx
        yy += dy * dy
        xy += dx * dy
    return xx - sum_x * sum_x / length, yy - sum_y * sum_y / length, xy - sum_x * sum_y / length

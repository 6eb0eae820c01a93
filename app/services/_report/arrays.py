"""Columns as charts want them: no more points than a screen can show, packed for JSON."""

from base64 import b64encode
from itertools import pairwise

import numpy as np

from app.engine.columns import Float64, Int64

CHART_POINTS = 20_000


def kept(limit: int, *columns: Float64) -> Int64:
    """Return ascending indices of at most about `limit` rows that keep the look of every column.

    All rows where they are few enough. Otherwise the first and last row, and of each bucket of neighbours
    the lowest and the highest value of each column, so that no spike is lost.
    """
    length = len(columns[0])
    if length <= limit:
        return np.arange(length, dtype=np.int64)
    edges = np.linspace(0, length, max(1, limit // (2 * len(columns))) + 1).astype(np.int64)
    found = {0, length - 1}
    for start, end in pairwise(edges.tolist()):
        for column in columns:
            bucket = column[start:end]
            found.update((start + int(bucket.argmin()), start + int(bucket.argmax())))
    return np.asarray(sorted(found), np.int64)


def packed(column: Float64) -> dict[str, str]:
    """Return a column in plotly's binary form: little-endian float64 as base64."""
    return {"dtype": "f8", "bdata": b64encode(column.astype("<f8").tobytes()).decode()}


def milliseconds(times: Int64) -> Float64:
    """Return UTC nanoseconds as the milliseconds that plotly's date axes take."""
    return np.asarray(times // 1_000_000, np.float64)

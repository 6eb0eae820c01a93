"""Plain numbers as columns of floats: what data hold beside prices and volumes, and may be missing."""

import re

import numpy as np
from numpy.typing import NDArray

from app.data.decimals import Fail
from app.data.text import Text, shown

Float64 = NDArray[np.float64]

_LONGEST = 40  # characters; a float needs 25 at most
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_PLAIN = np.frombuffer(b"0123456789+-.eE\0", np.uint8)


def parse_floats(text: Text, fail: Fail) -> Float64:
    """Return a column of floats, each the nearest to what is written; NaN where the cell is empty or "nan".

    Raises the error that `fail` makes for what is no finite number or longer than 40 characters.
    """
    lengths = text.ends - text.starts
    if not len(text) or lengths.max() > _LONGEST:
        return _each(text, fail)
    characters = text.matrix(max(1, int(lengths.max())))
    if not np.isin(characters, _PLAIN).all() or (np.count_nonzero(characters, axis=1) < lengths).any():
        return _each(text, fail)
    fields = np.ascontiguousarray(characters).view(f"S{characters.shape[1]}")[:, 0]
    try:
        values = np.where(fields == b"", b"nan", fields).astype(np.float64)
    except ValueError:
        return _each(text, fail)  # which finds the row
    return values if not np.isinf(values).any() else _each(text, fail)


def _each(text: Text, fail: Fail) -> Float64:
    values = np.full(len(text), np.nan)
    for row in range(len(text)):
        field = text.field(row).strip()
        if not field or field.lower() == "nan":
            continue
        if len(field) > _LONGEST or not _NUMBER.fullmatch(field):
            raise fail(row, f"{shown(field)} is not a number")
        values[row] = float(field)
        if np.isinf(values[row]):
            raise fail(row, f"{shown(field)} is too large")
    return values

"""What a Parquet file may unfold to: a small file can stand for more than fits into memory.

The footer is checked before anything is unpacked. What it does not tell is how long the entries of a column's
dictionary are, so text is read as dictionaries and these are checked before they are written out row by row.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from app.data.text import shown
from app.domain.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

_LONGEST_CELL = 128  # bytes; no symbol, time or number needs as many
_SPARE_BYTES = 1 << 20
_ROWS_IN_A_BYTE = 16  # bars whose times ascend and whose prices move need more than a byte each
_SPARE_ROWS = 1 << 20
_ROWS_IN_A_GROUP = 1 << 24
_UNBOUNDED = "DELTA_BYTE_ARRAY"  # each text repeats the start of the one before, however long that is

_TYPES_REMEDY = "Write times, numbers or text into the column, one in each row."
_CELLS_REMEDY = "Write one time, number or short text into each cell."


def check_types(schema: pa.Schema, columns: Collection[str], path: Path) -> None:
    """Raise InputError for a column whose cells are lists, structures or anything else but plain values."""
    for name in columns:
        if not _is_plain(schema.field(name).type):
            type_ = shown(str(schema.field(name).type))
            raise InputError(f"{path}: the column {shown(name)} is of the type {type_}.", _TYPES_REMEDY)


def text_columns(schema: pa.Schema, columns: Collection[str]) -> list[str]:
    """Return the columns that hold text, which are to be read as dictionaries."""
    return [name for name in columns if _is_text(schema.field(name).type)]


def check_footer(metadata: parquet.FileMetaData, columns: Collection[str], path: Path) -> None:
    """Raise InputError when rows or columns would unfold to far more than bars need."""
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    rows, size = sum(group.num_rows for group in groups), path.stat().st_size
    if any(group.num_rows > _ROWS_IN_A_GROUP for group in groups):
        raise InputError(
            f"{path}: a row group has more than {_ROWS_IN_A_GROUP} rows.", "Write it in smaller row groups."
        )
    if rows > size * _ROWS_IN_A_BYTE + _SPARE_ROWS:
        raise InputError(
            f"{path}: {rows} rows in {size} bytes cannot be bars.",
            "Check where the file comes from; write it again without compression if it is right.",
        )
    for group in groups:
        for number in range(group.num_columns):
            chunk = group.column(number)
            if chunk.path_in_schema in columns:
                _check_chunk(chunk, group.num_rows, path)


def check_cells(array: pa.Array, name: str, path: Path) -> None:
    """Raise InputError when an entry of a column's dictionary is too long to be repeated row by row."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_dictionary(array.type):
        return
    longest = compute.max(compute.binary_length(array.dictionary)).as_py() or 0
    if longest > _LONGEST_CELL:
        problem = f"{path}: the column {shown(name)} has a cell of {longest} bytes"
        raise InputError(f"{problem}, more than {_LONGEST_CELL}.", _CELLS_REMEDY)


def _check_chunk(chunk: parquet.ColumnChunkMetaData, rows: int, path: Path) -> None:
    problem = f"{path}: the column {shown(chunk.path_in_schema)}"
    size = chunk.total_uncompressed_size
    if not 0 <= size <= rows * _LONGEST_CELL + _SPARE_BYTES:
        raise InputError(f"{problem} unfolds to {size} bytes for {rows} rows.", _CELLS_REMEDY)
    if _UNBOUNDED in chunk.encodings:
        raise InputError(f"{problem} has the encoding {_UNBOUNDED}.", "Write it with PLAIN or a dictionary.")


def _is_plain(type_: pa.DataType) -> bool:
    from pyarrow import types

    kinds = (types.is_integer, types.is_floating, types.is_decimal, types.is_boolean, types.is_null)
    return _is_text(type_) or any(is_kind(type_) for is_kind in (*kinds, types.is_timestamp, types.is_date))


def _is_text(type_: pa.DataType) -> bool:
    from pyarrow import types

    kinds = (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    if types.is_dictionary(type_):
        type_ = type_.value_type
    return any(is_kind(type_) for is_kind in kinds)

"""Bars from Parquet files, a batch of rows at a time; pyarrow is imported when the first file is read.

Numbers are turned into text first (a float into its shortest decimal), so they are parsed as those of a CSV
file are and the same bars give the same integers from both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.data.action_files import read_actions
from app.data.gathering import Gathering, Places
from app.data.header import read_header
from app.data.market import check_request, market_data
from app.data.notices import Notices
from app.data.parquet_limits import check_cells, check_footer, check_types, text_columns
from app.data.paths import bar_files, reason
from app.data.reading import FileReading
from app.data.text import Int64, Text, shown
from app.data.times import TimeReader
from app.domain.errors import InputError
from app.ports import DataRequest, MarketData

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH_ROWS = 65_536


def load(request: DataRequest) -> MarketData:
    """Load the Parquet files that `request.path` names.

    Raises InputError that names the file, the row and what to do, or that pyarrow is not installed.
    """
    check_request(request)
    files = bar_files(request, ".parquet")
    try:
        import pyarrow as pa
    except ImportError as e:
        raise InputError(
            "Parquet files need pyarrow, which is not installed.", 'Run: pip install "lts-server[data]"'
        ) from e
    actions = read_actions(request)
    notices, gathering = Notices(), Gathering(frozenset(request.symbols))
    for path in files:
        try:
            _read_file(path, gathering, notices, request.extra_columns)
        except (OSError, pa.ArrowException) as e:
            problem = f"{path} cannot be read: {shown(reason(e))}."
            raise InputError(
                problem, "Check that it is a whole Parquet file of times, numbers and text."
            ) from e
    return market_data(request, gathering, notices, source="parquet", actions=actions)


def _read_file(path: Path, gathering: Gathering, notices: Notices, extra_columns: Sequence[str]) -> None:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as file:
        schema, metadata = file.schema_arrow, file.metadata
    names = schema.names
    layout = read_header(names, str(path), notices, extra_columns)
    reading = FileReading(path, layout, gathering)
    if not reading.is_wanted:
        return
    used = {layout.timestamp: "time", **{position: name for name, position in layout.numbers.items()}}
    used |= {position: name for name, position in layout.extras.items()}
    if layout.symbol is not None:
        used[layout.symbol] = "symbol"
    columns = [names[position] for position in used]
    check_types(schema, columns, path)
    check_footer(metadata, columns, path)
    with parquet.ParquetFile(path, metadata=metadata, read_dictionary=text_columns(schema, columns)) as file:
        for batch in file.iter_batches(_BATCH_ROWS, columns=columns):
            _add(batch, names, used, reading)
    reading.end(notices)


def _add(batch: pa.RecordBatch, names: Sequence[str], used: Mapping[int, str], reading: FileReading) -> None:
    """Hand a batch on; `names` are the file's columns, `used` is what the ones that count hold."""
    first = reading.rows + 1
    places = Places(str(reading.path), "row", np.arange(first, first + batch.num_rows))
    columns = {position: batch.column(names[position]) for position in used}
    for position, column in columns.items():
        check_cells(column, names[position], reading.path)
        if used[position] not in reading.layout.extras:
            _check_filled(column, used[position], places)
    timestamp = reading.layout.timestamp
    stamps = _stamps(columns[timestamp], reading.times)
    if stamps is not None:
        del columns[timestamp]
    reading.add(places, {position: _text(column) for position, column in columns.items()}, stamps)


def _text(array: pa.Array) -> Text:
    """Return a column as text: large strings with 64-bit offsets, whatever it was."""
    import pyarrow as pa

    array = array.cast(pa.large_string())
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int64, len(array) + 1, array.offset * 8)
    characters = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8)
    return Text(characters, ends[:-1], ends[1:])


def _stamps(array: pa.Array, times: TimeReader) -> Int64 | None:
    """Return a column of timestamps or dates as nanoseconds UTC, or None when it holds text."""
    import pyarrow as pa

    if pa.types.is_timestamp(array.type):
        times.assumed_utc |= array.type.tz is None
        array = array.cast(pa.timestamp("ns", array.type.tz))
    elif pa.types.is_date(array.type):
        array = array.cast(pa.timestamp("ns"))
    else:
        return None
    return np.asarray(array.cast(pa.int64()).to_numpy(), np.int64)


def _check_filled(array: pa.Array, name: str, places: Places) -> None:
    if array.null_count:
        row = int(np.argmax(array.is_null().to_numpy(zero_copy_only=False)))
        raise places.fail(name, "Fill it in or remove the row.")(row, "is missing")

"""Small Parquet files that would fill the memory are refused before they do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.data.sources import BUILTIN
from app.domain.errors import InputError
from app.ports import DataRequest, MarketData

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-018")]

MIB = 1 << 20
Write = Callable[..., Path]


@contextmanager
def little_memory() -> Iterator[None]:
    """Check that pyarrow takes less than 16 MiB meanwhile."""
    before = pa.default_memory_pool()
    counted = pa.proxy_memory_pool(before)
    pa.set_memory_pool(counted)
    try:
        yield
    finally:
        pa.set_memory_pool(before)
    assert counted.max_memory() < 16 * MIB


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write bars of one price, one a second, with another column, in a few kilobytes."""

    def write_bars(rows: int, name: str | None = None, column: pa.Array | None = None, **how: object) -> Path:
        price = pa.DictionaryArray.from_arrays(pa.nulls(rows, pa.int8()).fill_null(0), pa.array(["5"]))
        columns = {"open": price, "high": price, "low": price, "close": price}
        columns["time"] = pa.array(range(rows), pa.int64()).cast(pa.timestamp("s", "UTC"))
        if name is not None:
            columns[name] = column
        how.setdefault("column_encoding", {"time": "DELTA_BINARY_PACKED"})
        dictionaries = [each for each in columns if each not in how["column_encoding"]]
        how.setdefault("use_dictionary", dictionaries)
        path = tmp_path / "X.parquet"
        parquet.write_table(pa.table(columns), path, compression="zstd", row_group_size=rows, **how)
        return path

    return write_bars


def load(path: Path) -> MarketData:
    return BUILTIN["parquet"](DataRequest(("X",), path=str(path)))


def refused(path: Path, problem: str) -> None:
    assert path.stat().st_size < MIB // 2
    with little_memory(), pytest.raises(InputError, match=rf"X.parquet: {problem}"):
        load(path)


@pytest.mark.parametrize("name", ["symbol", "volume"])
def test_one_cell_of_long_text(write: Write, name: str) -> None:
    cells = pa.array(["X" * 64 * MIB, "X"])
    refused(write(2, name, cells), f"the column '{name}' unfolds to 67.* bytes for 2 rows")


def test_one_time_of_long_text(tmp_path: Path) -> None:
    price, path = [1.0], tmp_path / "X.parquet"
    columns = {"Date": ["2" * 64 * MIB], "open": price, "high": price, "low": price, "close": price}
    parquet.write_table(pa.table(columns), path, compression="zstd")
    refused(path, "the column 'Date' unfolds to")


@pytest.mark.parametrize("type_", [pa.string(), pa.large_string(), pa.binary()])
def test_one_long_text_that_a_dictionary_repeats(write: Write, type_: pa.DataType) -> None:
    entries = pa.array(["X" * (MIB // 2)]).cast(type_)
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), entries)
    refused(write(20_000, "symbol", cells), "the column 'symbol' has a cell of 524288 bytes")


def test_one_long_text_of_which_each_cell_repeats_the_start(write: Write) -> None:
    cells = pa.array(["X" * 10_000] * 2_000)
    path = write(2_000, "symbol", cells, column_encoding={"symbol": "DELTA_BYTE_ARRAY"})
    refused(path, "the column 'symbol' has the encoding DELTA_BYTE_ARRAY")


def test_wide_binary_cells_that_a_dictionary_repeats(write: Write) -> None:
    entries = pa.array([b"5" * (MIB // 2)], pa.binary(MIB // 2))
    cells = pa.DictionaryArray.from_arrays(pa.array([0] * 1_000, pa.int32()), entries)
    refused(write(1_000, "volume", cells), "the column 'volume' is of the type ")


def test_more_rows_than_bytes_could_tell_apart(write: Write) -> None:
    refused(write(2_000_000), "2000000 rows in [0-9]+ bytes cannot be bars")


def test_a_row_group_of_too_many_rows(tmp_path: Path) -> None:
    rows, path = (1 << 24) + 1, tmp_path / "X.parquet"
    one = pa.nulls(rows, pa.int8()).fill_null(1)
    columns = dict.fromkeys(("time", "open", "high", "low", "close"), one)
    parquet.write_table(pa.table(columns), path, compression="zstd", row_group_size=rows)
    refused(path, "a row group has more than 16777216 rows")


@pytest.mark.parametrize(
    "cells",
    [
        pa.array([[1], [2]]),
        pa.array([{"a": 1}, {"a": 2}]),
        pa.array([b"12", b"34"], pa.binary(2)),
        pa.array([1, 2], pa.time32("s")),
    ],
)
def test_columns_of_other_types(write: Write, cells: pa.Array) -> None:
    with pytest.raises(InputError, match=r"X.parquet: the column 'volume' is of the type '"):
        load(write(2, "volume", cells, use_dictionary=False, column_encoding={}))


def test_what_nobody_reads_may_be_of_any_size(write: Write) -> None:
    path = write(2, "remarks", pa.array(["X" * 64 * MIB, "X"]))
    with little_memory():
        assert load(path).series["X"].closes.tolist() == [5]


def test_ordinary_bars_of_one_price_are_read(write: Write) -> None:
    assert load(write(200_000)).series["X"].closes.tolist() == [5, 5, 5]

"""Parquet files: any types that hold bars, and the same errors as for CSV."""

import datetime as dt
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from app.data.sources import BUILTIN
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.ports import DataRequest, MarketData

pytestmark = [
    pytest.mark.integration,
    pytest.mark.requirement("SYS-001"),
    pytest.mark.requirement("SYS-018"),
]

DAY = Timeframe.D1.nanoseconds
JAN_1 = 19_723 * DAY
DATES = [dt.date(2024, 1, 1), dt.date(2024, 1, 2)]
PRICES: Mapping[str, object] = {
    "open": [10.1, 11.0],
    "high": [11.5, 12.0],
    "low": [9.25, 10.0],
    "close": [11.0, 10.5],
}


def load(path: Path, *symbols: str, **fields: object) -> MarketData:
    return BUILTIN["parquet"](DataRequest(symbols or ("X",), path=str(path), **fields))


def write(folder: Path, columns: Mapping[str, object], name: str = "X.parquet") -> Path:
    parquet.write_table(pa.table(dict(columns)), folder / name)
    return folder / name


def test_floats_become_their_shortest_decimals(tmp_path: Path) -> None:
    market = load(write(tmp_path, {"date": DATES, **PRICES, "volume": [100, 200]}))
    series = market.series["X"]
    assert series.instrument.tick == Decimal("0.01")
    assert series.timestamps.tolist() == [JAN_1, JAN_1 + DAY]
    assert series.opens.tolist() == [1010, 1100]
    assert series.volumes.tolist() == [100, 200]
    assert market.notices == ()


@pytest.mark.parametrize(
    "type_",
    [pa.float32(), pa.float64(), pa.decimal128(20, 10), pa.decimal256(40, 4), pa.string(), pa.large_string()],
)
def test_every_type_of_number_gives_the_same_ticks(tmp_path: Path, type_: pa.DataType) -> None:
    texts = {name: pa.array([f"{value:.2f}" for value in values]) for name, values in PRICES.items()}
    numbers = {name: texts[name].cast(type_) for name in texts}
    series = load(write(tmp_path, {"date": DATES, **numbers})).series["X"]
    assert series.opens.tolist() == [1010, 1100]
    assert not series.has_volume


@pytest.mark.parametrize(
    "type_",
    [
        pa.date32(),
        pa.date64(),
        pa.string(),
        pa.timestamp("s"),
        pa.timestamp("ms", "UTC"),
        pa.timestamp("us", "America/New_York"),
        pa.timestamp("ns", "+02:00"),
    ],
)
def test_every_type_of_time_gives_the_same_nanoseconds(tmp_path: Path, type_: pa.DataType) -> None:
    times = pa.array(DATES, pa.date32())
    if pa.types.is_timestamp(type_):  # by way of integers, because a zone's own rules need a zone database
        times = times.cast(pa.timestamp(type_.unit)).cast(pa.int64())
    times = times.cast(type_)
    market = load(write(tmp_path, {"time": times, **PRICES}))
    assert market.series["X"].timestamps.tolist() == [JAN_1, JAN_1 + DAY]
    assumed = pa.types.is_timestamp(type_) and type_.tz is None
    assert bool(market.notices) is assumed


def test_a_symbol_column_may_be_a_dictionary(tmp_path: Path) -> None:
    symbols = pa.array(["B", "A"]).dictionary_encode()
    path = write(tmp_path, {"symbol": symbols, "date": DATES, **PRICES}, "all.parquet")
    assert load(path, "A").series["A"].closes.tolist() == [105]


def test_a_folder_gives_its_parquet_files(tmp_path: Path) -> None:
    write(tmp_path, {"date": DATES, **PRICES})
    write(tmp_path, {"date": DATES, **PRICES}, "Y.parquet")
    assert list(load(tmp_path, "Y", "X").series) == ["Y", "X"]
    with pytest.raises(InputError, match=r"Z is not in the data\.\nSet data.symbols to some of: X, Y\."):
        load(tmp_path, "Z")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"close": [11.0, None]}, "row 2: close is missing"),
        ({"date": [dt.date(2024, 1, 1), None]}, "row 2: time is missing"),
        ({"close": [11.0, float("nan")]}, "row 2: close 'nan' is not a number"),
        ({"close": [11.0, float("inf")]}, "row 2: close 'inf' is not a number"),
        ({"close": [True, False]}, "row 1: close 'true' is not a number"),
        ({"close": [11.0, 13.0]}, "row 2: the close is not between low and high"),
        ({"date": DATES[::-1]}, "row 2: the time is before that of .*row 1"),
        ({"date": DATES[:1] * 2}, "row 2: the time is the same as in .*row 1"),
        ({"date": ["2024-01-01", "tomorrow"]}, "row 2: time 'tomorrow' is not a date or time"),
        ({"date": [1, 2]}, "row 1: time '1' is not a date or time"),
        ({"symbol": ["X", None]}, "row 2: symbol is missing"),
        ({"symbol": ["X", "X\0"]}, r"row 2: symbol 'X\\x00' holds a NUL character"),
        ({"volume": ["1", "1\0"]}, r"row 2: volume '1\\x00' is not a number"),
        ({"volume": ["1", "\uff11"]}, "row 2: volume '\uff11' is not a number"),
        ({"volume": ["1", "1_000"]}, "row 2: volume '1_000' is not a number"),
        ({"date": ["2024-01-01", "2024-01-02\0"]}, "row 2: time .* is not a date or time"),
        ({"close": [[1.0], [2.0]]}, "the column 'close' is of the type 'list<"),
        ({"time": DATES}, "'date', 'time' both hold the timestamp"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, change: Mapping[str, object], problem: str) -> None:
    path = write(tmp_path, {"date": DATES, **PRICES, **change})
    with pytest.raises(InputError, match=f"X.parquet.* {problem}"):
        load(path)


def test_rows_are_counted_across_batches(tmp_path: Path) -> None:
    rows = 70_000
    times = pa.array(range(rows), pa.int64()).cast(pa.timestamp("s", "UTC"))
    prices = {name: [1.0] * (rows - 1) + [-1.0] for name in PRICES}
    path = write(tmp_path, {"time": times, **prices})
    with pytest.raises(InputError, match=r"row 70000: the open is not above zero"):
        load(path)


def test_a_file_without_rows_is_refused(tmp_path: Path) -> None:
    empty = {name: pa.array([], pa.float64()) for name in PRICES}
    with pytest.raises(InputError, match="has a header but no rows"):
        load(write(tmp_path, {"date": pa.array([], pa.date32()), **empty}))


@pytest.mark.parametrize("content", [b"", b"PAR1", b"timestamp,open\n", b"PAR1" + b"\x00" * 100 + b"PAR1"])
def test_what_is_not_parquet_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "X.parquet"
    path.write_bytes(content)
    with pytest.raises(
        InputError, match=r"X.parquet cannot be read: .*\nCheck that it is a whole Parquet file"
    ):
        load(path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, {"date": DATES, **PRICES})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"X.parquet cannot be read"):
        load(path)


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, {"date": DATES, **PRICES})
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(InputError, match=r'pip install "lts-server\[data\]"'):
        load(path)

"""Columns beside prices and volumes, from CSV and Parquet files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from app.data.sources import BUILTIN
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.ports import DataRequest, MarketData

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-001")]

Write = Callable[[str, str], Path]
TEXT = (
    "timestamp,open,high,low,close,Model Score,note\n"
    "2024-01-01T00:00:00Z,10,11,9,10,0.015,\n"
    "2024-01-01T01:00:00Z,10,11,9,10,,x\n"
    "2024-01-01T02:00:00Z,10,11,9,10,-2e-3,\n"
)


def load(source: str, path: Path, **changes: Any) -> MarketData:
    fields = {"timeframe": Timeframe.H1, "extra_columns": ("model_score",), **changes}
    return BUILTIN[source](DataRequest(("X",), path=str(path), **fields))


def same(found: MarketData, *values: float) -> None:
    column = found.series["X"].extras["model_score"]
    np.testing.assert_array_equal(column, values)
    assert column.dtype == np.float64


def test_a_csv_column_is_read_in_any_case_and_missing_values_are_nan(write: Write) -> None:
    market = load("csv", write("X.csv", TEXT))
    same(market, 0.015, np.nan, -0.002)
    assert market.notices == (f"{write('X.csv', TEXT)}: the columns 'note' are ignored.",)


def test_quotation_marks_change_nothing(write: Write) -> None:
    same(load("csv", write("X.csv", TEXT.replace("0.015", '"0.015"'))), 0.015, np.nan, -0.002)


@pytest.mark.parametrize("values", [[0.015, None, -0.002], [0.015, float("nan"), -0.002]])
def test_a_parquet_column_gives_the_same_data(tmp_path: Path, write: Write, values: list[Any]) -> None:
    times = pa.array([f"2024-01-01T0{hour}:00:00Z" for hour in range(3)])
    table = {
        "timestamp": times,
        **dict.fromkeys(("open", "close"), [10] * 3),
        "high": [11] * 3,
        "low": [9] * 3,
    }
    parquet.write_table(pa.table({**table, "model_score": values}), tmp_path / "X.parquet")
    market = load("parquet", tmp_path / "X.parquet")
    same(market, 0.015, np.nan, -0.002)
    assert market.digest == load("csv", write("X.csv", TEXT)).digest


def test_a_longer_bar_has_the_last_value_that_is_there(write: Write) -> None:
    assert load("csv", write("X.csv", TEXT), timeframe=Timeframe.D1).series["X"].extras == {
        "model_score": np.array([-0.002])
    }
    same(load("csv", write("X.csv", TEXT.replace("-2e-3", "")), timeframe=Timeframe.D1), 0.015)
    none = TEXT.replace("-2e-3", "").replace("0.015", "")
    same(load("csv", write("X.csv", none), timeframe=Timeframe.D1), np.nan)


def test_a_period_cuts_the_columns_with_the_bars(write: Write) -> None:
    start = 19_723 * Timeframe.D1.nanoseconds + 1
    same(load("csv", write("X.csv", TEXT), start=start), np.nan, -0.002)


def test_the_hash_of_the_data_covers_them(write: Write) -> None:
    texts = (TEXT, TEXT.replace("0.015", "0.016"), TEXT.replace(",0.015", ","))
    digests = {load("csv", write("X.csv", text)).digest for text in texts}
    assert len({*digests, load("csv", write("X.csv", TEXT), extra_columns=()).digest}) == 4


def test_a_file_that_lacks_one_is_refused_and_one_that_is_not_read_is_not(write: Write) -> None:
    path = write("bars/X.csv", TEXT)
    write("bars/Y.csv", TEXT.replace("Model Score", "other"))
    same(load("csv", path.parent), 0.015, np.nan, -0.002)
    with pytest.raises(InputError, match=r"Y.csv: the header has no column 'model_score'"):
        BUILTIN["csv"](DataRequest(("Y",), path=str(path.parent), extra_columns=("model_score",)))


def test_a_cell_that_is_no_number_is_named(write: Write) -> None:
    with pytest.raises(InputError, match=r"X.csv, line 4: model_score 'high' is not a number"):
        load("csv", write("X.csv", TEXT.replace("-2e-3", "high")))


@pytest.mark.parametrize("names", [("close",), ("Date",), ("",), ("a", "A")])
def test_a_column_that_every_run_reads_is_not_extra(write: Write, names: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="The extra column"):
        load("csv", write("X.csv", TEXT), extra_columns=names)

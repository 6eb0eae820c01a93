"""Whatever bars are written as CSV or Parquet are the bars that are loaded."""

import csv
import tempfile
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from app.data.sources import BUILTIN
from app.domain.bars import Timeframe
from app.ports import BarSeries, DataRequest

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-001")]

MINUTE = Timeframe.M1.nanoseconds
COLUMNS = ("open", "high", "low", "close")


@dataclass(frozen=True)
class Written:
    """Bars in whole ticks and lots, and how many decimals these have."""

    minutes: list[int]
    prices: dict[str, list[int]]
    volumes: list[int]
    price_decimals: int
    volume_decimals: int

    def column(self, name: str) -> list[Decimal]:
        """Return a column as exact decimals."""
        if name == "volume":
            return [Decimal(lots).scaleb(-self.volume_decimals) for lots in self.volumes]
        return [Decimal(ticks).scaleb(-self.price_decimals) for ticks in self.prices[name]]

    @property
    def request(self) -> dict[str, object]:
        """Return what must be asked for so that the same ticks come back."""
        return {"tick": Decimal(1).scaleb(-self.price_decimals), "timeframe": Timeframe.M1}


@st.composite
def bars(draw: st.DrawFn, largest: int) -> Written:
    minutes = sorted(draw(st.sets(st.integers(0, 10**6), min_size=1, max_size=30)))
    minutes = sorted({*minutes, minutes[0] + 1})  # the time frame shows in the smallest step
    prices: dict[str, list[int]] = {name: [] for name in COLUMNS}
    for _ in minutes:
        low, inner, other, high = sorted(draw(st.tuples(*[st.integers(1, largest)] * 4)))
        opened, closed = (inner, other) if draw(st.booleans()) else (other, inner)
        for name, ticks in zip(COLUMNS, (opened, high, low, closed), strict=True):
            prices[name].append(ticks)
    volumes = draw(st.lists(st.integers(0, largest), min_size=len(minutes), max_size=len(minutes)))
    return Written(minutes, prices, volumes, draw(st.integers(0, 8)), draw(st.integers(0, 8)))


def assert_same(series: BarSeries, written: Written) -> None:
    assert series.timestamps.tolist() == [minute * MINUTE for minute in written.minutes]
    for name in COLUMNS:
        assert getattr(series, f"{name}s").tolist() == written.prices[name]
    lot = series.instrument.lot
    assert [lots * lot for lots in series.volumes.tolist()] == written.column("volume")


def times(written: Written) -> pa.Array:
    return pa.array([minute * 60 for minute in written.minutes]).cast(pa.timestamp("s", "UTC"))


@settings(max_examples=60, deadline=None)
@given(written=bars(10**15), quoted=st.booleans())
def test_csv_gives_back_what_was_written(written: Written, *, quoted: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "X.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
            writer.writerow(["Time", *COLUMNS, "volume"])
            stamps = [stamp.isoformat() for stamp in times(written).to_pylist()]
            numbers = [[f"{value:f}" for value in written.column(name)] for name in (*COLUMNS, "volume")]
            writer.writerows(zip(stamps, *numbers, strict=True))
        market = BUILTIN["csv"](DataRequest(("X",), path=str(path), **written.request))
    assert_same(market.series["X"], written)


@settings(max_examples=60, deadline=None)
@given(written=bars(10**15), as_floats=st.booleans())
def test_parquet_gives_back_what_was_written(written: Written, *, as_floats: bool) -> None:
    def column(name: str) -> pa.Array:
        values = written.column(name)
        return pa.array(map(float, values)) if as_floats else pa.array(values, pa.decimal128(30, 8))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "X.parquet"
        columns = {name: column(name) for name in (*COLUMNS, "volume")}
        parquet.write_table(pa.table({"time": times(written), **columns}), path)
        market = BUILTIN["parquet"](DataRequest(("X",), path=str(path), **written.request))
    assert_same(market.series["X"], written)

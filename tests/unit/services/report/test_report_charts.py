"""The report's charts: few enough points, nothing lost that the eye would miss, prices in today's shares."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.domain.events import Split
from app.domain.fills import Fill
from app.domain.intents import Side
from app.engine.columns import MarketData
from app.ports.run import EquityColumns, RunResult
from app.services._report.arrays import CHART_POINTS, kept, packed
from app.services._report.charts import MARKERS, equity_chart, price_chart

pytestmark = pytest.mark.unit

DAY = 86_400_000_000_000
START = 11_000 * DAY


def unpacked(column: dict[str, str]) -> np.ndarray:
    assert column["dtype"] == "f8"
    return np.frombuffer(b64decode(column["bdata"]), "<f8")


@given(arrays(np.float64, st.integers(1, 500), elements=st.floats(-1e9, 1e9)), st.integers(4, 100))
def test_decimation_keeps_ends_and_extremes_within_its_limit(column: np.ndarray, limit: int) -> None:
    rows = kept(limit, column)
    assert len(rows) <= max(limit + 2, 2)
    assert (np.diff(rows) > 0).all()
    assert {0, len(column) - 1} <= set(rows.tolist())
    assert column[rows].max() == column.max()
    assert column[rows].min() == column.min()


def test_a_single_spike_survives_decimation_in_whichever_column_it_is() -> None:
    calm, spiky = np.zeros(100_000), np.zeros(100_000)
    spiky[54_321] = -7.0
    rows = kept(1_000, calm, spiky)
    assert 54_321 in rows
    assert len(rows) <= 1_002


@given(arrays(np.float64, st.integers(0, 20), elements=st.floats(allow_nan=False)))
def test_packing_is_exact(column: np.ndarray) -> None:
    assert (unpacked(packed(column)) == column).all()


def test_the_equity_chart_shows_money_in_whole_currency_units_at_utc_milliseconds(result: RunResult) -> None:
    chart = equity_chart(result, 100_000_00)
    benchmark, equity, below, other_below = chart["data"]
    assert equity["name"] == "Equity"
    assert unpacked(equity["x"])[0] == START / 1e6
    assert unpacked(equity["y"]).tolist() == (result.equity.equity / 100).tolist()
    assert unpacked(benchmark["y"]).tolist() == (result.benchmark / 100).tolist()
    assert unpacked(below["y"]).max() <= 0
    assert below["yaxis"] == other_below["yaxis"] == "y2"


def test_the_deepest_drawdown_is_shaded(result: RunResult) -> None:
    (shade,) = equity_chart(result, 100_000_00)["layout"]["shapes"]
    peak = result.statistics["max_drawdown_peak"]
    assert peak is not None
    assert shade["x0"] == peak * 1000
    assert shade["x1"] == result.period[1] / 1e6


def test_a_curve_that_never_falls_has_no_shade(result: RunResult) -> None:
    flat = np.full(len(result.equity), 100_000_00, np.int64)
    risen = replace(result, equity=EquityColumns(result.equity.times, flat, flat, flat))
    assert equity_chart(risen, 100_000_00)["layout"]["shapes"] == []


def test_a_long_run_is_drawn_with_a_bounded_number_of_points(result: RunResult) -> None:
    length = 100_000
    equity = np.random.default_rng(1).integers(9_000_000, 11_000_000, length)
    times = START + np.arange(length, dtype=np.int64) * DAY // 100
    long = replace(
        result, equity=EquityColumns(times, equity, equity, equity), benchmark=equity.astype(np.float64)
    )
    chart = equity_chart(long, 100_000_00)
    drawn = unpacked(chart["data"][1]["y"])
    assert len(drawn) <= CHART_POINTS + 2
    assert drawn.max() == equity.max() / 100


def test_prices_and_fills_are_drawn_in_shares_of_the_last_day(
    market: MarketData, fill: Callable[[Side, int, int], Fill]
) -> None:
    fills = [fill(Side.BUY, 10, 10_000), fill(Side.SELL, 40, 5_500)]
    line, bought, sold = price_chart(market.series["AAA"], market.actions, fills)["data"]
    assert set(unpacked(line["y"])) == {50.0}
    assert unpacked(bought["y"]).tolist() == [50.0]
    assert unpacked(sold["y"]).tolist() == [55.0]
    assert bought["text"] == ["Buy 10 at 100.00<br>2000-02-23, fee 1.50"]


@pytest.mark.parametrize("day", [-1, 0, 90])
def test_a_split_outside_the_bars_changes_no_price(market: MarketData, day: int) -> None:
    splits = [Split("AAA", START + day * DAY, 2, 1), Split("BBB", START + 9 * DAY, 2, 1)]
    line, *_ = price_chart(market.series["AAA"], splits, [])["data"]
    assert unpacked(line["y"]).tolist() == (market.series["AAA"].closes / 100).tolist()


def test_only_the_latest_fills_become_markers(
    market: MarketData, fill: Callable[[Side, int, int], Fill]
) -> None:
    fills = [fill(Side.BUY, 10, 10_000)] * 5 + [fill(Side.SELL, 40, 5_500)] * MARKERS
    _, bought, sold = price_chart(market.series["AAA"], market.actions, fills)["data"]
    assert (len(bought["text"]), len(sold["text"])) == (0, MARKERS)

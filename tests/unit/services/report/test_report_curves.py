"""The report's curves and points: risk over time, profit by symbol, trades against their excursions."""

from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from app.analytics.attribution import Contribution
from app.analytics.excursions import Excursions
from app.analytics.ratios import sharpe
from app.analytics.returns import simple_returns
from app.domain.fills import Trade
from app.domain.instruments import Instrument
from app.ports.run import EquityColumns, RunResult
from app.services._report.arrays import CHART_POINTS
from app.services._report.attribution import BARS, attribution_chart
from app.services._report.curves import exposure_chart, rolling_sharpe_chart
from app.services._report.trades import Closed, scatter

pytestmark = pytest.mark.unit

CAPITAL = 100_000_00


def unpacked(column: dict[str, str]) -> np.ndarray:
    assert column["dtype"] == "f8"
    return np.frombuffer(b64decode(column["bdata"]), "<f8")


def test_the_rolling_sharpe_ratio_starts_when_its_first_window_is_full(result: RunResult) -> None:
    chart = rolling_sharpe_chart(result, CAPITAL, 52)
    assert chart is not None
    benchmark, own = chart["data"]
    returns = simple_returns(result.equity.equity, CAPITAL)
    assert returns is not None
    assert unpacked(own["x"])[0] == result.equity.times[51] / 1e6
    assert len(unpacked(own["y"])) == len(unpacked(benchmark["y"])) == len(result.equity) - 51
    assert unpacked(own["y"])[-1] == pytest.approx(sharpe(returns[-52:], 52))
    assert (own["name"], benchmark["name"]) == ("Run", "equal-weight buy-and-hold")


def test_a_run_shorter_than_the_window_has_no_rolling_sharpe_ratio(result: RunResult) -> None:
    assert rolling_sharpe_chart(result, CAPITAL, 252) is None
    assert rolling_sharpe_chart(result, 0, 52) is None


def test_a_benchmark_that_ends_earlier_has_no_rolling_sharpe_ratio(result: RunResult) -> None:
    chart = rolling_sharpe_chart(replace(result, benchmark=result.benchmark[:-1]), CAPITAL, 52)
    assert chart is not None
    assert [trace["name"] for trace in chart["data"]] == ["Run"]


def test_idle_cash_leaves_a_gap_in_a_long_curve_of_bounded_points(result: RunResult) -> None:
    equity = (CAPITAL * (1 + 0.1 * np.sin(np.arange(60_000) / 9))).astype(np.int64)
    equity[20_000:40_000] = equity[20_000]
    columns = EquityColumns(np.arange(60_000) * 10**9, equity, equity, equity)
    chart = rolling_sharpe_chart(replace(result, equity=columns), CAPITAL, 252)
    assert chart is not None
    drawn = unpacked(chart["data"][0]["y"])
    assert len(drawn) <= CHART_POINTS + 2
    assert np.isnan(drawn).any()
    assert not np.isnan(drawn).all()


def test_exposure_is_a_share_of_equity(result: RunResult) -> None:
    chart = exposure_chart(result)
    assert chart is not None
    (area,) = chart["data"]
    assert unpacked(area["y"]) == pytest.approx(0.5, abs=1e-6)


def test_without_equity_above_zero_there_is_no_exposure(result: RunResult, empty_result: RunResult) -> None:
    equity = result.equity.equity.copy()
    equity[3] = 0
    assert exposure_chart(replace(result, equity=replace(result.equity, equity=equity))) is None
    assert exposure_chart(empty_result) is None


def test_symbols_are_bars_in_whole_currency_units_coloured_by_sign() -> None:
    parts = [
        Contribution("A<b>", 500_00, 0, 0, 0),
        Contribution("B", 0, 0, 0, 0),
        Contribution("C", 0, -1, 0, 0),
    ]
    (bars,) = attribution_chart(parts, "USD")["data"]
    assert unpacked(bars["x"]).tolist() == [500.0, 0.0, -0.01]
    assert bars["y"] == ["A&lt;b&gt;", "B", "C"]
    assert bars["marker"]["color"] == ["var:gain", "var:muted", "var:loss"]


def test_of_many_symbols_those_that_moved_the_account_most_are_drawn_in_their_order() -> None:
    profits = [*range(40, 0, -1), -100, -200]
    parts = [Contribution(f"S{profit}", profit, 0, 0, 0) for profit in profits]
    (bars,) = attribution_chart(parts, "USD")["data"]
    assert len(bars["y"]) == BARS
    assert bars["y"][0] == "S40"
    assert bars["y"][-2:] == ["S-100", "S-200"]


def test_trades_are_points_coloured_by_what_they_earned_after_fees(trade: Trade) -> None:
    win, even = trade, replace(trade, realised=trade.fees)
    loss = replace(trade, realised=-100_00, instrument=Instrument("<i>L"))
    amounts = np.array([-1.0, -2.0, -30.0])
    closed = Closed.latest([win, even, loss], Excursions(amounts, -amounts, np.full(3, 1_000.0)))
    assert closed.mae is not None
    losses, evens, wins = scatter(closed, closed.mae)["data"]
    assert [trace["marker"]["color"] for trace in (losses, evens, wins)] == [
        "var:loss",
        "var:muted",
        "var:gain",
    ]
    assert unpacked(losses["x"]).tolist() == [-0.03]
    assert unpacked(losses["y"]) == pytest.approx([loss.return_ratio])
    assert losses["text"] == ["&lt;i&gt;L long, -102.10 USD<br>2000-02-13 to 2000-03-24"]


def test_a_colour_without_trades_is_left_out(trade: Trade) -> None:
    one = np.array([1.0])
    closed = Closed.latest([trade], Excursions(-one, one, one))
    assert closed.mfe is not None
    assert [trace["name"] for trace in scatter(closed, closed.mfe)["data"]] == ["Wins"]

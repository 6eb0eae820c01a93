"""The terminal's summary: short, within 80 columns, coloured only on a terminal."""

import io
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from app.cli.summary import ambiguity, money, summary_table, unfilled
from app.ports import Instrument, Intrabar, Order, OrderRequest, OrderStatus, Reason, Side
from app.ports.run import EquityColumns, RunResult, RunStatus
from app.services.ambiguity import Bound, Bounds

pytestmark = pytest.mark.unit

DAY = 86_400_000_000_000


@pytest.fixture
def result() -> RunResult:
    column = np.array([100_000_00, 123_456_78], np.int64)
    return RunResult(
        status=RunStatus.COMPLETED,
        currency="USD",
        period=(11_017 * DAY, 15_765 * DAY),
        bars=11_958,
        equity=EquityColumns(np.array([0, DAY]), column, column, column),
        benchmark=np.array([100_000_00, 200_000_00.4]),
        benchmark_name="equal-weight buy-and-hold",
        orders=[],
        fills=[],
        trades=[],
        cash=[],
        positions=[],
        last_ticks={},
        statistics={"total_return": 0.2345678, "annual_return": -0.01, "sharpe": None, "max_drawdown": -0.4},
        benchmark_statistics={"total_return": 1.0, "annual_return": 0.08, "sharpe": 0.67},
        state_hash="",
        seconds=1.0,
    )


def shown(result: RunResult, symbols: tuple[str, ...] = ("AAPL", "IBM"), *, terminal: bool = False) -> str:
    out = io.StringIO()
    console = Console(
        file=out, width=80, force_terminal=terminal, color_system="standard" if terminal else None
    )
    console.print(summary_table(result, symbols))
    return out.getvalue()


def rows(text: str) -> list[list[str]]:
    """Return the cells of each line."""
    return [[cell.strip() for cell in line.split("   ") if cell.strip()] for line in text.splitlines()]


def test_the_benchmark_stands_beside_the_run_where_it_has_the_figure(result: RunResult) -> None:
    table = rows(shown(result))
    assert ["Return", "23.46 %", "100.00 %"] in table
    assert ["Annual return", "-1.00 %", "8.00 %"] in table
    assert ["Sharpe ratio", "n/a", "0.67"] in table
    assert ["Maximum drawdown", "-40.00 %"] in table
    assert ["Final equity", "123,456.78 USD", "200,000.00 USD"] in table


def test_the_period_and_the_counts_are_told(result: RunResult) -> None:
    table = rows(shown(result))
    assert ["Period", "2000-03-01 to 2013-03-01"] in table
    assert ["Symbols", "AAPL, IBM"] in table
    assert ["Bars", "11,958"] in table
    assert ["Fees", "0.00 USD"] in table


def test_it_fits_eighty_columns_whatever_the_names(result: RunResult) -> None:
    many = tuple(f"SYMBOL{number}" for number in range(500))
    text = shown(replace(result, benchmark_name="a benchmark of a remarkably long name " * 3), many)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "500 symbols" in text


def test_it_is_coloured_on_a_terminal_and_plain_when_piped(result: RunResult) -> None:
    assert "\x1b[32m" in shown(result, terminal=True)
    assert "\x1b[31m" in shown(result, terminal=True)
    assert "\x1b" not in shown(result)


def test_names_can_neither_style_nor_control_the_terminal(result: RunResult) -> None:
    text = shown(replace(result, benchmark_name="[red]x\x1b[2J"), ("[bold]A\x1b[0m",), terminal=True)
    assert "[red]x?[2J" in text
    assert "[bold]A?[0m" in text


def test_a_run_without_a_sample_says_so(result: RunResult) -> None:
    nothing = np.empty(0, np.int64)
    columns = EquityColumns(nothing, nothing, nothing, nothing)
    unknown = replace(
        result,
        equity=columns,
        benchmark=np.empty(0),
        statistics={},
        benchmark_statistics={},
        benchmark_name="",
    )
    table = rows(shown(unknown))
    assert ["Final equity", "n/a"] in table
    assert ["Return", "n/a"] in table


def test_money_is_offered_beside_the_table() -> None:
    assert money(-1_234_56, "USD") == "-1,234.56 USD"


def order(reason: Reason) -> Order:
    request = OrderRequest("AAPL", Side.BUY, 1)
    return Order("id", 1, Instrument("AAPL"), request, 0, 0, OrderStatus.DENIED, reason=reason)


def test_orders_that_did_not_fill_are_counted_by_reason(result):
    reasons = [Reason.INSUFFICIENT_CASH, Reason.END_OF_DATA, Reason.INSUFFICIENT_CASH, Reason.NONE]
    told = unfilled(replace(result, orders=[order(reason) for reason in reasons]))
    assert told == "Not filled: 2 insufficient cash, 1 end of data"
    assert unfilled(replace(result, orders=[order(Reason.NONE)])) == ""
    assert unfilled(result) == "The strategy asked for nothing: no order was made."


def test_ambiguity_is_told_in_one_line_with_what_is_known_of_both_bounds(result: RunResult) -> None:
    worst = Bound(Intrabar.WORST, 99_000_00, None, None, None)
    best = replace(worst, policy=Intrabar.BEST, final_equity=101_000_00)
    ambiguous = replace(result, ambiguous=1_234)
    told = ambiguity(ambiguous, Bounds(worst, worst, best))
    start = "Ambiguous fills: 1,234; final equity 99,000.00 USD under worst"
    assert told == f"{start}, 101,000.00 USD under best."
    assert ambiguity(ambiguous, Bounds(worst, worst, None, "Why\x1b.")) == f"{start}. Why?."
    assert ambiguity(result, None) == ""

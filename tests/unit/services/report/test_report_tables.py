"""The report's tables: bounded, sortable by number, legible."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.analytics.attribution import Contribution
from app.analytics.excursions import Excursions
from app.domain.fills import Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.orders import Order, OrderStatus, Reason
from app.ports.run import RunResult
from app.services._report.attribution import attribution_table
from app.services._report.tables import months, statistics_tables, unfilled_table
from app.services._report.trades import TRADES, Closed, trades_table

pytestmark = pytest.mark.unit


def test_the_latest_trade_comes_first_and_old_ones_are_left_out_with_a_note(trade: Trade) -> None:
    trades = [replace(trade, sequence=number, realised=number) for number in range(TRADES + 5)]
    table = trades_table(Closed.latest(trades, None))
    assert len(table.rows) == TRADES
    assert table.rows[0][8].sort == TRADES + 4 - trade.fees
    assert table.note == "The latest 1,000 of 1,005 trades."
    assert trades_table(Closed.latest(trades[:3], None)).note == ""


def test_trades_have_their_own_excursions_beside_them(trade: Trade) -> None:
    trades = [replace(trade, sequence=number) for number in range(TRADES + 2)]
    amounts = np.arange(TRADES + 2, dtype=np.float64)
    found = Excursions(-amounts, 2 * amounts, np.full(TRADES + 2, 10_000.0))
    table = trades_table(Closed.latest(trades, found))
    assert [column.heading for column in table.columns[-2:]] == ["MAE", "MFE"]
    assert [cell.text for cell in table.rows[0][-2:]] == ["-10.01 %", "20.02 %"]
    assert table.rows[-1][-1].sort == 2 * 2 / 10_000


def test_a_short_trade_at_prices_below_one_shows_its_own_decimals(trade: Trade) -> None:
    coin = Instrument("COIN", tick=Decimal("0.00001"), lot=Decimal("0.1"))
    short = replace(
        trade, instrument=coin, side=Side.SELL, lots=1_000_000, entry_value=1_234_50, exit_value=2_000_00
    )
    (row,) = trades_table(Closed.latest([short], None)).rows
    assert [cell.text for cell in row[1:3]] == ["short", "100,000"]
    assert [cell.text for cell in row[5:7]] == ["0.01234", "0.02"]


def test_losses_and_gains_have_a_tone(trade: Trade) -> None:
    gain, loss = trades_table(Closed.latest([replace(trade, realised=0), trade], None)).rows
    assert (gain[8].tone, loss[8].tone) == ("gain", "loss")
    assert loss[8].text == "-2.10"


def test_many_symbols_of_one_reason_are_told_as_a_number(
    result: RunResult, order: Callable[..., Order]
) -> None:
    denied = order(OrderStatus.DENIED, Reason.NO_PRICE_YET)
    orders = [replace(denied, request=replace(denied.request, symbol=f"S{number}")) for number in range(10)]
    (row,) = unfilled_table(replace(result, orders=orders)).rows
    told = ["denied", "no price yet", "S0, S1, S2, S3, S4, S5, S6, S7 and 2 more", "10"]
    assert [cell.text for cell in row] == told


def test_every_statistic_is_shown_once_with_the_benchmarks_beside_it(result: RunResult) -> None:
    rows = [row for table in statistics_tables(result) for row in table.rows]
    assert len(rows) == len(result.statistics)
    shown = {row[0].text: tuple(cell.text for cell in row[1:]) for row in rows}
    assert len(shown) == len(rows)
    assert shown["Fees"] == ("3.00 USD",)
    assert shown["Trades"] == ("1",)
    assert shown["Total return"] == ("-4.48 %", "18.12 %")
    assert shown["Maximum drawdown, peak"][0] == "2000-02-27"
    assert shown["Average holding"] == ("40 days",)
    assert shown["Profit factor"] == ("n/a",)


def test_statistics_come_in_groups_and_only_some_have_a_benchmark(result: RunResult) -> None:
    headings = [[column.heading for column in table.columns] for table in statistics_tables(result)]
    assert headings == [
        ["Return for the risk", "Run", "Benchmark"],
        ["Risk", "Run", "Benchmark"],
        ["Against the benchmark", "Run"],
        ["Activity", "Run"],
        ["Trades", "Run"],
    ]


def test_each_symbol_has_the_parts_of_its_profit_and_its_share() -> None:
    gain = Contribution("AAA", 70_00, 10_00, 5_00, 1_00, share=84 / 64)
    loss = Contribution("BBB", -19_50, 0, 0, 50, share=-20 / 64)
    table = attribution_table([gain, loss], "USD")
    told = [[cell.text for cell in row] for row in table.rows]
    assert told[0] == ["AAA", "70.00", "10.00", "5.00", "1.00", "84.00", "131.2 %"]
    assert told[1] == ["BBB", "-19.50", "0.00", "0.00", "0.50", "-20.00", "-31.2 %"]
    assert [row[5].tone for row in table.rows] == ["gain", "loss"]
    assert table.note.endswith("less fees: 64.00 USD in all.")


def test_a_years_return_compounds_its_months(result: RunResult) -> None:
    ((year, row, whole),) = months(result, 100_000_00)
    assert year == 2000
    assert [value is None for value in row] == [True] + [False] * 4 + [True] * 7
    assert whole == pytest.approx(result.statistics["total_return"])

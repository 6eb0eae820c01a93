"""The report's tables: bounded, sortable by number, legible."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from app.analytics.ambiguity import AmbiguousFills
from app.analytics.attribution import Contribution
from app.analytics.excursions import Excursions
from app.domain.events import Split
from app.domain.fills import Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.orders import Order, OrderStatus, Reason
from app.ports import Intrabar, MarketData, Place
from app.ports.run import RunResult
from app.services._report.attribution import attribution_table
from app.services._report.bounds import bounds_table
from app.services._report.lots import realised_by_lots
from app.services._report.tables import months, positions_table, statistics_tables, unfilled_table
from app.services._report.trades import TRADES, Closed, trades_table
from app.services.ambiguity import Bound, Bounds

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


def test_ambiguous_trades_are_marked_where_there_is_one(trade: Trade, fill: Callable[..., Fill]) -> None:
    later = replace(trade, entry_time=trade.exit_time + 1, exit_time=trade.exit_time + 2)
    ambiguous = AmbiguousFills([replace(fill(Side.SELL, 40, 5_500), flags=1)])
    table = trades_table(Closed.latest([trade, later], None, ambiguous))
    assert table.columns[-1].heading == "Ambiguous"
    assert [row[-1].text for row in table.rows] == ["", "yes"]
    assert trades_table(Closed.latest([later], None, ambiguous)).columns[-1].heading == "Return"


def test_a_run_stands_between_its_bounds_and_is_one_of_them_only_once() -> None:
    own = Bound(Intrabar.OHLC, 100_000_00, 0.0, 0.5, -0.1)
    worst = Bound(Intrabar.WORST, 99_000_00, -0.01, None, -0.2)
    best = Bound(Intrabar.BEST, 101_000_00, 0.01, 1.0, -0.05)
    table = bounds_table(Bounds(own, worst, best), "USD")
    assert [row[0].text for row in table.rows] == ["worst", "ohlc (this run)", "best"]
    told = ["worst", "99,000.00", "-1.00 %", "n/a", "-20.00 %"]
    assert [cell.text for cell in table.rows[0]] == told
    table = bounds_table(Bounds(worst, worst, None, "Why."), "USD")
    assert [row[0].text for row in table.rows] == ["worst (this run)", "best"]
    assert [cell.text for cell in table.rows[1][1:]] == ["n/a"] * 4
    assert table.note == "Why."
    assert not bounds_table(None, "USD").rows


def test_an_open_position_has_what_it_realised_by_average_cost_and_by_its_oldest_lots(
    small: Callable[..., MarketData], replay: Callable[..., Any]
) -> None:
    buy, sell = Place("A", Side.BUY, 2), Place("A", Side.SELL, 3)
    market = small({"A": [10, 10, 20, 30, 30], "B": [5] * 5})
    program = {
        0: [buy, replace(buy, symbol="B")],
        1: [buy],
        2: [sell],
        3: [replace(sell, symbol="B", quantity=2)],
    }
    result = replay(market, program).result
    table = positions_table(result, realised_by_lots(result, market))
    assert [column.heading for column in table.columns[-2:]] == ["Realised", "Realised, FIFO"]
    # Three sold at 30: by average cost 3 x (30 - 15); by lots 2 x (30 - 10) + 1 x (30 - 20).
    assert [[cell.text for cell in row[-2:]] for row in table.rows] == [["45.00", "50.00"]]
    assert realised_by_lots(result, None) is None
    assert positions_table(result).columns[-1].heading == "Realised"


def test_a_split_counts_for_fifo_lots_only_once_it_has_acted(
    small: Callable[..., MarketData], replay: Callable[..., Any], day: Callable[[int], int]
) -> None:
    splits = [Split("A", day(2), 1, 2), Split("A", day(9), 5, 1)]
    market = small({"A": [10, 10, 20, 24]}, actions=splits)
    result = replay(market, {0: [Place("A", Side.BUY, 3)]}).result
    # Of three shares at 10 one and a half become of two, and the half is paid at twice the last close.
    assert realised_by_lots(result, market) == {"A": 0}
    (position,) = result.positions
    assert position.lots == 1
    no_cash = replace(result, cash=[])
    assert realised_by_lots(no_cash, market) is None


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

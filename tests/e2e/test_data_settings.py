"""What data and broker settings do to a run: columns, corporate actions, doubtful and finer bars, fees."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-001", "SYS-005")]

HEADER = "timestamp,open,high,low,close,volume"
CSV = ("--set", "data.source=csv", "--set", "data.path=bars", "--set", "data.symbols=ACME")
COLUMNS = "prediction,confidence,uncertainty"

TRADER = """
from app.ports import OrderType, Place, Side, Strategy, bracket


class Trader(Strategy):
    '''Buys at the first bar, with a stop and a target at the same distance.'''

    def decide(self, bars, book):
        if bars.updated and not book.orders and not book.lots("ACME") and len(bars["ACME"]) == 1:
            entry = Place("ACME", Side.BUY, 10)
            return [bracket(entry, stop_loss=90, take_profit=110)]
        return []
"""

SCHEDULES = """
from decimal import Decimal

from app.ports import Charge, FeeSchedule, hookimpl


@hookimpl
def lts_fee_schedules():
    return {"acme_fees": FeeSchedule("acme_fees", (Charge("commission", Decimal("0.001")),), "a test")}
"""


def days(count: int) -> list[str]:
    """Return weekdays from 2 January 2024 on."""
    found, day = [], date(2024, 1, 2)
    while len(found) < count:
        if day.weekday() < 5:
            found.append(day.isoformat())
        day += timedelta(days=1)
    return found


def write(lts: Any, symbol: str, rows: list[str], header: str = HEADER) -> Path:
    folder = lts.here / "bars"
    folder.mkdir(exist_ok=True)
    path = folder / f"{symbol}.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def flat(stamps: list[str], extra: str = "") -> list[str]:
    return [f"{stamp},100,101,99,100,1000{extra}" for stamp in stamps]


def note(done: Any) -> str:
    """Return the notes on standard error, in one line."""
    return " ".join(line for line in done.err.splitlines() if "Note: " in line)


@pytest.mark.requirement("SYS-008")
def test_the_prediction_strategy_trades_on_columns_of_a_csv_file(lts: Any) -> None:
    stamps = days(6)
    guesses = ["", "0.05,0.9,0.01", "", "-0.05,0.9,0.01", "", ""]
    rows = [row + (f",{guess}" if guess else ",,,") for row, guess in zip(flat(stamps), guesses, strict=True)]
    write(lts, "ACME", rows, f"{HEADER},{COLUMNS}")
    run = ("run", "--json", "--strategy", "prediction", *CSV, "--set", "strategy.holds=9")
    done = lts.inside(*run, "--set", f"data.extra_columns={COLUMNS}").json
    assert (done["status"], done["fills"]) == ("completed", 2)
    tags = lts.query("SELECT tag FROM orders ORDER BY sequence")
    assert tags == [("predicted +0.05",), ("predicted -0.05",)]


def test_the_prediction_strategy_without_its_columns_says_what_to_set(lts: Any) -> None:
    write(lts, "ACME", flat(days(3)))
    done = lts.inside("run", "--strategy", "prediction", *CSV, code=1)
    assert "no extra column 'prediction'" in done.message
    assert "data.extra_columns" in done.message
    missing = lts.inside("run", *CSV, "--set", "data.extra_columns=prediction", code=2).message
    assert "the header has no column 'prediction'" in missing


def test_a_delisting_pays_holders_and_cancels_orders(lts: Any) -> None:
    stamps = days(5)
    write(lts, "ACME", flat(stamps[:3]))
    write(lts, "OTHER", flat(stamps))
    actions = lts.here / "actions.csv"
    actions.write_text(f"ex_date,symbol,kind,value\n{stamps[3]},ACME,delisting,0.40\n", encoding="utf-8")
    lts.install("acme-trader", TRADER, plugins_strategy="trader = acme_trader:Trader")
    run = ("run", "--json", "--strategy", "trader", *CSV, "--set", "data.symbols=ACME,OTHER")
    done = lts.inside(*run, "--set", "data.actions=actions.csv").json
    assert done["status"] == "completed"
    assert lts.query("SELECT kind FROM cash_entries ORDER BY sequence DESC LIMIT 1") == [("delisting",)]
    assert ("canceled", "delisted") in lts.query("SELECT status, reason FROM orders")
    lts.inside(*run)
    ((hashes,),) = lts.query("SELECT count(DISTINCT data_hash) FROM runs")
    assert hashes == 2


def test_bad_bars_stop_a_run_unless_their_policy_says_otherwise(lts: Any) -> None:
    stamps = days(5)
    rows = flat(stamps)
    rows[2] = f"{stamps[2]},100,99,98,100,1000"
    path = write(lts, "ACME", rows)
    message = lts.inside("run", *CSV, code=2).message
    assert f"{path.name}, line 4" in message
    for action in ("drop", "repair"):
        done = lts.inside("run", "--json", *CSV, "--set", f"data.on_bad={action}")
        assert done.json["status"] == "completed"
        assert f"ACME: 1 bar, of {stamps[2]}, is inconsistent" in note(done)
    refused = lts.inside("run", *CSV, "--set", "data.on_bad=keep", code=2).message
    assert 'data.on_bad = "keep"' in refused


def test_a_calendar_tells_gaps(lts: Any) -> None:
    stamps = days(8)
    write(lts, "ACME", flat(stamps[:3] + stamps[5:]))
    run = ("run", *CSV, "--set", "data.calendar=XNYS")
    assert f"ACME: 1 bar, of {stamps[5]}, is behind a gap and kept." in note(lts.inside(*run))
    halted = lts.inside(*run, "--set", "data.on_gap=halt", code=2).message
    assert "is behind a gap" in halted


@pytest.mark.parametrize(("rising", "sold"), [(True, 1.1), (False, 0.9)], ids=["up first", "down first"])
def test_finer_bars_tell_which_exit_came_first(lts: Any, rising: bool, sold: float) -> None:
    stamps = days(3)
    hours = []
    for day in stamps:
        for hour in range(24):
            first, second = ((112, 99), (101, 88)) if rising else ((101, 88), (112, 99))
            high, low = {10: first, 11: second}.get(hour, (101, 99)) if day == stamps[1] else (101, 99)
            hours.append(f"{day}T{hour:02}:00:00Z,100,{high},{low},100,1000")
    write(lts, "ACME", hours)
    lts.install("acme-trader", TRADER, plugins_strategy="trader = acme_trader:Trader")
    run = ("run", "--json", "--strategy", "trader", *CSV, "--set", "broker.intrabar=finer_bars")
    done = lts.inside(*run, "--set", "data.finer_timeframe=1h").json
    assert done["status"] == "completed"
    prices = dict(lts.query("SELECT side, price FROM executions"))
    assert prices["sell"] / prices["buy"] == sold
    message = lts.inside(*run, code=2).message
    assert "data.finer_timeframe" in message


def test_options_of_the_broker_change_fills_fees_and_what_may_be_owed(lts: Any) -> None:
    write(lts, "ACME", flat(days(4)))
    lts.install("acme-trader", TRADER, plugins_strategy="trader = acme_trader:Trader")
    run = ("run", "--json", "--strategy", "trader", *CSV)
    plain = lts.inside(*run).json
    assert plain["fees"] == "1.00"
    shares = ("--set", "broker.fees=per_share", "--set", 'broker.fee_options={"rate": 0.005}')
    assert lts.inside(*run, *shares).json["fees"] == "0.05"
    slipped = lts.inside(*run, "--set", "broker.slippage=fixed_ticks", "--set", "broker.slippage_size=3").json
    assert slipped["final_equity"] < plain["final_equity"]
    assert lts.inside(*run, "--set", "broker.account=reg_t").json["status"] == "completed"
    refused = lts.inside(*run, "--set", "broker.leverage=3", code=2).message
    assert "leverage is for account = leverage, and account is cash" in refused


def test_a_run_before_its_fee_schedule_is_known_says_so(lts: Any) -> None:
    done = lts.inside("run", "--set", "broker.fees=us_regulatory", "--set", "data.start=2012-06-01")
    assert "The fee schedule us_regulatory is known from 2020-01-01 on" in note(done)


@pytest.mark.requirement("SYS-011")
def test_a_package_offers_fee_schedules_and_two_of_one_name_are_refused(lts: Any) -> None:
    write(lts, "ACME", flat(days(4)))
    lts.install("acme-trader", TRADER, plugins_strategy="trader = acme_trader:Trader")
    lts.install("acme-fees", SCHEDULES, lts_extensions="acme_fees = acme_fees")
    run = ("run", "--json", "--strategy", "trader", *CSV, "--set", "broker.fees=acme_fees")
    assert lts.inside(*run).json["fees"] == "1.00"
    lts.install("zenith-fees", SCHEDULES, lts_extensions="zenith_fees = zenith_fees")
    message = lts.inside(*run, code=2).message
    assert "both offer a fee schedule 'acme_fees'" in message
    assert "extension/acme_fees" in message
    assert "extension/zenith_fees" in message


def test_a_calendar_finer_bars_and_columns_reach_the_check_of_looking_ahead(lts: Any) -> None:
    stamps = days(40)
    rows = [f"{row},{'0.05' if number % 7 else '-0.05'}" for number, row in enumerate(flat(stamps))]
    write(lts, "ACME", rows, f"{HEADER},prediction")
    only = ("--set", "strategy.confidence=", "--set", "strategy.uncertainty=")
    run = ("check-lookahead", "--json", "--strategy", "prediction", *CSV, *only)
    done = lts.inside(*run, "--set", "data.extra_columns=prediction", "--set", "data.calendar=XNYS").json
    assert done["orders"] > 0
    assert done["findings"] == []

"""`lts run` without arguments: what it prints, writes and stores."""

import json
import re
import stat
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.persistence import audit
from app.persistence.database import Database

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-001", "STC-001")]

# What a program that reads `lts run --json` may rely on.
KEYS = {
    "run_id": str,
    "status": str,
    "symbols": list,
    "bars": int,
    "orders": int,
    "fills": int,
    "trades": int,
    "initial_equity": str,
    "final_equity": str,
    "total_return": float,
    "sharpe": float,
    "max_drawdown": float,
    "fees": str,
    "ambiguous_fills": int,
    "under_worst": type(None),
    "under_best": type(None),
    "seconds": float,
    "bars_per_second": int,
    "times_real_time": int,
    "state_hash": str,
    "report": str,
    "database": str,
}
ORDERS = (
    "SELECT sequence, side, type, quantity, filled, average_price, status, reason FROM orders "
    "WHERE run_id = (SELECT id FROM runs ORDER BY started_at {} LIMIT 1) ORDER BY sequence"
)
EQUITY = (
    "SELECT time, equity, cash, exposure FROM equity_points "
    "WHERE run_id = (SELECT id FROM runs ORDER BY started_at {} LIMIT 1) ORDER BY time"
)
OUTSIDE = re.compile(r"""(?:src|href|action|poster|data)\s*=\s*["']?\s*(?:https?:)?//|url\(["']?https?:""")


def test_the_json_has_exactly_the_documented_keys_and_types(default_run: Any) -> None:
    summary = default_run[1].json
    assert {key: type(value) for key, value in summary.items()} == KEYS
    assert list(summary) == list(KEYS)


def test_money_in_the_json_is_text_with_cents(default_run: Any) -> None:
    summary = default_run[1].json
    for key in ("initial_equity", "final_equity", "fees"):
        assert re.fullmatch(r"\d+\.\d\d", summary[key])
    assert Decimal(summary["initial_equity"]) == 100_000


def test_the_result_is_one_line_and_nothing_else_is_said(default_run: Any) -> None:
    done = default_run[1]
    assert done.out.endswith("}\n")
    assert done.out.count("\n") == 1
    assert done.err == ""


def test_the_run_covers_the_whole_sample_and_trades(default_run: Any) -> None:
    summary = default_run[1].json
    assert summary["status"] == "completed"
    assert summary["symbols"] == ["AAPL", "GOOG", "IBM", "MSFT"]
    assert summary["bars"] > 11_000
    assert summary["trades"] > 0
    assert UUID(summary["run_id"]).version == 7
    assert re.fullmatch(r"[0-9a-f]{64}", summary["state_hash"])


def test_the_database_holds_what_the_json_says(default_run: Any) -> None:
    lts, done = default_run
    summary = done.json
    assert Path(summary["database"]) == lts.database
    (run,) = lts.query("SELECT status, progress, state_hash, summary FROM runs")
    stored = json.loads(run[3])
    assert run[:3] == ("completed", 1.0, summary["state_hash"])
    assert {key: stored[key] for key in KEYS} == summary
    for table in ("orders", "trades"):
        assert lts.query(f"SELECT count(*) FROM {table}") == [(summary[table],)]  # noqa: S608 - a fixed list
    assert lts.query("SELECT count(*) FROM executions") == [(summary["fills"],)]


@pytest.mark.requirement("SYS-008")
def test_the_stored_summary_has_the_debug_information_of_all_six_plugins(default_run: Any) -> None:
    ((summary,),) = default_run[0].query("SELECT summary FROM runs")
    debug = json.loads(summary)["debug"]
    assert set(debug) == {"aaa", "core", "pipeline", "strategy", "broker", "portfolio"}
    assert debug["strategy"]["plugin"] == "sma_cross"
    assert debug["strategy"]["params"] == {"fast": 20, "slow": 100, "stop_percent": "0"}
    assert debug["strategy"]["debug"]["signals"] > 0


def test_settings_with_their_sources_and_plugin_versions_are_stored(default_run: Any) -> None:
    ((configuration, versions),) = default_run[0].query("SELECT configuration, plugin_versions FROM runs")
    fast = {"value": 20, "layer": "PLUGIN", "source": "default of strategy/sma_cross"}
    assert json.loads(configuration)["strategy.sma_cross.fast"] == fast
    assert set(json.loads(versions)) == {
        "aaa/local",
        "broker/simulated",
        "core/headless",
        "pipeline/backtest",
        "portfolio/equal_weight",
        "strategy/sma_cross",
    }


def test_the_report_opens_without_a_network(default_run: Any) -> None:
    report = Path(default_run[1].json["report"])
    page = report.read_text(encoding="utf-8")
    assert not OUTSIDE.search(page)
    (script,) = re.findall(r'<script[^>]*src="([^"]+)"', page)
    assert (report.parent / script).is_file()


@pytest.mark.requirement("SYS-014")
def test_every_line_of_the_log_is_json_with_the_run_id(default_run: Any) -> None:
    summary = default_run[1].json
    log = Path(summary["report"]).with_suffix(".log.jsonl")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["run started", "run ended"]
    assert {line["run_id"] for line in lines} == {summary["run_id"]}
    assert all(line["level"] == "info" and line["timestamp"].endswith("Z") for line in lines)


@pytest.mark.requirement("SYS-007", "STC-12")
def test_start_and_end_are_audited_in_a_chain_that_verifies(default_run: Any) -> None:
    lts, done = default_run
    records = lts.query("SELECT writer, action, object, actor FROM audit_logs ORDER BY sequence")
    target = f"run/{done.json['run_id']}"
    assert [(record[1], record[2]) for record in records] == [("run.started", target), ("run.ended", target)]
    assert len({record[3] for record in records}) == 1
    with Database.open(str(lts.database), create=False) as database, database.reading() as session:
        assert audit.verify(session, records[0][0]) is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the user's own folders private itself")
@pytest.mark.requirement("SYS-010", "STC-9")
def test_everything_written_is_private(default_run: Any) -> None:
    home = default_run[0].home
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}
    assert {path.name: oct(mode) for path, mode in modes.items() if path.is_file() and mode != 0o600} == {}
    assert {path.name: oct(mode) for path, mode in modes.items() if path.is_dir() and mode != 0o700} == {}
    assert len(modes) >= 6


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps the user's own folders private itself")
@pytest.mark.requirement("SYS-010", "STC-9")
def test_new_folders_for_output_and_database_are_private_too(lts: Any) -> None:
    arguments = ("--output", "new/reports", "--db", "other/deep/my.db")
    lts("run", "--quiet", "--set", "data.start=2012-06-01", *arguments, umask=0o022)
    written = [path for name in ("new", "other") for path in (lts.here / name, *(lts.here / name).rglob("*"))]
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in written if path.is_file()} == {"0o600"}
    assert {oct(stat.S_IMODE(path.stat().st_mode)) for path in written if path.is_dir()} == {"0o700"}
    assert not (lts.home / "lts.db").exists()


def test_a_second_run_comes_to_the_same_and_makes_no_second_user_portfolio_asset_or_account(
    lts: Any, default_run: Any
) -> None:
    first, again = lts("run", "--json").json, lts("run", "--json").json
    varying = {"run_id", "seconds", "bars_per_second", "times_real_time", "report", "database"}
    for other in (again, default_run[1].json):
        assert {k: v for k, v in first.items() if k not in varying} == {
            k: v for k, v in other.items() if k not in varying
        }
    assert first["run_id"] != again["run_id"]
    assert lts.query(ORDERS.format("ASC")) == lts.query(ORDERS.format("DESC"))
    assert lts.query(EQUITY.format("ASC")) == lts.query(EQUITY.format("DESC"))
    counts = [
        lts.query(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - a fixed list
        for table in ("runs", "users", "portfolios", "broker_accounts", "assets")
    ]
    assert counts == [2, 1, 1, 1, 4]


def test_the_table_in_a_pipe_is_plain_and_says_where_everything_is(lts: Any) -> None:
    done = lts("run", "--output", "out")
    assert "\x1b" not in done.out + done.err
    assert done.err == ""
    for label in ("Period", "Bars", "Orders", "Fills", "Annual return", "Sharpe", "drawdown", "Benchmark"):
        assert label in done.out
    where = dict(re.findall(r"^(Run|Report|Log|Database) +(.+)$", done.out, re.MULTILINE))
    folder = lts.here / "out"
    assert Path(where["Report"]) == folder / f"{where['Run']}.html"
    assert Path(where["Log"]) == folder / f"{where['Run']}.log.jsonl"
    assert Path(where["Database"]) == lts.database
    assert all(Path(where[name]).is_file() for name in ("Report", "Log", "Database"))


def test_quiet_prints_nothing(lts: Any) -> None:
    done = lts("run", "--quiet", "--set", "data.start=2012-06-01")
    assert (done.out, done.err) == ("", "")
    assert lts.runs() == [("completed", None)]


@pytest.mark.requirement("SYS-014")
def test_what_was_noticed_in_the_data_is_told_and_logged(lts: Any) -> None:
    rows = "".join(f"2020-01-{day:02},10,12,9,11,10,100\n" for day in range(1, 29))
    header = "Date,Open,High,Low,Close,Adj Close,Volume\n"
    (lts.here / "ACME.csv").write_text(header + rows, encoding="utf-8")
    settings = ("data.source=csv", "data.path=ACME.csv", "data.symbols=ACME", "strategy.slow=21")
    done = lts.inside("run", "--json", *(word for setting in settings for word in ("--set", setting)))
    assert "Note: " in done.err
    assert "adj close" in done.err.lower()
    log = Path(done.json["report"]).with_suffix(".log.jsonl").read_text(encoding="utf-8")
    noticed = [json.loads(line) for line in log.splitlines() if "data notice" in line]
    assert [f"Note: {line['notice']}" for line in noticed] == done.err.splitlines()
    assert {line["run_id"] for line in noticed} == {done.json["run_id"]}

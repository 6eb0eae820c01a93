"""Bars that do not tell which order of a bracket came first: the run says what it would be either way."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-006", "SYS-018")]

# What it has asked for it remembers in itself, so that only one that is built anew trades again.
ONCE = """
from app.ports import Place, Side, Strategy, bracket


class Once(Strategy):
    asked = False

    def decide(self, bars, book):
        if self.asked:
            return []
        self.asked = True
        return [bracket(Place("ACME", Side.BUY, 10), stop_loss=90, take_profit=110)]
"""

FAINT_HEARTED = """
from acme_once import Once


class FaintHearted(Once):
    def decide(self, bars, book):
        if book.cash > 100_000_00:
            raise ValueError("too much money")
        return super().decide(bars, book)
"""

QUIET = "100,101,99,100,1000"
WIDE = "100,115,85,100,1000"
BARS = (QUIET, QUIET, WIDE, QUIET)


@pytest.fixture
def run(lts: Any) -> Any:
    """Run the bracket over ACME's bars; it buys 10 at 100 on the second day."""
    lts.install("acme-once", ONCE, plugins_strategy="once = acme_once:Once")
    lts.install("acme-faint", FAINT_HEARTED, plugins_strategy="faint = acme_faint:FaintHearted")

    def execute(*more: str, strategy: str = "once", bars: tuple[str, ...] = BARS) -> Any:
        folder = lts.here / "bars"
        folder.mkdir(exist_ok=True)
        rows = [f"2024-01-{number:02},{bar}" for number, bar in enumerate(bars, start=2)]
        text = "\n".join(["timestamp,open,high,low,close,volume", *rows, ""])
        (folder / "ACME.csv").write_text(text, encoding="utf-8")
        data = ("data.source=csv", "data.path=bars", "data.symbols=ACME")
        settings = [word for setting in data for word in ("--set", setting)]
        return lts.inside("run", "--strategy", strategy, *settings, *more)

    return execute


def test_a_run_with_an_ambiguous_fill_tells_its_result_under_worst_and_under_best(run: Any, lts: Any) -> None:
    done = run("--json").json
    # 10 bought at 100 for 1.00 in fees; sold at 90 for 0.90, or at 110 for 1.10.
    assert done["ambiguous_fills"] == 1
    assert done["final_equity"] == done["under_worst"]["final_equity"] == "99898.10"
    assert done["under_best"]["final_equity"] == "100097.90"
    assert done["under_best"]["total_return"] == pytest.approx(97.90 / 100_000)
    assert done["under_worst"]["sharpe"] < 0 < done["under_best"]["sharpe"]
    # From the capital: either run paid the first fee, and one of them never came back.
    assert done["under_worst"]["max_drawdown"] == pytest.approx(-101.90 / 100_000)
    assert done["under_best"]["max_drawdown"] == pytest.approx(-1 / 100_000)
    assert lts.query("SELECT count(*) FROM runs") == [(1,)]
    assert lts.query("SELECT count(*) FROM orders") == [(3,)]
    ((summary,),) = lts.query("SELECT summary FROM runs")
    stored = summary if isinstance(summary, dict) else json.loads(summary)
    assert stored["under_best"] == done["under_best"]


def test_the_trade_that_rests_on_it_is_marked_in_the_database_and_in_the_report(run: Any, lts: Any) -> None:
    done = run("--json").json
    ((mae, mfe, ambiguous),) = lts.query("SELECT mae, mfe, ambiguous FROM trades")
    assert (mae, mfe, bool(ambiguous)) == (pytest.approx(-0.10), pytest.approx(0.01), True)
    page = Path(done["report"]).read_text(encoding="utf-8")
    assert "worst (this run)" in page
    assert "100,097.90" in page
    assert ">Ambiguous<" in page


def test_the_terminal_tells_it_in_a_line(run: Any) -> None:
    told = run().out
    assert "Ambiguous fills: 1; final equity 99,898.10 USD under worst, 100,097.90 USD under best." in told


@pytest.mark.parametrize(
    ("policy", "final"), [("best", "100097.90"), ("nearer_first", "99898.10"), ("ohlc", "99898.10")]
)
def test_the_bounds_are_the_same_whatever_the_runs_own_policy(run: Any, policy: str, final: str) -> None:
    done = run("--json", "--set", f"broker.intrabar={policy}").json
    assert done["final_equity"] == final
    bounds = [done[key]["final_equity"] for key in ("under_worst", "under_best")]
    assert bounds == ["99898.10", "100097.90"]


def test_a_run_without_ambiguous_fills_has_no_bounds(run: Any) -> None:
    done = run("--json", bars=(QUIET, QUIET, "100,101,85,100,1000", QUIET)).json
    assert (done["trades"], done["ambiguous_fills"]) == (1, 0)
    assert done["under_worst"] is done["under_best"] is None
    assert "Ambiguous" not in Path(done["report"]).read_text(encoding="utf-8")
    assert "Ambiguous" not in run(bars=(QUIET, QUIET)).out


def test_a_strategy_that_fails_under_the_other_policy_costs_that_bound_alone(run: Any, lts: Any) -> None:
    done = run("--json", strategy="faint").json
    assert (done["status"], done["final_equity"]) == ("completed", "99898.10")
    assert done["under_worst"]["final_equity"] == "99898.10"
    assert done["under_best"] is None
    assert "Under intrabar = best the run failed" in Path(done["report"]).read_text(encoding="utf-8")
    (log,) = (lts.home / "reports").glob("*.log.jsonl")
    assert "too much money" in log.read_text(encoding="utf-8")

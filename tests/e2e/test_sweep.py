"""`lts sweep`: every set is the run that `lts run` would be, in however many processes."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-005", "SYS-011")]

QUICK = ("--set", "data.start=2011-01-01", "--set", "data.symbols=IBM,MSFT")
GRID = ("--grid", "fast=5:25:5", "--grid", "slow=10:41:10")


def sweep(lts: Any, *arguments: str, workers: int = 1, code: int = 0) -> Any:
    return lts.inside("sweep", *QUICK, *arguments, "--workers", workers, code=code)


def test_two_workers_come_to_the_rows_of_one_and_these_to_the_runs_of_their_settings(lts: Any) -> None:
    alone = sweep(lts, *GRID, "--json").json
    shared = lts("sweep", *QUICK, *GRID, "--json", "--workers", "2").json
    assert shared["rows"] == alone["rows"]
    assert (alone["workers"], shared["workers"]) == (1, 2)
    assert (alone["sets"], alone["refused"], alone["failed"], len(alone["rows"])) == (16, 4, 0, 12)
    for row in (alone["rows"][0], alone["rows"][-1]):
        chosen = [("--set", f"strategy.{name}={value}") for name, value in row["parameters"].items()]
        run = lts.inside("run", "--json", *QUICK, *(word for pair in chosen for word in pair)).json
        figures = ("state_hash", "final_equity", "fees", "fills", "trades", "sharpe", "total_return")
        assert {name: row[name] for name in figures} == {name: run[name] for name in figures}


def test_sets_that_the_options_refuse_are_counted_by_reason(lts: Any) -> None:
    (skipped,) = sweep(lts, *GRID, "--json", "--top", "1").json["skipped"]
    assert (skipped["sets"], skipped["failed"], skipped["first"]) == (4, False, {"fast": 10, "slow": 10})
    assert "fast (10) must be smaller than slow (10)" in skipped["reason"]


def test_options_of_other_plugins_are_swept_by_their_whole_keys(lts: Any) -> None:
    grid = ("--grid", "broker.commission_bps=0,20", "--grid", "portfolio.cash_buffer=0.0:0.3:0.1")
    done = sweep(lts, *grid, "--json", "--metric", "total_return").json
    assert len({row["state_hash"] for row in done["rows"]}) == len(done["rows"]) == 6
    returns = [row["total_return"] for row in done["rows"]]
    assert returns == sorted(returns, reverse=True)
    assert all(
        row["fees"] == "0.00" for row in done["rows"] if not row["parameters"]["broker.commission_bps"]
    )


def test_people_get_a_table_what_the_best_is_worth_and_where_the_files_are(lts: Any) -> None:
    out = lts.here / "mine"
    done = sweep(lts, *GRID, "--top", "3", "--output", str(out)).out
    assert "12 of 16 sets, by Sharpe ratio" in done
    assert "4 refused, the first fast=10, slow=10: " in done
    assert "partly luck" in done
    report, table = (Path(line.split(maxsplit=1)[-1]) for line in done.splitlines()[-2:])
    assert report.parent == out
    assert "plotly.min.js" in {path.name for path in out.iterdir()}
    assert "Sharpe ratio by parameter" in report.read_text(encoding="utf-8")
    with (out / report.with_suffix(".csv").name).open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 12
    assert table.name.endswith(".csv")


def test_nothing_is_written_to_a_database(lts: Any) -> None:
    sweep(lts, "--grid", "fast=5,6", "--json")
    assert not lts.database.exists()


def test_settings_of_every_layer_count_and_the_grid_is_above_them(lts: Any) -> None:
    (lts.here / "mine.toml").write_text("[strategy]\nfast = 7\nslow = 33\n", encoding="utf-8")
    done = sweep(lts, "-c", "mine.toml", "--set", "strategy.fast=9", "--grid", "fast=5", "--json").json
    run = lts.inside("run", *QUICK, "--json", "--set", "strategy.fast=5", "--set", "strategy.slow=33").json
    assert [row["state_hash"] for row in done["rows"]] == [run["state_hash"]]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--grid", "fsat=5"), "Did you mean strategy.fast"),
        (("--grid", "portfolio.cash_bufer=0.1"), "Did you mean portfolio.cash_buffer"),
        (("--grid", "fast=5:5:1"), "is empty"),
        (("--grid", "fast=a,b"), "All 2 sets are refused. The first: strategy.sma_cross.fast"),
        (("--grid", "data.start=2011-01-01"), "the same for all sets"),
        (("--grid", "plugins.strategy=sma_cross"), "the same for all sets"),
        (("--grid", "portfolio.currency=USD,EUR"), "one currency"),
        (("--grid", "strategy.pairs.window=5"), "not chosen"),
        (("--grid", "fast=5", "--grid", "strategy.sma_cross.fast=6"), "are the same setting"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_with_one_message(lts: Any, arguments: Any, named: str) -> None:
    done = sweep(lts, *arguments, code=2)
    assert named in done.message
    assert done.out == ""


ODD = """
import os
from itertools import count
from random import SystemRandom
from pydantic import Field, SecretStr
from app.ports import Options, Strategy, Target

class OddOptions(Options):
    key: SecretStr = SecretStr("open-sesame")
    size: int = 1
    how: str = "well"

class Odd(Strategy):
    Options = OddOptions

    def decide(self, bars, book):
        print("printed by a plugin")
        if self.options.how == "badly" and self.options.size == 2:
            raise ValueError(self.options.key.get_secret_value())
        if self.options.how == "dying":
            os._exit(7)
        chance = SystemRandom().random() if self.options.how == "by chance" else 0.5
        return [Target(symbol, weight=chance / self.options.size) for symbol in bars.updated]
"""


@pytest.fixture
def odd(lts: Any) -> Any:
    lts.install("acme-odd", ODD, plugins_strategy="odd = acme_odd:Odd")

    def run(how: str, *arguments: str, workers: int = 1, code: int = 0) -> Any:
        chosen = ("--strategy", "odd", "--set", f"strategy.how={how}")
        return sweep(lts, *chosen, *arguments, workers=workers, code=code)

    return run


@pytest.mark.parametrize("workers", [1, 2])
def test_a_set_whose_run_fails_costs_no_other_and_tells_no_secret(odd: Any, workers: int) -> None:
    done = odd("badly", "--grid", "size=1,2,3", "--json", workers=workers)
    assert [row["parameters"]["size"] for row in done.json["rows"]] == [1, 3]
    (skipped,) = done.json["skipped"]
    assert (skipped["failed"], skipped["first"]) == (True, {"size": 2})
    assert "ValueError" in skipped["reason"]
    assert "open-sesame" not in done.out + done.err


def test_a_sweep_of_which_every_run_fails_is_an_error(odd: Any) -> None:
    done = odd("badly", "--grid", "size=2", "--json", code=1)
    assert "None of the 1 sets came to a result. size=2: " in done.message


def test_a_worker_that_dies_ends_the_sweep_with_its_exit_code(odd: Any) -> None:
    done = odd("dying", "--grid", "size=1,2", workers=2, code=1)
    assert "A worker of the sweep ended with exit code 7." in done.message


def test_a_best_set_that_cannot_be_repeated_is_told(odd: Any) -> None:
    done = odd("by chance", "--grid", "size=1,2", "--json")
    assert "Note: The best set, size=" in done.err
    assert "leaves something to chance" in done.json["warnings"][0]


def test_secrets_are_no_parameters(odd: Any) -> None:
    assert "its values are secret" in odd("well", "--grid", "key=open,sesame", code=2).message


def test_a_pipeline_that_is_no_backtest_is_refused(lts: Any) -> None:
    source = 'from plugins_pipeline.backtest import Backtest\nclass Paper(Backtest):\n    mode = "paper"\n'
    lts.install("acme-paper", source, plugins_pipeline="on_paper = acme_paper:Paper")
    message = sweep(lts, "--pipeline", "on_paper", "--grid", "fast=5", code=2).message
    assert "The pipeline on_paper has the mode 'paper'" in message


WAITS = """
import os, sys, time
from app.ports import Strategy

class Waits(Strategy):
    class Options(Strategy.Options):
        size: int = 1

    def decide(self, bars, book):
        os.write(2, f"waiting {os.getpid()}\\n".encode())
        time.sleep(60)
        return []
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one other process")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_of_a_terminal_ends_all_processes_and_leaves_nothing(lts: Any, workers: int) -> None:
    lts.install("acme-waits", WAITS, plugins_strategy="waits = acme_waits:Waits")
    temporary = lts.folder / "temporary"
    temporary.mkdir()
    process = subprocess.Popen(
        [lts.program, "sweep", "--strategy", "waits", "--grid", "size=1,2", "--workers", str(workers)],
        cwd=lts.here,
        env={**lts.environment, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    waiting = [int(process.stderr.readline().removeprefix("waiting ")) for _ in range(workers)]
    os.killpg(process.pid, signal.SIGINT)  # a terminal tells every process
    assert process.communicate(timeout=60) == ("", "Stopped.\n")
    assert process.returncode == 130
    for number in waiting:
        with pytest.raises(ProcessLookupError):
            os.kill(number, 0)
    assert list(temporary.iterdir()) == []
    assert list((lts.home / "reports").iterdir()) == []


def test_help_has_examples_and_exit_codes(lts: Any) -> None:
    shown = " ".join(lts.inside("sweep", "--help").out.split())
    assert "Examples: lts sweep --strategy sma_cross --grid fast=5:25:1 --grid slow=30:121:10" in shown
    assert "Exit codes: 0 done, 1 no set came to a result, 2 bad configuration or input, 130" in shown

"""Ctrl-C and SIGTERM: at every moment of a run, told, stored as interrupted, and with the right exit code."""

import signal
import subprocess
import sys
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-011", "STC-16")]

# A package whose plugins raise signals in their own process: no other process has to guess the moment.
SIGNALS = """
import os
import signal
from plugins_strategy.sma_cross import SmaCross
from app.ports import hookimpl

NUMBER = signal.Signals[os.environ["TEST_SIGNAL"]]
MOMENT = os.environ["TEST_MOMENT"]

class Stops(SmaCross):
    seen = 0

    def decide(self, bars, book):
        self.seen += 1
        if self.seen == 400 and MOMENT in ("in the run", "twice"):
            signal.raise_signal(NUMBER)
            if MOMENT == "twice":
                signal.raise_signal(NUMBER)
        return super().decide(bars, book)

@hookimpl
def lts_data_sources():
    if MOMENT == "before the run":
        signal.raise_signal(NUMBER)

@hookimpl
def lts_run_started():
    if MOMENT == "at its start":
        signal.raise_signal(NUMBER)

@hookimpl
def lts_run_ended(result):
    if MOMENT == "at its end":
        signal.raise_signal(NUMBER)
"""
CODES = {"SIGINT": 130, "SIGTERM": 143}
LAST = "SELECT max(time) FROM equity_points"

each_signal = pytest.mark.parametrize(("name", "code"), CODES.items())


@pytest.fixture
def stopped(lts: Any) -> Any:
    """Run until a signal comes at a moment; what is returned has ended with the given exit code."""
    points = {"plugins_strategy": "stops = acme_stops:Stops", "lts_extensions": "stops = acme_stops"}
    lts.install("acme-stops", SIGNALS, **points)

    def run(name: str, moment: str, code: int, *arguments: str) -> Any:
        said = {"TEST_SIGNAL": name, "TEST_MOMENT": moment}
        return lts("run", "--strategy", "stops", *arguments, env=said, code=code)

    return run


@each_signal
def test_a_signal_in_mid_run_ends_it_at_the_next_bar_and_stores_what_it_did(
    lts: Any, stopped: Any, name: str, code: int
) -> None:
    done = stopped(name, "in the run", code, "--json")
    assert done.json["status"] == "interrupted"
    assert "stopped before its end" in done.err
    ((status, progress),) = lts.query("SELECT status, progress FROM runs")
    assert status == "interrupted"
    assert 0 < progress < 0.5
    assert lts.query("SELECT count(*) FROM equity_points") == [(400,)]
    assert lts.query("SELECT count(*) FROM executions")[0][0] == done.json["fills"] > 0
    assert [action for (action,) in lts.query("SELECT action FROM audit_logs ORDER BY sequence")] == [
        "run.started",
        "run.ended",
    ]


def test_an_interrupted_run_says_so_to_people_too(lts: Any, stopped: Any) -> None:
    done = stopped("SIGINT", "in the run", 130)
    assert "Final equity" in done.out
    assert done.err == "The run was stopped before its end; what it did so far is stored as interrupted.\n"


@each_signal
def test_the_second_signal_ends_the_run_at_once(lts: Any, stopped: Any, name: str, code: int) -> None:
    done = stopped(name, "twice", code)
    assert done.out == ""
    assert "Stopped" in done.err
    assert lts.runs() == [("interrupted", "stopped at once")]


@each_signal
def test_a_signal_before_the_run_leaves_none(lts: Any, stopped: Any, name: str, code: int) -> None:
    done = stopped(name, "before the run", code)
    assert (done.out, done.err) == ("", "Stopped.\n")
    assert lts.runs() == []


def test_a_signal_as_the_run_starts_interrupts_it_before_its_first_bar(lts: Any, stopped: Any) -> None:
    done = stopped("SIGTERM", "at its start", 143, "--json")
    assert done.json["status"] == "interrupted"
    assert done.json["bars"] == 0
    assert done.json["final_equity"] == "100000.00"
    assert lts.runs() == [("interrupted", None)]


def test_a_signal_after_the_last_bar_comes_too_late_to_interrupt(lts: Any, stopped: Any) -> None:
    done = stopped("SIGTERM", "at its end", 0, "--json", "--set", "data.start=2012-06-01")
    assert done.json["status"] == "completed"
    assert lts.runs() == [("completed", None)]


def test_a_run_after_an_interrupted_one_comes_to_the_usual_result(
    lts: Any, stopped: Any, default_run: Any
) -> None:
    stopped("SIGTERM", "twice", 143)
    assert lts("run", "--json").json["state_hash"] == default_run[1].json["state_hash"]
    assert [status for status, _ in lts.runs()] == ["interrupted", "completed"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one other process")
def test_ctrl_c_from_outside_stops_a_run_that_waits(lts: Any) -> None:
    source = "import time\nfrom app.ports import hookimpl\n@hookimpl\ndef lts_data_sources():\n"
    source += "    print('waiting', flush=True)\n    time.sleep(60)\n"
    lts.install("acme-waits", source, lts_extensions="waits = acme_waits")
    process = subprocess.Popen(
        [lts.program, "run"],
        cwd=lts.here,
        env=lts.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "waiting\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "Stopped.\n")
    assert process.returncode == 130

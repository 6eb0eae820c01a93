"""Plugins that fail in mid-run: it ends FAILED, says which plugin and when, and keeps what was done."""

import json
from typing import Any

import pytest

from app.data.sample.source import load
from app.domain.bars import moment
from app.ports import DataRequest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-011", "STC-005")]

FAILING = """
from plugins_broker.simulated import Simulated
from plugins_core.headless import Headless
from plugins_portfolio.equal_weight import EqualWeight
from plugins_strategy.sma_cross import SmaCross
from app.ports import Place, Side, Target

class Late(SmaCross):
    '''Does what sma_cross does until its 400th bar.'''

    seen = 0

    def decide(self, bars, book):
        self.seen += 1
        return self.late(bars, book) if self.seen == 400 else super().decide(bars, book)

class Raises(Late):
    def late(self, bars, book):
        raise ValueError("no \\x1b[31m idea")

class Leaves(Late):
    def late(self, bars, book):
        raise SystemExit(0)

class Stranger(Late):
    def late(self, bars, book):
        return [Target("TSLA", signal=1)]

class Placer(Late):
    def late(self, bars, book):
        return [Place("TSLA", Side.BUY, 1)]

class Babbles(Late):
    def late(self, bars, book):
        return ["buy"]

class Endless(Late):
    def late(self, bars, book):
        return self.late(bars, book)

class Unhearing(SmaCross):
    def on_order_update(self, order):
        raise KeyError("order")

class Unweighing(EqualWeight):
    def allocate(self, targets, bars, book, instruments):
        raise ZeroDivisionError("no weights")

class Idle(Headless):
    def start(self, run):
        return None

class Shut(Simulated):
    def simulation(self):
        raise ConnectionError("the venue is shut")
"""
POINTS = {
    "plugins_strategy": "\n".join(
        f"{name.lower()} = acme_fails:{name}"
        for name in ("Raises", "Leaves", "Stranger", "Placer", "Babbles", "Endless", "Unhearing")
    ),
    "plugins_portfolio": "unweighing = acme_fails:Unweighing",
    "plugins_broker": "shut = acme_fails:Shut",
    "plugins_core": "idle = acme_fails:Idle",
}
AT_BAR_400 = f"{moment(load(DataRequest(('IBM',))).series['IBM'].timestamps.item(399)):%Y-%m-%d %H:%M} UTC"
CASES = {
    "raises": ("strategy", ["Strategy raises failed", AT_BAR_400, "ValueError: no"]),
    "leaves": ("strategy", ["SystemExit: 0"]),
    "stranger": (
        "strategy",
        ["Strategy stranger failed", "'TSLA' is not a symbol of this run", "data.symbols", "AAPL"],
    ),
    "placer": ("strategy", ["Strategy placer failed", "'TSLA' is not a symbol of this run", "data.symbols"]),
    "babbles": ("strategy", ["Strategy babbles failed", AT_BAR_400]),
    "endless": ("strategy", ["Strategy endless failed", AT_BAR_400, "RecursionError"]),
    "unhearing": ("strategy", ["Strategy unhearing failed", "KeyError: 'order'"]),
    "unweighing": ("portfolio", ["Portfolio Unweighing failed", "ZeroDivisionError: no weights", " UTC"]),
    "idle": ("core", ["Core plugin idle ended without a result", "headless"]),
}


def test_a_venue_that_cannot_be_simulated_stops_the_start_before_a_run_is_written(lts: Any) -> None:
    lts.install("acme-fails", FAILING, **POINTS)
    done = lts.inside("run", "--json", "--set", "plugins.broker=shut", code=2)
    assert "The broker shut failed: ConnectionError: the venue is shut" in done.message
    assert lts.runs() == []


@pytest.mark.parametrize("name", CASES)
def test_the_run_ends_failed_with_one_message_that_names_plugin_and_time(lts: Any, name: str) -> None:
    kind, named = CASES[name]
    lts.install("acme-fails", FAILING, **POINTS)
    done = lts.inside("run", "--json", "--set", f"plugins.{kind}={name}", code=1)
    assert done.out == ""
    assert "\x1b" not in done.err
    assert [words for words in named if words not in done.message] == []
    ((status, error),) = lts.runs()
    assert status == "failed"
    assert named[0].partition(" asked")[0] in (error or "")
    actions = lts.query("SELECT action, after FROM audit_logs ORDER BY sequence")
    assert [action for action, _ in actions] == ["run.started", "run.ended"]
    assert json.loads(actions[1][1]) == {"status": "failed", "reason": error}


def test_the_log_keeps_the_traceback_that_only_debug_prints(lts: Any) -> None:
    lts.install("acme-fails", FAILING, **POINTS)
    done = lts.inside("run", "--strategy", "raises", "--debug", code=1)
    assert done.err.startswith("Traceback")
    assert "acme_fails.py" in done.err
    (log,) = (lts.home / "reports").glob("*.log.jsonl")
    last = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert last["event"] == "run ended early"
    assert last["status"] == "failed"
    assert "acme_fails.py" in last["exception"]

"""Plugins that print, raise what is no Exception, or give secrets away: a run survives or says so."""

import json
import sys
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-011")]

QUICK = ("--set", "data.start=2012-06-01", "--set", "data.symbols=IBM")

LOUD_EXTENSION = 'print("imported")'
PANICS = """
class Panic(BaseException):
    def __str__(self):
        raise RuntimeError("no words")

raise Panic
"""
STRATEGIES = """
from asyncio import CancelledError

from pydantic import SecretStr
from app.ports import Options, Strategy

class KeyOptions(Options):
    api_key: SecretStr = SecretStr("")
    size: int = 1

class Loud(Strategy):
    def decide(self, bars, book):
        print("deciding")
        return []

class Cancels(Strategy):
    def decide(self, bars, book):
        raise CancelledError("gone")

class Leaks(Strategy):
    Options = KeyOptions

    def decide(self, bars, book):
        raise ValueError(f"refused: {self.options.api_key.get_secret_value()}")

class LeaksEarly(Strategy):
    Options = KeyOptions

    def __init__(self, options):
        raise ValueError(f"refused: {options.api_key.get_secret_value()}")

    def decide(self, bars, book):
        return []
"""
POINTS = "loud = acme:Loud\ncancels = acme:Cancels\nleaks = acme:Leaks\nleaks_early = acme:LeaksEarly"


def install(lts: Any) -> None:
    lts.install("acme", STRATEGIES, plugins_strategy=POINTS)


def test_what_plugins_print_keeps_out_of_the_json(lts: Any) -> None:
    install(lts)
    lts.install("loud-extension", LOUD_EXTENSION, lts_extensions="loud = loud_extension")
    done = lts.inside("run", "--json", "--strategy", "loud", *QUICK)
    assert done.json["status"] == "completed"
    assert "imported\n" in done.err
    assert "deciding\n" in done.err
    for words in (
        ("plugins", "list"),
        ("plugins", "debug"),
        ("config", "show"),
        ("config", "explain", "run.seed"),
    ):
        assert lts.inside(*words, "--json").json


def test_an_extension_that_panics_at_import_stops_nothing(lts: Any) -> None:
    lts.install("panics", PANICS, lts_extensions="panics = panics")
    assert "panics cannot be imported: Panic" in " ".join(lts.inside("plugins", "list").out.split()).replace(
        "extension/panics (panics, from panics 1.0)", "panics"
    )
    done = lts.inside("run", "--json", *QUICK)
    assert done.json["status"] == "completed"
    assert "extension/panics" in done.err


def test_a_strategy_that_is_cancelled_leaves_its_run_failed(lts: Any) -> None:
    install(lts)
    done = lts.inside("run", "--strategy", "cancels", *QUICK, code=1)
    assert "CancelledError: gone" in done.message
    ((status, error),) = lts.runs()
    assert status == "failed"
    assert "CancelledError: gone" in (error or "")


@pytest.mark.requirement("SYS-019")
@pytest.mark.parametrize(("strategy", "code"), [("leaks", 1), ("leaks_early", 2)])
def test_a_secret_in_a_plugins_error_is_masked_wherever_it_is_told(
    lts: Any, strategy: str, code: int
) -> None:
    install(lts)
    words = ("--strategy", strategy, "--set", f"strategy.{strategy}.api_key=hunter2-hunter2", *QUICK)
    for debug in ((), ("--debug",)):
        done = lts.inside("run", *words, *debug, code=code)
        assert "refused: ******" in done.err
        assert "hunter2" not in done.out + done.err
    if code == 1:
        assert [status for status, _ in lts.runs()] == ["failed", "failed"]
        stored = str(lts.runs()) + str(lts.query("SELECT after FROM audit_logs"))
        logs = [path.read_text(encoding="utf-8") for path in lts.home.rglob("*.log.jsonl")]
        assert "refused: ******" in stored
        assert "refused: ******" in logs[0]
        assert "hunter2" not in stored + "".join(logs)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no other name for the user")
def test_the_audit_trail_names_the_account_and_not_what_the_environment_claims(lts: Any) -> None:
    import os
    import pwd

    lts.environment |= {"LOGNAME": "mallory", "USER": "mallory"}
    lts.inside("run", "--quiet", *QUICK)
    assert {actor for (actor,) in lts.query("SELECT actor FROM audit_logs")} == {
        pwd.getpwuid(os.geteuid()).pw_name
    }


def test_every_command_that_reads_settings_takes_a_strategy_and_a_pipeline(lts: Any) -> None:
    chosen = ("--strategy", "buy_and_hold", "--pipeline", "backtest", "--json")
    shown = lts.inside("config", "show", *chosen).json["plugins.strategy"]
    assert (shown["value"], shown["source"]) == ("buy_and_hold", "--strategy")
    assert lts.inside("config", "explain", "plugins.strategy", *chosen).json["value"] == json.dumps(
        "buy_and_hold"
    )
    assert lts.inside("plugins", "debug", *chosen).json["strategy"]["plugin"] == "buy_and_hold"

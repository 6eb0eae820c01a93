"""`lts plugins`, and what becomes of packages that are broken, clash or are only half there."""

import json
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-011", "STC-005")]

STRATEGY = """
from app.ports import Strategy

class Quiet(Strategy):
    '''Never wants anything.'''

    def decide(self, bars, book):
        return []
"""
# How a package can be broken, by name: its module, and what the message says of it.
BROKEN = {
    "import_error": ("import a_module_that_is_nowhere\n", "ModuleNotFoundError"),
    "raises": ("raise RuntimeError('no licence \\x1b[31m found')\n", "RuntimeError: no licence"),
    "leaves": ("import sys\nsys.exit(3)\n", "SystemExit: 3"),
    "no_such_class": ("Other = 1\n", "AttributeError"),
    "no_class": ("Plugin = 7\n", "is not a class derived from app.ports.Strategy"),
    "another_kind": (
        "from app.ports import Core\nclass Plugin(Core):\n    pass\n",
        "is not a class derived from app.ports.Strategy",
    ),
    "no_method": ("from app.ports import Strategy\nclass Plugin(Strategy):\n    pass\n", "lacks: decide"),
    "bad_options": (
        """
from app.ports import Strategy
from pydantic import BaseModel
class Plugin(Strategy):
    Options = BaseModel
    def decide(self, bars, book):
        return []
""",
        "its Options do not derive from app.ports.Options",
    ),
}


def install_broken(lts: Any, name: str) -> None:
    lts.install(f"broken-{name}", BROKEN[name][0], plugins_strategy=f"{name} = broken_{name}:Plugin")


def strategies(lts: Any) -> dict[str, str]:
    """Return the problem of each listed strategy."""
    listed = lts.inside("plugins", "list", "--json").json
    return {row["name"]: row["problem"] for row in listed if row["kind"] == "strategy"}


def test_list_names_every_built_in_plugin_with_its_package(lts: Any) -> None:
    listed = lts.inside("plugins", "list", "--json").json
    assert {(row["kind"], row["name"]) for row in listed} == {
        ("aaa", "local"),
        ("core", "headless"),
        ("pipeline", "backtest"),
        ("strategy", "bollinger_reversion"),
        ("strategy", "buy_and_hold"),
        ("strategy", "donchian_breakout"),
        ("strategy", "macd_trend"),
        ("strategy", "momentum_rotation"),
        ("strategy", "pairs"),
        ("strategy", "prediction"),
        ("strategy", "rsi_reversion"),
        ("strategy", "sma_cross"),
        ("broker", "simulated"),
        ("portfolio", "equal_weight"),
        ("portfolio", "fixed_quantity"),
    }
    assert {(row["distribution"], row["problem"]) for row in listed} == {("lts-server", "")}
    table = lts.inside("plugins", "list").out
    assert all(row["name"] in table for row in listed)


def test_broken_plugins_that_nobody_chose_are_listed_with_the_reason_and_stop_nothing(lts: Any) -> None:
    for name in BROKEN:
        install_broken(lts, name)
    problems = strategies(lts)
    for name, (_, reason) in BROKEN.items():
        assert reason in problems[name]
    assert problems["sma_cross"] == ""
    printed = lts("plugins", "list").out
    assert "broken: Plugin strategy/no_method lacks: decide." in printed
    assert "\x1b" not in printed
    assert lts("run", "--json", "--set", "data.start=2012-06-01").json["status"] == "completed"


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_plugin_that_was_chosen_stops_the_start_with_one_message(lts: Any, name: str) -> None:
    install_broken(lts, name)
    message = lts.inside("run", "--strategy", name, code=2).message
    assert f"strategy/{name}" in message
    assert BROKEN[name][1] in message
    assert "\x1b" not in message
    assert lts.runs() == []


def test_one_name_offered_by_two_packages_is_refused_naming_both(lts: Any) -> None:
    lts.install("acme", STRATEGY, plugins_strategy="quiet = acme:Quiet")
    lts.install("zenith", STRATEGY, version="2.5", plugins_strategy="quiet = zenith:Quiet")
    for words in (["run", "--strategy", "quiet"], ["plugins", "show", "strategy", "quiet"]):
        message = lts.inside(*words, code=2).message
        assert "acme 1.0" in message
        assert "zenith 2.5" in message
        assert "Uninstall one" in message
    assert "two packages" in strategies(lts)["quiet"]
    assert lts.inside("run", "--json", "--set", "data.start=2012-06-01").json["status"] == "completed"


def test_a_name_is_its_own_in_each_kind(lts: Any) -> None:
    lts.install("acme", STRATEGY, plugins_strategy="equal_weight = acme:Quiet")
    quick = ("--set", "data.start=2012-06-01")
    assert lts.inside("run", "--json", "--strategy", "equal_weight", *quick).json["orders"] == 0


def test_a_package_that_is_only_half_there_is_noted_and_stops_nothing(lts: Any) -> None:
    lts.install("torn", STRATEGY, plugins_strategy="quiet = torn:Quiet")
    (lts.packages / "torn-1.0.dist-info" / "METADATA").unlink()
    done = lts.inside("plugins", "list", "--json")
    assert "quiet" not in {row["name"] for row in json.loads(done.out)}
    assert f"Note: Ignored a package in {lts.packages} whose metadata cannot be read" in done.err
    done = lts.inside("run", "--json", "--set", "data.start=2012-06-01")
    assert done.json["status"] == "completed"
    assert "Note: Ignored" in done.err


def test_a_plugin_that_nobody_offers_is_answered_with_the_nearest_name(lts: Any) -> None:
    for words in (["run", "--strategy", "sma_crss"], ["plugins", "show", "strategy", "sma_crss"]):
        message = lts.inside(*words, code=2).message
        assert "'sma_crss'" in message
        assert "Did you mean 'sma_cross'?" in message
    assert lts.runs() == []


def test_a_kind_that_does_not_exist_is_refused_with_those_that_do(lts: Any) -> None:
    message = lts.inside("plugins", "show", "stategy", "sma_cross", code=2).message
    assert "'stategy' is not a kind" in message
    assert "portfolio" in message


def test_show_prints_the_options_with_defaults_types_and_meaning(lts: Any) -> None:
    printed = lts.inside("plugins", "show", "strategy", "sma_cross").out
    assert "strategy/sma_cross from lts-server" in printed
    rows = {line.split()[0]: line.split() for line in printed.splitlines() if line.strip()}
    assert rows["strategy.fast"][1:3] == ["20", "integer"]
    assert "Bars in the slow average" in printed
    shown = lts.inside("plugins", "show", "strategy", "sma_cross", "--json").json
    assert shown["options"]["properties"]["slow"]["default"] == 100
    assert "It has no options." in lts.inside("plugins", "show", "aaa", "local").out


@pytest.mark.requirement("SYS-008")
def test_debug_prints_options_and_debug_variables_of_the_chosen_plugins(lts: Any) -> None:
    shown = lts.inside("plugins", "debug", "--json", "--set", "strategy.fast=5").json
    assert list(shown) == ["core", "aaa", "pipeline", "strategy", "broker", "portfolio"]
    assert shown["strategy"]["params"] == {"fast": 5, "slow": 100, "stop_percent": "0"}
    assert shown["strategy"]["debug"] == {"signals": 0, "spread": {}}
    table = lts.inside("plugins", "debug", "--set", "plugins.strategy=buy_and_hold").out
    assert "buy_and_hold" in table
    assert "bought=[]" in table

"""Packages of other people: strategies, extensions and observers, found as pip would have installed them."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-001", "SYS-011")]

QUICK = ("--set", "data.start=2012-06-01", "--set", "data.symbols=IBM")

EVERY_TENTH = """
from decimal import Decimal

import msgspec
import numpy as np
from pydantic import Field
from app.ports import Options, Strategy, Target

class EveryTenthOptions(Options):
    every: int = Field(10, ge=1, description="Bars between decisions.")
    share: Decimal = Field(Decimal("0.5"), gt=0, le=1)
    mode: str = Field("calm", pattern="calm|bold")

class Memory(msgspec.Struct):
    seen: int = 0

class EveryTenth(Strategy):
    Options = EveryTenthOptions
    State = Memory
    plugin_debug_vars = ("odd", "last")

    @property
    def odd(self):
        return {"decimal": Decimal("1.5"), "array": np.zeros(2), "nan": float("nan"), "set": {1}, 1: self}

    @property
    def last(self):
        return self.state.seen

    def decide(self, bars, book):
        self.state.seen += 1
        if self.state.seen % self.options.every:
            return []
        wanted = self.options.share if self.state.seen // self.options.every % 2 else 0
        return [Target(symbol, weight=wanted) for symbol in bars.updated]
"""

EXTENSION = """
from dataclasses import replace

from app.data.sample import source as sample
from app.ports import Reason, hookimpl

def half(request):
    '''The second half of the sample's bars.'''
    market = sample.load(request)
    def later(series):
        first = len(series) // 2
        columns = ("timestamps", "opens", "highs", "lows", "closes", "volumes", "flags")
        return replace(series, **{name: getattr(series, name)[first:] for name in columns})
    return replace(market, series={s: later(b) for s, b in market.series.items()}, actions=(), source="half")

class NoPurchases:
    def refuses(self, proposal, promised):
        return Reason.INSUFFICIENT_CASH if proposal.request.side.value == "buy" else Reason.NONE

@hookimpl
def lts_data_sources():
    return {"half": half}

@hookimpl
def lts_risk_rules():
    return [NoPurchases()]
"""

OBSERVERS = """
import json
import os
from pathlib import Path
from app.ports import hookimpl

class Deaf:
    @hookimpl
    def lts_run_started(self, run_id):
        raise RuntimeError("I hear nothing")

    @hookimpl
    def lts_orders_changed(self, orders):
        raise SystemExit(4)

    @hookimpl
    def lts_run_ended(self, run_id, result):
        raise ValueError("nor this")

class Ear:
    def tell(self, **facts):
        with Path("heard.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(facts) + "\\n")

    @hookimpl
    def lts_run_started(self, run_id):
        self.tell(hook="started", run_id=run_id)

    @hookimpl
    def lts_orders_changed(self, run_id, orders):
        self.tell(hook="orders", count=len(orders))

    @hookimpl
    def lts_fills_committed(self, fills):
        self.tell(hook="fills", count=len(fills))

    @hookimpl
    def lts_run_ended(self, result):
        self.tell(hook="ended", status=None if result is None else result.status.value)

deaf, ear = Deaf(), Ear()
"""


def install_every_tenth(lts: Any) -> None:
    lts.install("acme-tenth", EVERY_TENTH, plugins_strategy="every_tenth = acme_tenth:EveryTenth")


def test_a_strategy_of_a_third_party_trades_with_its_own_options(lts: Any) -> None:
    install_every_tenth(lts)
    often = lts("run", "--json", "--strategy", "every_tenth", "--set", "strategy.every=5", *QUICK).json
    seldom = lts("run", "--json", "--strategy", "every_tenth", *QUICK).json
    assert often["fills"] > seldom["fills"] > 0
    versions = [json.loads(row[0]) for row in lts.query("SELECT plugin_versions FROM runs")]
    assert {version["strategy/every_tenth"] for version in versions} == {"acme-tenth 1.0"}


@pytest.mark.requirement("SYS-008")
def test_debug_variables_of_any_type_are_stored_and_cost_no_run(lts: Any) -> None:
    install_every_tenth(lts)
    lts.inside("run", "--quiet", "--strategy", "every_tenth", *QUICK)
    ((summary,),) = lts.query("SELECT summary FROM runs")
    debug = json.loads(summary)["debug"]["strategy"]["debug"]
    assert debug["last"] > 100
    assert debug["odd"]["decimal"] == "1.5"
    assert debug["odd"]["nan"] == "nan"


def test_debug_information_that_raises_is_told_instead_and_costs_no_run(lts: Any) -> None:
    source = EVERY_TENTH.replace("return self.state.seen", "return self.nothing_of_that_name[0]")
    lts.install("acme-tenth", source, plugins_strategy="every_tenth = acme_tenth:EveryTenth")
    assert lts.inside("run", "--json", "--strategy", "every_tenth", *QUICK).json["status"] == "completed"


@pytest.mark.requirement("SYS-005", "SYS-018")
@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("every", "0", "greater than or equal to 1"),
        ("every", "often", "integer"),
        ("share", "1.5", "less than or equal to 1"),
        ("mode", "wild", "pattern"),
    ],
)
def test_an_options_refusal_names_plugin_key_value_and_reason(
    lts: Any, key: str, value: str, reason: str
) -> None:
    install_every_tenth(lts)
    (lts.here / "mine.toml").write_text(f'[strategy.every_tenth]\n{key} = "{value}"\n', encoding="utf-8")
    for said in (("--set", f"strategy.{key}={value}"), ("--config", "mine.toml")):
        if said[0] == "--config" and key == "every":
            reason = "integer"
        message = lts.inside("run", "--strategy", "every_tenth", *said, code=2).message
        assert f"strategy.every_tenth.{key}" in message
        assert value in message
        assert reason in message
        assert said[1].partition("=")[0] in message
    assert lts.runs() == []


def test_an_extension_offers_a_data_source_and_a_risk_rule_that_a_run_uses(lts: Any) -> None:
    source = ("--set", "data.source=half")
    message = lts.inside("run", *source, code=2).message
    assert "'half' is not a data source" in message
    lts.install("acme-extras", EXTENSION, lts_extensions="extras = acme_extras")
    summary = lts.inside(
        "run", "--json", *source, "--strategy", "buy_and_hold", "--set", "data.symbols=IBM"
    ).json
    assert 1_000 < summary["bars"] < 2_000
    assert (summary["orders"], summary["fills"]) == (1, 0)
    assert lts.query("SELECT status, reason FROM orders") == [("denied", "insufficient_cash")]
    listed = lts.inside("plugins", "list", "--json").json
    assert {"kind": "extension", "name": "extras"}.items() <= listed[-1].items()


def test_a_data_source_that_two_offer_is_refused(lts: Any) -> None:
    source = EXTENSION.replace('"half": half', '"sample": half')
    lts.install("acme-extras", source, lts_extensions="extras = acme_extras")
    message = lts.inside("run", code=2).message
    assert "extension/extras offers a data source 'sample', which exists already" in message


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ("def lts_data_sources():\n    raise KeyError('token')", "KeyError"),
        ("def lts_data_sources():\n    return {'half': lambda request: 1 / 0}", "ZeroDivisionError"),
        ("def lts_data_sources():\n    return ['half']", "a mapping of names to functions"),
        ("def lts_risk_rules():\n    return [print]", "rules with a method `refuses`"),
    ],
)
def test_an_offer_that_fails_ends_the_start_with_its_name(lts: Any, broken: str, named: str) -> None:
    source = f"from app.ports import hookimpl\n@hookimpl\n{broken}\n"
    lts.install("acme-extras", source, lts_extensions="extras = acme_extras")
    chosen = () if "rules" in broken else ("--set", "data.source=half")
    message = lts.inside("run", *chosen, code=2).message
    assert named in message
    assert "extras" in message or "half" in message
    assert lts.runs() == []


def test_an_observer_that_raises_is_reported_and_the_others_still_hear(lts: Any) -> None:
    points = "a_deaf = acme_ears:deaf\nb_ear = acme_ears:ear"
    lts.install("acme-ears", OBSERVERS, lts_extensions=points)
    done = lts.inside("run", "--json", *QUICK)
    summary = done.json
    assert summary["status"] == "completed"
    heard = [json.loads(line) for line in (lts.here / "heard.jsonl").read_text("utf-8").splitlines()]
    assert heard[0] == {"hook": "started", "run_id": summary["run_id"]}
    assert heard[-1] == {"hook": "ended", "status": "completed"}
    assert sum(fact["count"] for fact in heard if fact["hook"] == "fills") == summary["fills"]
    assert "extension/a_deaf failed in lts_run_started and was skipped: RuntimeError: I hear" in done.err
    assert "extension/a_deaf failed in lts_orders_changed and was skipped: SystemExit: 4" in done.err
    log = Path(summary["report"]).with_suffix(".log.jsonl").read_text(encoding="utf-8").splitlines()
    failed = [json.loads(line)["hook"] for line in log if json.loads(line)["event"] == "hook failed"]
    assert failed == ["lts_run_started", "lts_orders_changed", "lts_run_ended"]


UNKNOWN_HOOK = """
from app.ports import Strategy, hookimpl

class Curious(Strategy):
    @hookimpl
    def lts_moon_phase(self):
        pass

    def decide(self, bars, book):
        return []

curious = Curious
"""


def test_a_hook_that_lts_does_not_know_stops_a_chosen_plugin_and_leaves_out_an_extension(lts: Any) -> None:
    lts.install("acme-moon", UNKNOWN_HOOK, plugins_strategy="curious = acme_moon:Curious")
    message = lts.inside("run", "--strategy", "curious", code=2).message
    assert "strategy/curious has a hook that LTS does not know" in message
    assert "lts_moon_phase" in message
    source = "from app.ports import hookimpl\n@hookimpl\ndef lts_moon_phase():\n    pass\n"
    lts.install("acme-sun", source, lts_extensions="sun = acme_sun")
    done = lts.inside("run", "--json", *QUICK)
    assert done.json["status"] == "completed"
    assert "Note: extension/sun failed in registration and was skipped" in done.err


def test_an_extension_whose_import_fails_is_left_out_and_told(lts: Any) -> None:
    lts.install("acme-torn", "import nowhere_at_all\n", lts_extensions="torn = acme_torn")
    done = lts.inside("run", "--json", *QUICK)
    assert done.json["status"] == "completed"
    assert "extension/torn" in done.err
    assert "nowhere_at_all" in done.err
    listed = lts.inside("plugins", "list", "--json").json
    assert "nowhere_at_all" in next(row["problem"] for row in listed if row["name"] == "torn")

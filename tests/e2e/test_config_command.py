"""`lts config`: every layer has its say, and is named."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.persistence import schema
from app.persistence.database import Database
from app.persistence.tables.configuration import ConfigurationEntry

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-005", "STC-004")]


def store(lts: Any, **values: object) -> None:
    """Put settings into the database of this user, as the interfaces would."""
    with Database.open(str(lts.database)) as database:
        schema.upgrade(database)
        with database.transaction() as session:
            for key, value in values.items():
                entry = ConfigurationEntry(key=key.replace("__", "."), value=value, set_by="ann")
                entry.set_at = datetime.now(UTC)
                session.add(entry)


def write(lts: Any, name: str, content: str) -> str:
    (lts.here / name).write_text(content, encoding="utf-8")
    return name


@pytest.fixture
def layered(lts: Any) -> tuple[Any, list[str]]:
    """A user who sets `strategy.fast` in every layer, and the command line of the highest."""
    first = write(lts, "first.toml", "[strategy]\nfast = 11\nslow = 111\n")
    second = write(lts, "second.json", json.dumps({"strategy": {"sma_cross": {"fast": 12}}}))
    store(lts, strategy__sma_cross__fast=13)
    lts.environment["LTS__STRATEGY__FAST"] = "14"
    return lts, ["--config", first, "--config", second, "--set", "strategy.fast=15"]


def test_explain_names_every_layer_from_the_highest_down(layered: Any) -> None:
    lts, arguments = layered
    lines = lts.inside("config", "explain", "strategy.fast", *arguments).out.splitlines()
    assert lines == [
        "strategy.sma_cross.fast = 15",
        "  set by   COMMAND_LINE: --set strategy.fast",
        "  hides    14 (ENVIRONMENT: LTS__STRATEGY__FAST)",
        "  hides    13 (DATABASE: database)",
        "  hides    12 (FILE: second.json)",
        "  hides    11 (FILE: first.toml)",
        "  hides    20 (PLUGIN: default of strategy/sma_cross)",
    ]


def test_explain_as_json_says_the_same(layered: Any) -> None:
    lts, arguments = layered
    said = lts.inside("config", "explain", "strategy.fast", "--json", *arguments).json
    assert (said["key"], said["value"], said["layer"]) == ("strategy.sma_cross.fast", "15", "COMMAND_LINE")
    layers = [hidden["layer"] for hidden in said["hides"]]
    assert layers == ["ENVIRONMENT", "DATABASE", "FILE", "FILE", "PLUGIN"]


def test_show_prints_whole_keys_values_and_sources_in_a_pipe(layered: Any) -> None:
    lts, arguments = layered
    rows = [line.split() for line in lts.inside("config", "show", *arguments).out.splitlines()]
    assert ["strategy.sma_cross.fast", "15", "--set", "strategy.fast"] in rows
    assert ["strategy.sma_cross.slow", "111", "first.toml"] in rows
    assert ["portfolio.equal_weight.cash_buffer", '"0.02"', "default", "of", "portfolio/equal_weight"] in rows
    assert lts.inside("config", "show", "--json", *arguments).json["strategy.sma_cross.fast"]["value"] == 15


def test_options_of_a_plugin_that_a_higher_layer_replaced_are_told_as_dropped(lts: Any) -> None:
    file = write(lts, "mine.toml", "[strategy]\nfast = 7\n")
    said = lts.inside(
        "config", "explain", "strategy.fast", "--config", file, "--set", "plugins.strategy=buy_and_hold"
    )
    assert "strategy.fast is not used" in said.out
    assert "dropped" in said.out
    assert "mine.toml" in said.out


def test_a_run_obeys_the_settings_in_the_database_and_says_so(lts: Any) -> None:
    store(lts, strategy__fast=5, data__symbols=["IBM"], data__start="2012-01-01")
    assert lts.inside("run", "--json").json["symbols"] == ["IBM"]
    ((configuration,),) = lts.query("SELECT configuration FROM runs")
    assert json.loads(configuration)["strategy.sma_cross.fast"] == {
        "value": 5,
        "layer": "DATABASE",
        "source": "database",
    }


def test_settings_in_a_database_of_an_older_schema_count_from_the_first_run(lts: Any) -> None:
    store(lts, data__symbols=["IBM"], data__start="2012-01-01")
    lts.inside("db", "downgrade", "0001")
    assert lts.inside("run", "--json").json["symbols"] == ["IBM"]
    assert lts.inside("db", "current").out.startswith(f"{schema.HEAD} (current")


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("strategy.fsat", "strategy.sma_cross.fast"),
        ("data.symbol", "data.symbols"),
        ("broker.comission_bps", "commission_bps"),
    ],
)
def test_a_mistyped_key_is_answered_with_the_nearest_ones(lts: Any, key: str, near: str) -> None:
    for arguments in (("config", "explain", key), ("config", "show", "--set", f"{key}=1")):
        message = lts.inside(*arguments, code=2).message
        assert "Did you mean" in message
        assert near in message


SECRETIVE = """
from pydantic import SecretStr
from app.ports import Broker, BpsOfNotional, Options, VenueModel
from plugins_broker.simulated import Simulated, SimulatedOptions

class VenueOptions(SimulatedOptions):
    api_key: str = ""
    passphrase: SecretStr | None = None

class Venue(Simulated):
    Options = VenueOptions
    plugin_debug_vars = ("api_key",)

    @property
    def api_key(self):
        return self.options.api_key
"""


@pytest.mark.requirement("SYS-010", "SYS-019")
def test_secrets_are_masked_wherever_they_are_shown_or_stored(lts: Any) -> None:
    lts.install("acme-venue", SECRETIVE, plugins_broker="venue = acme_venue:Venue")
    secrets = ("hunter2-key", "hunter2-phrase")
    lts.environment |= {"LTS__PLUGINS__BROKER": "venue", "LTS__BROKER__PASSPHRASE": secrets[1]}
    said = ("--set", f"broker.api_key={secrets[0]}")
    printed = [
        lts.inside("config", "show", *said),
        lts.inside("config", "show", "--json", *said),
        lts.inside("config", "explain", "broker.api_key", *said),
        lts.inside("plugins", "debug", *said),
        lts.inside("plugins", "debug", "--json", *said),
        lts("run", "--set", "data.start=2012-06-01", *said),
        lts.inside("run", "--set", "broker.commission_bps=no", *said, code=2),
    ]
    assert all("******" in done.out for done in printed[:5])
    written = [path.read_bytes() for path in lts.home.rglob("*") if path.is_file()]
    for secret in secrets:
        assert [done for done in printed if secret in done.out + done.err] == []
        assert [content for content in written if secret.encode() in content] == []

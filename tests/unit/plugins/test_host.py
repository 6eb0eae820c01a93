"""The host: builds plugins, asks for offers, and tells observers, whatever one of them does."""

from asyncio import CancelledError
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.plugins.catalogue import Catalogue
from app.plugins.host import HookFailure, PluginHost
from app.ports import Options, PluginError, hookimpl

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-011")]

QUIET = Callable[..., type]


class Picky(Options):
    size: int = 1


class Ear:
    """Hears that runs start."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    @hookimpl
    def lts_run_started(self, run_id: str) -> None:
        self.heard.append(run_id)


class Deaf:
    """Raises what it is given at everything it hears."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    @hookimpl
    def lts_run_started(self) -> None:
        raise self.error


def host_of(shelf: Any, failures: list[HookFailure]) -> PluginHost:
    return PluginHost(shelf.catalogue(), failures.append)


def test_a_plugin_is_built_with_its_options(shelf: Any, quiet: QUIET, failures: list[Any]) -> None:
    shelf.add("plugins_strategy", "quiet", quiet(Options=Picky))
    plugin = host_of(shelf, failures).build("strategy", "quiet", Picky(size=3))
    assert plugin.options == Picky(size=3)
    assert plugin.plugin_params == {"size": 1}


@pytest.mark.parametrize("error", [RuntimeError("no licence"), SystemExit(3), CancelledError("gone")])
def test_a_constructor_that_fails_is_told_with_kind_and_name(
    shelf: Any, quiet: QUIET, failures: list[Any], error: BaseException
) -> None:
    def explode(self: object, options: object) -> None:
        raise error

    shelf.add("plugins_strategy", "quiet", quiet(__init__=explode))
    with pytest.raises(PluginError) as told:
        host_of(shelf, failures).build("strategy", "quiet", Options())
    assert f"strategy/quiet cannot be built: {type(error).__name__}: {error}." in told.value.problem


@pytest.mark.parametrize("arguments", ["self", "self, run_id, moon"])
def test_a_hook_that_is_unknown_or_asks_for_too_much_is_refused(
    shelf: Any, quiet: QUIET, failures: list[Any], arguments: str
) -> None:
    name = "lts_moon_phase" if arguments == "self" else "lts_run_started"
    hook = hookimpl(eval(f"lambda {arguments}: None"))  # noqa: S307 - pluggy reads the names of arguments
    shelf.add("plugins_strategy", "curious", quiet(**{name: hook}))
    shelf.add("plugins_strategy", "quiet", quiet())
    host = host_of(shelf, failures)
    with pytest.raises(
        PluginError, match="strategy/curious has a hook that LTS does not know or cannot call"
    ):
        host.build("strategy", "curious", Options())
    host.build("strategy", "quiet", Options())
    host.announce("lts_run_started", run_id="r")
    assert failures == []


def test_an_extension_that_cannot_be_used_is_reported_and_left_out(shelf: Any, failures: list[Any]) -> None:
    ear = Ear()
    shelf.declare("lts_extensions", "torn", "nowhere_at_all")
    shelf.add("lts_extensions", "moon", SimpleNamespace(lts_moon_phase=hookimpl(lambda: None)))
    shelf.add("lts_extensions", "whole", ear)
    host = host_of(shelf, failures)
    assert [(failure.plugin, failure.hook) for failure in failures] == [
        ("extension/moon", "registration"),
        ("extension/torn", "registration"),
    ]
    assert "nowhere_at_all" in failures[1].reason
    host.announce("lts_run_started", run_id="r")
    assert ear.heard == ["r"]


def test_the_same_object_under_two_names_is_registered_once_and_the_second_reported(
    shelf: Any, failures: list[Any]
) -> None:
    ear = Ear()
    shelf.add("lts_extensions", "one", ear)
    shelf.add("lts_extensions", "two", ear)
    host = host_of(shelf, failures)
    host.announce("lts_run_started", run_id="r")
    assert ear.heard == ["r"]
    assert [failure.plugin for failure in failures] == ["extension/two"]


@given(st.lists(st.sampled_from([None, ValueError("a"), SystemExit(1), RecursionError("b")]), max_size=6))
def test_every_observer_hears_whatever_the_others_raise(errors: list[BaseException | None]) -> None:
    failures: list[HookFailure] = []
    host = PluginHost(Catalogue([]), failures.append)
    ears = [Ear() if error is None else Deaf(error) for error in errors]
    for number, ear in enumerate(ears):
        host.hooks.register(ear, f"observer/{number}")
    host.announce("lts_run_started", run_id="r")
    assert all(ear.heard == ["r"] for ear in ears if isinstance(ear, Ear))
    assert {failure.plugin for failure in failures} == {
        f"observer/{number}" for number, error in enumerate(errors) if error is not None
    }


def test_only_ctrl_c_gets_past_an_observer(failures: list[Any]) -> None:
    host = PluginHost(Catalogue([]), failures.append)
    host.hooks.register(Deaf(KeyboardInterrupt()), "observer")
    with pytest.raises(KeyboardInterrupt):
        host.announce("lts_run_started", run_id="r")


def test_the_reason_of_a_failure_is_one_line() -> None:
    assert HookFailure("a", "b", ValueError("c")).reason == "ValueError: c"
    assert HookFailure("a", "b", PluginError("problem", "remedy")).reason == "problem"


def offering(hook: str, offered: object) -> SimpleNamespace:
    return SimpleNamespace(**{hook: hookimpl(lambda: offered)})


class Rule:
    def refuses(self, *_: object) -> str:
        return ""


def test_offers_of_all_plugins_are_gathered(shelf: Any, failures: list[Any]) -> None:
    first, second = Rule(), Rule()
    shelf.add("lts_extensions", "a", offering("lts_risk_rules", [first]))
    shelf.add("lts_extensions", "b", offering("lts_risk_rules", (second,)))
    shelf.add("lts_extensions", "c", offering("lts_risk_rules", None))
    shelf.add("lts_extensions", "d", offering("lts_data_sources", {"made": print}))
    host = host_of(shelf, failures)
    assert sorted(map(id, host.risk_rules())) == sorted(map(id, [first, second]))
    assert host.data_sources({"sample": repr}) == {"sample": repr, "made": print}
    assert failures == []


@pytest.mark.parametrize(
    ("hook", "offered"),
    [
        ("lts_risk_rules", [print]),
        ("lts_risk_rules", 7),
        ("lts_data_sources", ["made"]),
        ("lts_data_sources", {"made": "text"}),
    ],
)
def test_an_offer_of_another_kind_is_refused_naming_who_made_it(
    shelf: Any, failures: list[Any], hook: str, offered: object
) -> None:
    shelf.add("lts_extensions", "odd", offering(hook, offered))
    host = host_of(shelf, failures)
    asked = host.risk_rules if hook == "lts_risk_rules" else lambda: host.data_sources({})
    with pytest.raises(PluginError, match=rf"extension/odd should return .* from {hook}"):
        asked()


@pytest.mark.parametrize("error", [KeyError("a"), SystemExit(2)])
def test_an_offer_that_raises_is_told_with_its_name(
    shelf: Any, failures: list[Any], error: BaseException
) -> None:
    def explode() -> None:
        raise error

    shelf.add("lts_extensions", "odd", SimpleNamespace(lts_risk_rules=hookimpl(explode)))
    with pytest.raises(PluginError, match="extension/odd failed in lts_risk_rules"):
        host_of(shelf, failures).risk_rules()


def test_two_data_sources_of_one_name_are_refused(shelf: Any, failures: list[Any]) -> None:
    shelf.add("lts_extensions", "a", offering("lts_data_sources", {"sample": print}))
    with pytest.raises(PluginError, match="extension/a offers a data source 'sample', which exists already"):
        host_of(shelf, failures).data_sources({"sample": repr})

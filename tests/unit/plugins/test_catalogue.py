"""The catalogue: what is found, what is refused, and why."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from app.plugins.catalogue import Catalogue, Found, group_of, unknown, versions
from app.ports import KINDS, Core, Options, PluginError, Strategy

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001", "SYS-011")]

QUIET = Callable[..., type]


def test_a_plugin_is_found_under_its_kind_and_name_with_its_package(shelf: Any, quiet: QUIET) -> None:
    cls = quiet()
    shelf.add("plugins_strategy", "quiet", cls, package="acme-quiet", version="2.1")
    catalogue = shelf.catalogue()
    assert catalogue.names("strategy") == ["quiet"]
    assert catalogue.names("broker") == []
    assert catalogue.load("strategy", "quiet") is cls
    assert catalogue.options_of("strategy", "quiet") is Options
    (found,) = catalogue.found()
    assert found.package == "acme-quiet 2.1"
    assert (found.kind, found.name, found.problem) == ("strategy", "quiet", "")


def test_groups_of_others_are_none_of_ours(shelf: Any, quiet: QUIET) -> None:
    shelf.add("console_scripts", "quiet", quiet())
    shelf.add("plugins_nothing", "quiet", quiet())
    assert shelf.catalogue().found() == []


def test_nothing_is_imported_before_it_is_asked_for(shelf: Any) -> None:
    shelf.declare("plugins_strategy", "nowhere", "a_module_that_is_nowhere:Plugin")
    assert shelf.catalogue().names("strategy") == ["nowhere"]


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        (
            "a_module_that_is_nowhere:Plugin",
            "ModuleNotFoundError: No module named 'a_module_that_is_nowhere'",
        ),
        ("decimal:Nothing", "AttributeError"),
        ("not a target", "AttributeError"),
    ],
)
def test_a_plugin_that_cannot_be_imported_says_why_and_whose_it_is(
    shelf: Any, target: str, reason: str
) -> None:
    shelf.declare("plugins_strategy", "torn", target, package="acme-torn", version="0.9")
    catalogue = shelf.catalogue()
    with pytest.raises(PluginError) as error:
        catalogue.load("strategy", "torn")
    assert f"strategy/torn ({target}, from acme-torn 0.9) cannot be imported" in error.value.problem
    assert reason in error.value.problem
    assert catalogue.inspect("strategy", "torn").problem == error.value.problem


@pytest.mark.parametrize(
    "offered", [7, object(), int, Core, lambda: None], ids=["number", "object", "type", "kind", "function"]
)
def test_what_is_no_class_of_its_kind_is_refused(shelf: Any, offered: object) -> None:
    shelf.add("plugins_strategy", "wrong", offered)
    with pytest.raises(PluginError, match=r"is not a class derived from app\.ports\.Strategy"):
        shelf.catalogue().load("strategy", "wrong")


@pytest.mark.parametrize("kind", KINDS)
def test_a_class_that_lacks_methods_is_refused_naming_them(shelf: Any, kind: str) -> None:
    base = KINDS[kind]
    shelf.add(group_of(kind), "bare", type("Bare", (base,), {}))
    with pytest.raises(PluginError) as error:
        shelf.catalogue().load(kind, "bare")
    missing = ", ".join(sorted(base.__abstractmethods__))
    assert error.value.problem == f"Plugin {kind}/bare lacks: {missing}."


def test_options_of_another_base_are_refused(shelf: Any, quiet: QUIET) -> None:
    shelf.add("plugins_strategy", "loose", quiet(Options=type("Loose", (BaseModel,), {})))
    with pytest.raises(PluginError, match=r"do not derive from app\.ports\.Options"):
        shelf.catalogue().load("strategy", "loose")


@pytest.mark.parametrize("group", ["plugins_strategy", "lts_extensions"])
def test_one_name_of_two_packages_is_refused_naming_both(shelf: Any, quiet: QUIET, group: str) -> None:
    shelf.add(group, "quiet", quiet(), package="acme", version="1.0")
    shelf.add(group, "quiet", quiet(), package="zenith", version="2.0")
    (found,) = shelf.catalogue().found()
    assert "offered by two packages: acme 1.0 and zenith 2.0." in found.problem


def test_one_name_in_two_kinds_is_no_clash(shelf: Any, quiet: QUIET) -> None:
    shelf.add("plugins_strategy", "same", quiet())
    shelf.add("plugins_core", "same", 7)
    assert issubclass(shelf.catalogue().load("strategy", "same"), Strategy)


def test_an_extension_may_be_anything_that_can_be_imported(shelf: Any) -> None:
    shelf.add("lts_extensions", "extras", {"any": "thing"})
    shelf.declare("lts_extensions", "torn", "nowhere_at_all")
    catalogue = shelf.catalogue()
    assert catalogue.extension("extras") == {"any": "thing"}
    assert [(found.kind, found.name, bool(found.problem)) for found in catalogue.found()] == [
        ("extension", "extras", False),
        ("extension", "torn", True),
    ]


def test_what_nobody_offers_is_answered_with_the_nearest_name(shelf: Any, quiet: QUIET) -> None:
    shelf.add("plugins_strategy", "quiet", quiet())
    with pytest.raises(PluginError) as error:
        shelf.catalogue().inspect("strategy", "quite")
    assert "'quite' (plugins.strategy)" in error.value.problem
    assert error.value.remedy.startswith("Did you mean 'quiet'? Installed: quiet.")
    assert "Installed: none." in unknown("broker", "any", []).remedy


@given(st.text(max_size=30), st.lists(st.text(min_size=1, max_size=30), max_size=5))
def test_a_near_name_is_only_ever_one_that_is_installed(name: str, names: list[str]) -> None:
    remedy = unknown("strategy", name, names).remedy
    suggested = remedy.removeprefix("Did you mean '").partition("'? Installed")[0]
    assert suggested in names or remedy.startswith("Installed")


def test_versions_name_the_package_of_each_chosen_plugin(shelf: Any, quiet: QUIET) -> None:
    shelf.add("plugins_strategy", "quiet", quiet(), package="acme", version="3.0")
    assert versions(shelf.catalogue(), {"strategy": "quiet"}) == {"strategy/quiet": "acme 3.0"}


def test_a_plugin_without_a_distribution_is_of_an_unknown_package() -> None:
    from importlib.metadata import EntryPoint

    catalogue = Catalogue([EntryPoint("nowhere", "nowhere:Plugin", "plugins_strategy")])
    assert catalogue.inspect("strategy", "nowhere").package == "unknown"


def test_what_is_installed_here_are_the_built_in_plugins_and_none_is_broken() -> None:
    found = [each for each in Catalogue().found() if each.distribution == "lts-server"]
    assert {each.kind for each in found} == set(KINDS)
    assert [each for each in found if each.problem] == []


def test_a_package_is_shown_without_a_version_that_it_lacks() -> None:
    assert Found("strategy", "a", "acme", "", "a:A").package == "acme"

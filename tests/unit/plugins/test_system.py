"""The six chosen plugins of one process, and what they say about themselves."""

from decimal import Decimal
from typing import Any

import pytest

from app.plugins.catalogue import Catalogue
from app.plugins.system import System
from app.ports import AAA, Broker, Core, Pipeline, Portfolio, Strategy
from app.settings.collection import collect
from app.settings.resolution import resolve

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001", "SYS-008")]


def system(*overrides: str) -> System:
    catalogue = Catalogue()
    settings = resolve(collect(overrides=overrides), catalogue.options_of)
    return System.build(settings, catalogue, pytest.fail)


def test_each_kind_is_an_attribute_of_its_own_type() -> None:
    built = system()
    kinds = {AAA: built.aaa, Core: built.core, Pipeline: built.pipeline, Strategy: built.strategy}
    kinds |= {Portfolio: built.portfolio, Broker: built.broker}
    assert all(isinstance(plugin, kind) for kind, plugin in kinds.items())
    assert built.money.capital == Decimal(100_000)


def test_debug_information_names_package_options_and_variables_of_all_six() -> None:
    info = system("strategy.fast=3").debug()
    assert set(info) == {"aaa", "core", "pipeline", "strategy", "broker", "portfolio"}
    assert info["strategy"]["params"] == {"fast": 3, "slow": 100, "stop_percent": "0"}
    assert info["strategy"]["package"].startswith("lts-server ")
    assert info["core"]["debug"] == {"stopping": False}


@pytest.mark.requirement("SYS-019")
def test_debug_variables_become_json_with_secrets_masked() -> None:
    built = system()
    odd = {"api_token": "hunter2", "deep": [{"password": "hunter2"}], "number": Decimal("1.5"), 7: {1}}
    built.plugins["strategy"].get_debug_info = lambda: {**odd, "infinite": float("inf")}
    debug: Any = built.debug()["strategy"]["debug"]
    assert debug == {
        "api_token": "******",
        "deep": [{"password": "******"}],
        "number": "1.5",
        "7": "{1}",
        "infinite": "inf",
    }


def test_debug_information_that_raises_is_replaced_by_the_reason() -> None:
    built = system()
    endless: dict[str, Any] = {}
    endless["again"] = endless
    for answer, reason in ((lambda: 1 / 0, "ZeroDivisionError"), (lambda: endless, "RecursionError")):
        built.plugins["strategy"].get_debug_info = answer
        assert reason in built.debug()["strategy"]["debug"]["error"]

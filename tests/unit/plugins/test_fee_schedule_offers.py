"""Fee schedules that plugins offer, and how they reach the broker."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from app.plugins.host import PluginHost
from app.ports import Charge, FeeSchedule, PluginError, hookimpl

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-011")]

MINE = FeeSchedule("mine", (Charge("commission", Decimal("0.01")),), "a test")


class Offering:
    """Offers what it is made with."""

    def __init__(self, offered: Any) -> None:
        self.offered = offered

    @hookimpl
    def lts_fee_schedules(self) -> Mapping[str, FeeSchedule]:
        return self.offered


def host_of(shelf: Any, failures: list[Any], **offers: Any) -> PluginHost:
    for name, offered in offers.items():
        shelf.add("lts_extensions", name, Offering(offered), package=name)
    return PluginHost(shelf.catalogue(), failures.append)


def test_what_all_plugins_offer_is_found_by_name(shelf: Any, failures: list[Any]) -> None:
    host = host_of(shelf, failures, acme={"acme": MINE}, zenith={"zenith": MINE})
    assert host.fee_schedules() == {"acme": MINE, "zenith": MINE}


def test_a_name_that_two_offer_is_refused_naming_both(shelf: Any, failures: list[Any]) -> None:
    host = host_of(shelf, failures, acme={"fees": MINE}, zenith={"fees": MINE})
    with pytest.raises(PluginError) as error:
        host.fee_schedules()
    assert "acme" in error.value.problem
    assert "zenith" in error.value.problem


def test_a_name_of_a_built_in_schedule_is_refused(shelf: Any, failures: list[Any]) -> None:
    host = host_of(shelf, failures, acme={"per_share": MINE})
    with pytest.raises(PluginError, match="acme and LTS itself both offer a fee schedule 'per_share'"):
        host.fee_schedules()


@pytest.mark.parametrize("offered", [[MINE], {"acme": 1}, "mine"])
def test_what_is_no_offer_is_refused(shelf: Any, failures: list[Any], offered: Any) -> None:
    with pytest.raises(PluginError, match="a mapping of names to fee schedules"):
        host_of(shelf, failures, acme=offered).fee_schedules()

"""Who may start a run, whatever the AAA plugin says or does."""

import pytest

from app.domain.errors import ConfigurationError, PluginError, StorageFailed
from app.ports import AAA, AuditEvent, Credentials, Identity
from app.services.operator import operator
from plugins_aaa.local import Local

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-011")]


class Door(AAA):
    """Recognises and permits as it is told, or raises."""

    def __init__(self, identity: Identity | None, permits: bool | Exception) -> None:
        super().__init__()
        self.identity = identity
        self.permits = permits
        self.asked: list[tuple[str, str]] = []

    def authenticate(self, _: Credentials) -> Identity | None:
        return self.identity

    def authorize(self, _: Identity, permission: str, scope: str) -> bool:
        self.asked.append((permission, scope))
        if isinstance(self.permits, Exception):
            raise self.permits
        return self.permits

    def record(self, event: AuditEvent) -> None:
        raise AssertionError(event)


ANN = Identity("directory", "ann", frozenset())


def test_the_local_operator_may_start_runs() -> None:
    assert operator(Local(), "ann", "portfolio/headless").subject == "ann"


def test_the_permission_is_asked_for_in_the_scope() -> None:
    door = Door(ANN, permits=True)
    assert operator(door, "ann", "portfolio/headless") is ANN
    assert door.asked == [("run:create", "portfolio/headless")]


def test_somebody_unknown_is_refused_and_not_even_asked_about() -> None:
    door = Door(None, permits=True)
    with pytest.raises(ConfigurationError, match=r"does not recognise.*\n.*plugins\.aaa=local"):
        operator(door, "", "portfolio/headless")
    assert door.asked == []


def test_somebody_without_the_permission_is_refused_by_name() -> None:
    with pytest.raises(ConfigurationError, match="ann may not start runs"):
        operator(Door(ANN, permits=False), "ann", "portfolio/headless")


def test_a_plugin_that_fails_is_blamed_and_an_error_of_lts_passes() -> None:
    with pytest.raises(PluginError, match="AAA plugin Door failed: KeyError: 'ldap'"):
        operator(Door(ANN, permits=KeyError("ldap")), "ann", "portfolio/headless")
    with pytest.raises(StorageFailed):
        operator(Door(ANN, permits=StorageFailed("gone")), "ann", "portfolio/headless")

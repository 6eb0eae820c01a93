"""Whoever may start the process may run pipelines with it, and it is written down."""

import pytest

from app.ports import AuditEvent, Credentials, Identity
from plugins_aaa.local import Local

pytestmark = pytest.mark.unit


class Trail:
    """Keeps events in memory."""

    def __init__(self):
        self.events = []

    def append(self, event):
        self.events.append(event)


def test_the_user_of_the_operating_system_is_the_operator():
    identity = Local().authenticate(Credentials("ann"))
    assert (identity.issuer, identity.subject) == ("local", "ann")


def test_a_nameless_user_is_nobody():
    assert Local().authenticate(Credentials("")) is None


@pytest.mark.parametrize(
    ("permission", "answer"),
    [("run:create", True), ("order:create", True), ("user:create", False), ("", False)],
)
def test_the_operator_may_do_what_runs_need_and_nothing_else(permission, answer):
    local = Local()
    identity = local.authenticate(Credentials("ann"))
    assert local.authorize(identity, permission, "portfolio/headless") is answer


def test_an_identity_that_somebody_else_vouched_for_may_do_nothing():
    stranger = Identity("elsewhere", "ann", frozenset({"run:create"}))
    assert not Local().authorize(stranger, "run:create", "portfolio/headless")


def test_what_is_recorded_reaches_the_trail_in_order():
    local, trail = Local(), Trail()
    local.keep_accounts(trail)
    events = [AuditEvent("ann", "run.started", "run/1"), AuditEvent("ann", "run.ended", "run/1")]
    for event in events:
        local.record(event)
    assert trail.events == events
    assert local.get_debug_info() == {"recorded": 2}


def test_a_secret_is_not_shown():
    assert "hunter2" not in repr(Credentials("ann", "hunter2"))

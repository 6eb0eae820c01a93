"""One run, then the process ends."""

import pytest

from plugins_core.headless import Headless

pytestmark = pytest.mark.unit


def test_it_runs_once_and_returns_the_result():
    calls = []
    assert Headless().start(lambda: calls.append("run") or "result") == "result"
    assert calls == ["run"]


def test_it_stops_when_asked_to():
    core = Headless()
    assert core.get_debug_info() == {"stopping": False}
    core.stop()
    assert core.stopping
    assert core.get_debug_info() == {"stopping": True}

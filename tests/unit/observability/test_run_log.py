"""The log of a run: JSON lines that carry what is bound, and never a reason to stop."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.observability.logging import log_to

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-014")]

FULL = Path("/dev/full")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "run.log.jsonl"
    path.touch()
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_line_is_json_with_event_level_time_and_what_is_bound(path: Path) -> None:
    with log_to(path, level="info", on_loss=pytest.fail, run_id="r1") as log:
        log.info("began", bars=3)
        log.error("ended", reason="several\nlines \x1b[31m")
    first, second = lines(path)
    assert first["timestamp"].endswith("Z")
    assert {"event": "began", "level": "info", "run_id": "r1", "bars": 3}.items() <= first.items()
    assert {"event": "ended", "level": "error", "run_id": "r1"}.items() <= second.items()
    assert second["reason"] == "several\nlines \x1b[31m"


@pytest.mark.parametrize(
    ("level", "events"),
    [
        ("debug", ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_what_is_less_severe_than_the_level_is_left_out(path: Path, level: str, events: list[str]) -> None:
    with log_to(path, level=level, on_loss=pytest.fail) as log:
        for name in ("debug", "info", "warning", "error"):
            getattr(log, name)(name)
    assert [line["event"] for line in lines(path)] == events


def test_a_log_goes_on_where_it_ended(path: Path) -> None:
    for event in ("first", "second"):
        with log_to(path, level="info", on_loss=pytest.fail) as log:
            log.info(event)
    assert [line["event"] for line in lines(path)] == ["first", "second"]


def test_an_exception_is_written_with_its_traceback(path: Path) -> None:
    with log_to(path, level="info", on_loss=pytest.fail) as log:
        try:
            int("what happened")
        except ValueError:
            log.error("failed", exc_info=True)
    (line,) = lines(path)
    assert "Traceback" in line["exception"]
    assert "what happened" in line["exception"]


@given(st.text(), st.text())
def test_whatever_is_logged_stays_one_line(
    tmp_path_factory: pytest.TempPathFactory, event: str, value: str
) -> None:
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    path.touch()
    with log_to(path, level="info", on_loss=pytest.fail) as log:
        log.info(event, value=value)
    assert path.read_bytes().count(b"\n") == 1
    assert lines(path)[0]["value"] == value


@pytest.mark.requirement("SYS-011", "STC-16")
@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
def test_a_full_disk_costs_the_lines_and_nothing_else_and_is_told_once() -> None:
    told: list[str] = []
    with log_to(FULL, level="info", on_loss=told.append) as log:
        for number in range(3):
            log.info("lost", number=number)
    assert told == ["The log /dev/full cannot be written: no space left on device."]

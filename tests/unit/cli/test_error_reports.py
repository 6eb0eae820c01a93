"""How errors end a command: one message, one exit code, and a traceback only when it is asked for."""

import errno
import sys
from asyncio import CancelledError

import pytest

from app.cli.reporting import code_of, errors_told, say
from app.domain.errors import (
    ConfigurationError,
    InputError,
    LtsError,
    OutOfRange,
    PluginError,
    RunFailed,
    RunInterrupted,
    StorageFailed,
    StorageUnusable,
)
from app.settings.errors import SettingsError

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-011", "SYS-019")]

FULL = """\
Error: The output cannot be written: no space left on device.
  Free some space there, or send it elsewhere.
"""


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigurationError("p"), 2),
        (PluginError("p"), 2),
        (InputError("p"), 2),
        (SettingsError("p"), 2),
        (StorageUnusable("p"), 2),
        (StorageFailed("p"), 1),
        (RunFailed("p"), 1),
        (OutOfRange("p"), 1),
        (LtsError("p"), 1),
        (RunInterrupted("p"), 130),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_error_of_lts_is_its_problem_and_remedy_and_has_the_documented_code(
    capsys: pytest.CaptureFixture[str], error: LtsError | SettingsError, code: int
) -> None:
    error.remedy = "do this\nthen that"
    with pytest.raises(SystemExit) as left, errors_told(debug=False):
        raise error
    assert left.value.code == code == code_of(error)
    assert capsys.readouterr() == ("", "Error: p\n  do this\n  then that\n")


def test_debug_puts_the_traceback_before_the_message(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit), errors_told(debug=True):
        raise InputError("p") from ValueError("its cause")
    told = capsys.readouterr().err
    assert "ValueError: its cause" in told
    assert told.index("Traceback") < told.index("\nError: p\n")


@pytest.mark.parametrize(
    "error",
    [
        ValueError("what"),
        CancelledError("gone"),
        RecursionError("deep"),
        OSError("no number"),
        OSError(errno.EACCES, "no", "a.txt"),
    ],
    ids=repr,
)
def test_an_error_that_nobody_expected_is_still_one_message(
    capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    with pytest.raises(SystemExit) as left, errors_told(debug=False):
        raise error
    assert left.value.code == 1
    message, remedy = capsys.readouterr().err.splitlines()
    assert message == f"Error: LTS failed in a way it should not: {type(error).__name__}: {error}"
    assert "--debug" in remedy


@pytest.mark.parametrize(("stop", "code"), [((), 130), ((2,), 130), ((15,), 143)])
def test_a_stop_by_a_signal_has_the_signals_code(
    capsys: pytest.CaptureFixture[str], stop: tuple[int, ...], code: int
) -> None:
    with pytest.raises(SystemExit) as left, errors_told(debug=False):
        raise KeyboardInterrupt(*stop)
    assert left.value.code == code
    assert capsys.readouterr().err == "Stopped.\n"


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), ""),
        (
            OSError(errno.ENOSPC, "No space left on device"),
            FULL,
        ),
    ],
)
def test_output_that_nobody_takes_is_given_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: OSError, told: str
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    with pytest.raises(SystemExit) as left, errors_told(debug=False):
        raise error
    assert left.value.code == 1
    assert sys.stdout is None
    assert capsys.readouterr().err == told


def test_an_exit_passes_through() -> None:
    with pytest.raises(SystemExit) as left, errors_told(debug=False):
        raise SystemExit(7)
    assert left.value.code == 7


def test_control_characters_are_told_as_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    say("red \x1b[31m\nline")
    assert capsys.readouterr().err == "red \\x1b[31m\\nline\n"

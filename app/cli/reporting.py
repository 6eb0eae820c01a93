"""How errors reach the user: one message, one exit code, no traceback unless asked for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.errors import (
    ConfigurationError,
    InputError,
    LtsError,
    RunInterrupted,
    StorageUnusable,
)
from app.settings.errors import SettingsError, printable

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
TERMINATED = 143


def code_of(error: Exception) -> int:
    """Return the exit code for an error."""
    if isinstance(error, ConfigurationError | InputError | StorageUnusable | SettingsError):
        return BAD_INPUT
    if isinstance(error, RunInterrupted):
        return INTERRUPTED
    return FAILED


@contextmanager
def errors_told(*, debug: bool) -> Iterator[None]:
    """Tell any error on standard error and exit with its code."""
    try:
        yield
    except (LtsError, SettingsError) as error:
        _tell(error, error.problem, error.remedy, debug=debug)
        raise SystemExit(code_of(error)) from None
    except KeyboardInterrupt:
        say("Stopped.")
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        # Whoever read our output has left; closing quietly is what a pipe expects.
        sys.stdout = None
        raise SystemExit(FAILED) from None
    except Exception as error:  # noqa: BLE001 - the edge of the process: whatever it is, no traceback
        problem = f"LTS failed in a way it should not: {type(error).__name__}: {error}"
        _tell(error, problem, "Run it again with --debug and report what it prints.", debug=debug)
        raise SystemExit(FAILED) from None


def say(text: str) -> None:
    """Write a line to standard error, control characters escaped."""
    sys.stderr.write(f"{printable(text)}\n")


def _tell(error: Exception, problem: str, remedy: str, *, debug: bool) -> None:
    if debug:
        import traceback

        sys.stderr.write("".join(traceback.format_exception(error)))
    say(f"Error: {problem}")
    for line in remedy.splitlines():
        say(f"  {line}")

"""How errors reach the user: one message, one exit code, no traceback unless asked for."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

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
    except KeyboardInterrupt as stop:
        say("Stopped.")
        raise SystemExit(128 + (stop.args[0] if stop.args else signal.SIGINT)) from None
    except BrokenPipeError:
        # Whoever read our output has left; closing quietly is what a pipe expects.
        sys.stdout = None
        raise SystemExit(FAILED) from None
    except OSError as error:
        # Files are opened by name, and their errors say it: without one it was standard output.
        if error.errno is None or error.filename is not None:
            _tell_unexpected(error, debug=debug)
        else:
            problem = f"The output cannot be written: {(error.strerror or str(error)).lower()}."
            _tell(error, problem, "Free some space there, or send it elsewhere.", debug=debug)
            sys.stdout = None
        raise SystemExit(FAILED) from None
    except Exception as error:  # noqa: BLE001 - the edge of the process: whatever it is, no traceback
        _tell_unexpected(error, debug=debug)
        raise SystemExit(FAILED) from None


def say(text: str) -> None:
    """Write a line to standard error, control characters escaped."""
    _write(f"{printable(text)}\n")


def _write(text: str) -> None:
    with suppress(OSError):  # nobody can be told, but the exit code still says it
        sys.stderr.write(text)
        sys.stderr.flush()


def _tell_unexpected(error: Exception, *, debug: bool) -> None:
    problem = f"LTS failed in a way it should not: {type(error).__name__}: {error}"
    _tell(error, problem, "Run it again with --debug and report what it prints.", debug=debug)


def _tell(error: Exception, problem: str, remedy: str, *, debug: bool) -> None:
    if debug:
        import traceback

        _write("".join(traceback.format_exception(error)))
    say(f"Error: {problem}")
    for line in remedy.splitlines():
        say(f"  {line}")

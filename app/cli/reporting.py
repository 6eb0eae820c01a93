"""How errors reach the user: one message, one exit code, no traceback unless asked for."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from app.domain.errors import (
    ConfigurationError,
    InputError,
    LtsError,
    RunInterrupted,
    StorageUnusable,
    described,
)
from app.settings.errors import SettingsError, printable

DONE, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def code_of(error: Exception) -> int:
    """Return the exit code for an error."""
    if isinstance(error, ConfigurationError | InputError | StorageUnusable | SettingsError):
        return BAD_INPUT
    if isinstance(error, RunInterrupted):
        return INTERRUPTED
    return FAILED


class Teller:
    """Tells notes and errors on standard error, without what `hide` was given to take out."""

    def __init__(self, *, debug: bool) -> None:
        self._debug = debug
        self._scrub: Callable[[str], str] = str

    def hide(self, scrub: Callable[[str], str]) -> None:
        """Take the function that takes secrets out of a text, once they are known."""
        self._scrub = scrub

    def note(self, text: str) -> None:
        """Tell what is no error."""
        say(f"Note: {self._scrub(text)}")

    def error(self, error: BaseException, problem: str, remedy: str) -> None:
        """Tell an error, with its traceback where that was asked for."""
        if self._debug:
            import traceback

            _write(self._scrub("".join(traceback.format_exception(error))))
        say(f"Error: {self._scrub(problem)}")
        for line in self._scrub(remedy).splitlines():
            say(f"  {line}")

    def unexpected(self, error: BaseException) -> None:
        """Tell an error that should not have come this far."""
        problem = f"LTS failed in a way it should not: {described(error)}"
        self.error(error, problem, "Run it again with --debug and report what it prints.")


@contextmanager
def errors_told(*, debug: bool) -> Iterator[Teller]:
    """Tell any error on standard error and exit with its code."""
    teller = Teller(debug=debug)
    try:
        yield teller
    except (LtsError, SettingsError) as error:
        teller.error(error, str(error.problem), str(error.remedy))
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
            teller.unexpected(error)
        else:
            problem = f"The output cannot be written: {(error.strerror or str(error)).lower()}."
            teller.error(error, problem, "Free some space there, or send it elsewhere.")
            sys.stdout = None
        raise SystemExit(FAILED) from None
    except (SystemExit, GeneratorExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the edge of the process: whatever it is, no traceback
        teller.unexpected(error)
        raise SystemExit(FAILED) from None


def say(text: str) -> None:
    """Write a line to standard error, control characters escaped."""
    _write(f"{printable(text)}\n")


def _write(text: str) -> None:
    with suppress(OSError):  # nobody can be told, but the exit code still says it
        sys.stderr.write(text)
        sys.stderr.flush()

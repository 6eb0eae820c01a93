"""The tree of errors; an error's type says what the caller should do.

LtsError
├── ConfigurationError   a setting is wrong: change it (exit code 2)
│   └── PluginError      a chosen plugin cannot be used: mend or replace it (exit code 2)
├── InputError           a data file, a symbol or a period is wrong: change the input (exit code 2)
├── StorageError         the database or a folder cannot be used: mend it and start again
│   ├── StorageUnusable  it could not be opened, or is of another schema (exit code 2)
│   └── StorageFailed    it failed in the middle of the work (exit code 1)
├── RunFailed            the run ended early and is marked FAILED (exit code 1)
├── RunInterrupted       somebody stopped the run and it is marked INTERRUPTED (exit code 128 + signal)
└── OutOfRange           a number does not fit the engine's 64 bits: rejected rather than wrapped
"""


class LtsError(Exception):
    """An error that a user can act on: what is wrong, and the remedy where one is known."""

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}\n{self.remedy}" if self.remedy else self.problem


class ConfigurationError(LtsError):
    """A setting is unknown, of the wrong type or out of range."""


class PluginError(ConfigurationError):
    """A plugin that was chosen cannot be used."""


class InputError(LtsError):
    """Market data or another input cannot be used as it is."""


class StorageError(LtsError):
    """The database or a folder cannot be used."""


class StorageUnusable(StorageError):
    """The database or a folder could not be opened, or is of another schema."""


class StorageFailed(StorageError):
    """The database or a folder failed in the middle of the work."""


class RunFailed(LtsError):
    """The run ended early and is marked FAILED."""


class RunInterrupted(LtsError):
    """The run was stopped by a person or the system and is marked INTERRUPTED."""


class OutOfRange(LtsError):
    """A number does not fit the engine's 64-bit integers."""


_LONGEST = 500  # characters


def described(error: BaseException) -> str:
    """Return what was wrong, of at most 500 characters: the problem, or the type and what it says of itself.

    It never raises, whatever a foreign exception does when it is asked.
    """
    try:
        text = str(error.problem if isinstance(error, LtsError) else error)
    except BaseException:  # noqa: BLE001 - a plugin's exception may do anything here
        text = "(it cannot say what was wrong)"
    if not isinstance(error, LtsError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."

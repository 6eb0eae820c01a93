"""The first half of the work: what every layer says, read into assignments."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.settings.documents import read_document, refuse_excess
from app.settings.errors import SettingsError
from app.settings.layers import BUILT_IN, Assignment, Collected, Layer, Source, Step
from app.settings.masking import shown
from app.settings.model import ENVIRONMENTS

PREFIX = "LTS__"
PROCESS_VARIABLES = frozenset({"LTS_DATABASE_URL", "LTS_HOME"})
"""Variables that `process.ProcessSettings` reads; named here too, because importing it is slow."""

_MAX_LISTED = 8


@dataclass(frozen=True)
class Flag:
    """What a dedicated option of the command line sets: `--symbols` and its value; None sets nothing."""

    option: str
    value: object


def collect(
    *,
    files: Sequence[Path] = (),
    overrides: Sequence[str] = (),
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, Flag] | None = None,
    database: Mapping[str, object] | None = None,
    environment_file: Callable[[str], Path | None] = lambda _environment: None,
) -> Collected:
    """Return what all layers say, lowest first.

    `files` are settings files, the last one highest; `overrides` are `key=value` texts of --set; `flags` and
    `database` map dotted keys to values; `environment_file` locates the lowest file of an environment. On the
    command line a dedicated flag is above --set. Raises SettingsError for a file that cannot be read, a
    malformed override and an unknown environment.
    """
    steps = [_file_step(path) for path in files]
    steps.append(_database_step(database or {}))
    steps.append(_environment_step(environ or {}))
    steps.append(_command_line_step(overrides, flags or {}))
    environment, source = _environment(steps)
    lowest = environment_file(environment)
    if lowest is not None:
        step = _file_step(lowest)
        _refuse_another_environment(step, environment, source)
        steps.insert(0, step)
    notices = _ignored_variables(environ or {})
    return Collected(environment, tuple(step for step in steps if step.assignments), notices)


def _file_step(path: Path) -> Step:
    source = Source(Layer.FILE, str(path))
    top = Assignment((), read_document(path), source)
    return Step(Layer.FILE, tuple(_opened(top.children())))


def _database_step(values: Mapping[str, object]) -> Step:
    source = Source(Layer.DATABASE, "database")
    assignments = []
    for key, value in values.items():
        try:
            refuse_excess(value)
        except ValueError as error:
            raise SettingsError(f"{key} in the {source} is refused: {error}.", "Set it anew.") from error
        assignments.append(Assignment(_path(key, source), value, source))
    return Step(Layer.DATABASE, tuple(_opened(assignments)))


def _environment_step(environ: Mapping[str, str]) -> Step:
    assignments = []
    for name in sorted(environ):
        if name.startswith(PREFIX):
            source = Source(Layer.ENVIRONMENT, name)
            path = _path(name.removeprefix(PREFIX).lower().replace("__", "."), source)
            assignments.append(Assignment(path, environ[name], source, text=True))
    return Step(Layer.ENVIRONMENT, tuple(assignments))


def _command_line_step(overrides: Sequence[str], flags: Mapping[str, Flag]) -> Step:
    assignments = []
    for number, override in enumerate(overrides, start=1):
        key, equals, value = override.partition("=")
        if not equals:
            # The text is not repeated: it may be a secret whose key was forgotten.
            raise SettingsError(f"--set number {number} has no '='.", "Write --set key=value.")
        source = Source(Layer.COMMAND_LINE, f"--set {key.strip()}")
        assignments.append(Assignment(_path(key.strip(), source), value, source, text=True))
    for key, flag in flags.items():
        if flag.value is not None:
            source = Source(Layer.COMMAND_LINE, flag.option)
            text = isinstance(flag.value, str)
            assignments.append(Assignment(_path(key, source), flag.value, source, text=text))
    return Step(Layer.COMMAND_LINE, tuple(assignments))


def _opened(assignments: Iterable[Assignment]) -> list[Assignment]:
    """Return assignments with tables at the top replaced by what they hold; an empty one stays."""
    opened: list[Assignment] = []
    for assignment in assignments:
        opened.extend(list(assignment.children()) if len(assignment.path) == 1 else [])
        if len(assignment.path) > 1 or not isinstance(assignment.value, dict) or not assignment.value:
            opened.append(assignment)
    return opened


def _path(key: str, source: Source) -> tuple[str, ...]:
    path = tuple(key.split("."))
    if not all(path):
        raise SettingsError(f"{source} does not name a setting.", 'Keys look like "data.start".')
    return path


def _environment(steps: Sequence[Step]) -> tuple[str, Source]:
    value: object = ENVIRONMENTS[0]
    source = BUILT_IN
    for assignment in (a for step in steps for a in step.assignments if a.path == ("environment",)):
        value, source = assignment.value, assignment.source
    if value not in ENVIRONMENTS:
        raise SettingsError(
            f"environment = {shown(value, secret=False, limit=80)} (from {source}) is refused.",
            f"It is one of {', '.join(ENVIRONMENTS)}.",
        )
    return str(value), source


def _refuse_another_environment(step: Step, environment: str, source: Source) -> None:
    for assignment in step.assignments:
        if assignment.path == ("environment",) and assignment.value != environment:
            value = shown(assignment.value, secret=False, limit=80)
            raise SettingsError(
                f"{assignment.source} is read because the environment is {environment} ({source}), "
                f"and sets environment = {value}.",
                "Remove the key from that file.",
            )


def _ignored_variables(environ: Mapping[str, str]) -> tuple[str, ...]:
    names = sorted(
        name
        for name in environ
        if name.startswith("LTS_") and not name.startswith(PREFIX) and name not in PROCESS_VARIABLES
    )
    if not names:
        return ()
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    listed = ", ".join(names[:_MAX_LISTED])
    return (f"Ignored environment variables: {listed}{more}. Settings begin with {PREFIX}.",)

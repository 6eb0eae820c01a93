"""The files that a `path` names: one file, a folder's files of a kind, or what a pattern matches."""

import glob
from pathlib import Path

from app.domain.errors import InputError
from app.ports import DataRequest

_PATTERN = frozenset("*?[")


def named_files(path: str, suffix: str) -> list[Path]:
    """Return the files in the order of their names; a folder gives its own files with the suffix (".csv").

    Raises InputError when the path is empty, names nothing, or cannot be looked at.
    """
    if not path.strip():
        raise InputError(
            "data.path is empty.", f"Set it to a *{suffix} file, a folder with such files, or a pattern."
        )
    try:
        files = _matches(Path(path).expanduser(), suffix)
    except (OSError, RuntimeError, ValueError) as e:  # no permission, no such home folder, a NUL character
        raise InputError(f"{path!r} cannot be read: {reason(e)}.", "Check data.path.") from e
    if not files:
        raise InputError(f"{path!r} names no {suffix} file.", "Check data.path.")
    return files


def bar_files(request: DataRequest, suffix: str) -> list[Path]:
    """Return the files of a request's path but for that of its corporate actions; raises as `named_files`."""
    files = named_files(request.path, suffix)
    if not request.actions:
        return files
    actions = Path(request.actions).expanduser().resolve()
    return [file for file in files if file.resolve() != actions]


def _matches(path: Path, suffix: str) -> list[Path]:
    if path.is_file():
        return [path]
    if path.is_dir():
        return sorted(
            file for file in path.iterdir() if file.suffix.lower() == suffix.lower() and file.is_file()
        )
    if _PATTERN & set(str(path)):
        return sorted(file for file in map(Path, glob.glob(str(path))) if file.is_file())  # noqa: PTH207 - Path.glob takes no absolute pattern
    return []


def reason(error: Exception) -> str:
    """Return the operating system's own words for an error, without its number and path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)

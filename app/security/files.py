"""Files and folders that only the user who runs LTS can read: 0600 and 0700.

On Windows the user's own folders are already private, and modes are not changed.
"""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from app.domain.errors import StorageFailed, StorageUnusable

_FILE = 0o600
_FOLDER = 0o700


def private_folder(path: Path) -> Path:
    """Return the folder, made 0700 with its missing parents; one that exists keeps its mode.

    Raises StorageUnusable that names the folder when it cannot be made.
    """
    try:
        for folder in reversed([path, *path.parents]):
            if not folder.is_dir():
                folder.mkdir(mode=_FOLDER, exist_ok=True)
    except OSError as error:
        raise StorageUnusable(
            f"The folder {path} cannot be made: {_reason(error)}.",
            "Name another folder, or give this user write permission to the one above it.",
        ) from error
    return path


def private_file(path: Path) -> Path:
    """Return the file, made 0600 and empty where it was missing; one that exists keeps its content and mode.

    Raises StorageUnusable that names the file when it cannot be opened for reading and writing.
    """
    private_folder(path.parent)
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _FILE))
    except OSError as error:
        raise StorageUnusable(
            f"The file {path} cannot be opened for writing: {_reason(error)}.",
            "Name another file, or give this user write permission to it and its folder.",
        ) from error
    return path


def write_private(path: Path, content: str | bytes) -> Path:
    """Write the file as 0600, whole or not at all: a reader sees the old content or the new one.

    Text is written as UTF-8 with its line ends as they are. Raises StorageUnusable when the folder cannot be
    made, and StorageFailed that names the file when writing fails; then what was there before is untouched.
    """
    private_folder(path.parent)
    try:
        _replace(path, content.encode() if isinstance(content, str) else content)
    except OSError as error:
        raise StorageFailed(
            f"The file {path} could not be written: {_reason(error)}.",
            "Free some space or give this user write permission to the folder, and try again.",
        ) from error
    return path


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):  # the disk may be gone; the first error is the one to tell
            temporary.unlink()
        raise


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()

"""One writer at a time on a SQLite file, in order and without the long tail of its busy handler."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from filelock import FileLock, Timeout

from app.domain.errors import StorageFailed

_POLL_SECONDS = 0.002


class WriterLock:
    """Shuts out the other threads first, then, through an operating system's lock, the other processes.

    `path` is the lock file, made 0600 and left in place; `patience` is how long to wait, in seconds.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self._path = path
        self._patience = patience
        self._threads = Lock()
        self._processes = FileLock(
            path,
            mode=0o600,
            timeout=patience,
            poll_interval=_POLL_SECONDS,
            thread_local=False,
            preserve_lock_file=True,
        )

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock; raises StorageFailed when it is not free in time or cannot be made."""
        if not self._threads.acquire(timeout=self._patience):
            raise self._busy()
        try:
            self._lock_out_processes()
            try:
                yield
            finally:
                self._processes.release()
        finally:
            self._threads.release()

    def _lock_out_processes(self) -> None:
        try:
            self._processes.acquire()
        except Timeout as error:
            raise self._busy() from error
        except OSError as error:
            raise StorageFailed(
                f"The lock file {self._path} cannot be used: {error.strerror or error}.",
                "Give this user write permission to the folder, and free some space if the disk is full.",
            ) from error

    def _busy(self) -> StorageFailed:
        return StorageFailed(
            f"The database stayed locked for {self._patience:g} seconds by another writer ({self._path}).",
            "Wait for the other LTS to finish or stop it, and try again.",
        )

"""Structured logs: one JSON object per line, in a private file."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path

import structlog

Log = structlog.typing.FilteringBoundLogger


@contextmanager
def log_to(
    path: Path,
    /,
    *,
    level: str,
    on_loss: Callable[[str], None],
    scrub: Callable[[str], str] = str,
    **bound: object,
) -> Iterator[Log]:
    """Give a logger that appends JSON lines of at least `level` to a file, which is closed at the end.

    Every line carries what is `bound`. The file must exist already, so that its maker decides who may read
    it. A line that cannot be written is lost, because a full disk must not stop what is logged; `on_loss` is
    told of the first. `scrub` takes what is secret out of a text.
    """
    with path.open("ab", buffering=0) as file:
        log: Log = structlog.wrap_logger(
            _Lines(file, path, on_loss),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                lambda _logger, _name, facts: {key: _scrubbed(value, scrub) for key, value in facts.items()},
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(
                logging.getLevelNamesMapping()[level.upper()]
            ),
            cache_logger_on_first_use=False,
        )
        yield log.bind(**bound)


def _scrubbed(value: object, scrub: Callable[[str], str]) -> object:
    return scrub(value) if isinstance(value, str) else value


class _Lines:
    """What structlog hands its rendered lines to, by the name of their level."""

    def __init__(self, file: RawIOBase, path: Path, on_loss: Callable[[str], None]) -> None:
        self._file = file
        self._path = path
        self._on_loss = on_loss
        self._lost = False

    def msg(self, line: str) -> None:
        """Write one line."""
        try:
            self._file.write(f"{line}\n".encode())
        except OSError as error:
            if not self._lost:
                reason = (error.strerror or str(error)).lower()
                self._on_loss(f"The log {self._path} cannot be written: {reason}.")
            self._lost = True

    debug = info = warning = error = msg

"""Structured logs: one JSON object per line, in a private file."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

Log = structlog.typing.FilteringBoundLogger


@contextmanager
def log_to(path: Path, level: str) -> Iterator[Log]:
    """Give a logger that appends JSON lines of at least `level` to a file, which is closed at the end.

    The file must exist already, so that its maker decides who may read it.
    """
    with path.open("a", encoding="utf-8", newline="\n") as file:
        yield structlog.wrap_logger(
            structlog.WriteLogger(file),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(
                logging.getLevelNamesMapping()[level.upper()]
            ),
            cache_logger_on_first_use=False,
        )

"""What commands print: results alone on standard output, control characters escaped."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO

import typer

from app.settings.errors import printable


@contextmanager
def results_only() -> Iterator[TextIO]:
    """Give standard output to results, and send what plugins print meanwhile to standard error."""
    out = sys.stdout
    with redirect_stdout(sys.stderr):
        yield out


def echo(text: str, out: TextIO | None = None) -> None:
    """Print text, control characters other than line ends escaped: a path or a database may hold any."""
    typer.echo("\n".join(map(printable, text.split("\n"))), file=out)


def echo_json(value: object, out: TextIO, *, indent: int | None = 2) -> None:
    """Print a value as JSON, which escapes control characters itself."""
    typer.echo(json.dumps(value, indent=indent, allow_nan=False, default=str), file=out)

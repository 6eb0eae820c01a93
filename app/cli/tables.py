"""Plain tables: aligned for people on a terminal, whole lines in a pipe."""

from collections.abc import Iterable, Sequence
from typing import TextIO

from app.settings.errors import printable

_UNLIMITED = 10_000  # columns; a pipe has no window to fit
_ROOM = 30  # columns that the first one leaves to the others


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], file: TextIO | None = None) -> None:
    """Print rows under headings, one line each where it is piped, wrapped to the window on a terminal.

    Nothing is cut: the first column stays whole where the window has room, and the others fold.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=file)
    if not console.is_terminal:
        console = Console(file=file, width=_UNLIMITED)
    printed = [["\n".join(map(printable, cell.split("\n"))) for cell in row] for row in rows]
    longest = max((len(line) for row in printed for line in row[0].split("\n")), default=0)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for number, heading in enumerate(headings):
        whole = number == 0 and longest + _ROOM <= console.width
        table.add_column(heading, overflow="fold", no_wrap=whole)
    for row in printed:
        table.add_row(*map(Text, row))
    console.print(table)

"""Plain tables: aligned for people on a terminal, whole lines in a pipe."""

from collections.abc import Iterable, Sequence

from app.settings.errors import printable

_UNLIMITED = 10_000  # columns; a pipe has no window to fit


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings, one line each where it is piped, wrapped to the window on a terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console = Console(width=_UNLIMITED)
    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text("\n".join(map(printable, cell.split("\n")))) for cell in row))
    console.print(table)

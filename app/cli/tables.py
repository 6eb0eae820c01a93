"""Plain tables: aligned for people on a terminal, whole lines in a pipe."""

from collections.abc import Iterable, Sequence


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows under headings, one line each where it is piped, wrapped to the window on a terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(*headings, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    width = console.width if console.is_terminal else max(console.width, console.measure(table).maximum)
    console.print(table, width=width, no_wrap=not console.is_terminal, crop=console.is_terminal)

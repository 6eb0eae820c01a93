"""What a sweep came to, as a table for a terminal and a few lines on what it is worth."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.services.figures import amount, percent, printable, ratio

if TYPE_CHECKING:
    from rich.table import Table

    from app.services.sweep import SweepResult

_FEWEST = 2  # with one set there is nothing to be lucky among


def ranking_table(result: "SweepResult", top: int) -> "Table":
    """Return the best sets, best first."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from app.services.sweep import written

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in result.grid.names:
        table.add_column(Text(printable(name).replace(".", ".\n")), justify="right", overflow="fold")
    for heading in ("Return", "Sharpe", "Drawdown", "Trades"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column(f"Final equity, {result.currency}", justify="right")
    for row in result.rows[:top]:
        table.add_row(
            *(Text(printable(written(value))) for value in row.parameters),
            percent(row.total_return),
            ratio(row.sharpe),
            percent(row.max_drawdown),
            f"{row.trades:,}",
            amount(row.final_equity, result.currency),
        )
    return table


def closing_words(result: "SweepResult") -> Iterator[str]:
    """Yield how many sets were run, which were not and why, and how far the best can be luck."""
    shown = f"{len(result.rows):,} of {len(result.grid):,} sets, by {result.metric.label}"
    yield f"{shown}, in {result.seconds:.1f} s."
    for group in result.skipped:
        what = "failed" if group.failed else "refused"
        first = result.grid.told(group.first)
        yield f"{group.sets:,} {what}, the first {first}: {group.reason.removesuffix('.')}."
    found = result.luck
    if found.tries < _FEWEST:
        return
    yield (
        f"The best of {found.tries:,} sets is partly luck: as many worthless ones would have a best Sharpe "
        f"ratio of about {ratio(found.expected_best)}. That the best set's true one is above 0 has a "
        f"probability of {percent(found.probabilistic, 1)} taken alone, that it is above luck "
        f"{percent(found.deflated, 1)} (deflated)."
    )

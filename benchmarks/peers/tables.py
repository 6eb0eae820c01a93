"""The measured figures as text: a table for the terminal, the same in Markdown for docs/benchmarks.md."""

from collections.abc import Sequence

from rich.table import Table

from benchmarks.peers.measuring import Measured
from benchmarks.peers.workloads import ENGINES

HEADINGS = ("engine", "seconds", "bars/s", "LTS is", "fills", "final equity", "peak memory")


def rows(measured: Sequence[Measured]) -> list[tuple[str, ...]]:
    """Return a row of text for each engine; "LTS is" compares the first engine of LTS with it."""
    base = next((each for each in measured if ENGINES[each.engine].script == "run_lts"), None)
    return [
        (
            each.label,
            f"{each.seconds:.3f}",
            f"{each.rate:,.0f}",
            "" if base is None or each is base else _times(base.rate / each.rate),
            f"{each.fills:,}",
            f"{each.final_equity:,.2f}",
            "" if each.peak_megabytes is None else f"{each.peak_megabytes:,.0f} MB",
        )
        for each in measured
    ]


def table(title: str, measured: Sequence[Measured]) -> Table:
    """Return a workload's table for the terminal."""
    drawn = Table(title=title, title_justify="left")
    for number, heading in enumerate(HEADINGS):
        drawn.add_column(heading, justify="right" if number else "left", no_wrap=True)
    for row in rows(measured):
        drawn.add_row(*row)
    return drawn


def markdown(title: str, measured: Sequence[Measured]) -> str:
    """Return a workload's table in Markdown, below its title."""
    lines = [HEADINGS, ("---", *["---:"] * (len(HEADINGS) - 1)), *rows(measured)]
    body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"### {title}\n\n{body}\n"


def _times(ratio: float) -> str:
    """Return a ratio of speeds in words: of 2, of 0.04."""
    return f"{ratio:.1f}x as fast" if ratio >= 1 else f"{ratio:.2g}x as fast"

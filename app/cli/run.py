"""`lts run`: the configured pipeline, once."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from app.cli.options import (
    ConfigFiles,
    DatabaseUrl,
    Debug,
    Json,
    Overrides,
    PipelineName,
    StrategyName,
    flags,
)
from app.cli.output import echo, echo_json, results_only
from app.cli.reporting import DONE, INTERRUPTED, errors_told, say
from app.cli.stopping import stopping_on_signals

if TYPE_CHECKING:
    from app.services.execution import Outcome

DESCRIPTION = """
Backtests `sma_cross` over the shipped prices unless settings say otherwise, and writes an HTML report.

Examples:

  lts run

  lts run --set strategy.fast=10 --set strategy.slow=50

  lts run --strategy buy_and_hold --set data.symbols=IBM,MSFT

  lts run --set data.source=csv --set data.path=prices/ --set data.symbols=SPY --json

Exit codes: 0 done, 1 the run failed, 2 bad configuration or input, 130 stopped by Ctrl-C, 143 by SIGTERM.
"""


def run(
    config: ConfigFiles = None,
    overrides: Overrides = None,
    strategy: StrategyName = None,
    pipeline: PipelineName = None,
    *,
    database: DatabaseUrl = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder for the report and the log.",
            show_default="reports in the data folder",
        ),
    ] = None,
    migrate: Annotated[
        bool, typer.Option("--migrate", help="Upgrade a PostgreSQL schema first (SQLite is always).")
    ] = False,
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    debug: Debug = False,
) -> None:
    """Run the configured pipeline once: data, strategy, portfolio, risk, broker, database, report."""
    with errors_told(debug=debug) as teller, results_only() as out, stopping_on_signals() as stopper:
        from app.bootstrap import Invocation, Watcher
        from app.bootstrap import run as run_pipeline

        notice: Callable[[str], None] = _silent if quiet else teller.note
        invocation = Invocation(config or (), overrides or (), flags(strategy, pipeline), database=database)
        with _progress(shown=not (quiet or as_json)) as progress:
            watcher = Watcher(progress, notice, stopper.stoppable, teller.hide)
            outcome = run_pipeline(invocation, watcher, migrate=migrate, output=output)
        if as_json:
            echo_json(outcome.summary, out, indent=None)
        elif not quiet:
            _show(outcome, out)
        code = DONE
        if outcome.result.status != "completed":
            say("The run was stopped before its end; what it did so far is stored as interrupted.")
            code = 128 + stopper.received if stopper.received else INTERRUPTED
    raise SystemExit(code)


def _silent(_: str) -> None:
    """Hear nothing."""


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """Give a function that draws a progress bar on a terminal, and one that does nothing elsewhere."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("Running"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("run", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _show(outcome: "Outcome", out: TextIO) -> None:
    from rich.console import Console

    from app.cli.summary import ambiguity, summary_table, unfilled

    console = Console(file=out, soft_wrap=True, highlight=False)
    console.print(summary_table(outcome.result, outcome.symbols))
    for note in (unfilled(outcome.result), ambiguity(outcome.result, outcome.bounds)):
        if note:
            console.print(note, markup=False)
    echo(f"Run       {outcome.summary['run_id']}", out)
    echo(f"Report    {outcome.summary['report']}", out)
    echo(f"Log       {outcome.log}", out)
    echo(f"Database  {outcome.summary['database']}", out)

"""`lts sweep`: many sets of parameters over the same data."""

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
from app.cli.progress import progress_bar
from app.cli.reporting import DONE, errors_told
from app.cli.stopping import stopping_on_signals
from app.services.sweep_metric import Metric

if TYPE_CHECKING:
    from app.services.sweep import SweepResult

DESCRIPTION = """
Backtests every combination of the values over data that are loaded once, and ranks them. No database is
written; the report and a CSV of all rows go to the folder of reports.

Examples:

  lts sweep --strategy sma_cross --grid fast=5:25:1 --grid slow=30:121:10

  lts sweep --grid fast=5,10,20 --grid broker.commission_bps=0:11:5 --metric total_return

  lts sweep -c my.toml --grid portfolio.cash_buffer=0.00:0.20:0.05 --json --top 5

Exit codes: 0 done, 1 no set came to a result, 2 bad configuration or input, 130 stopped by Ctrl-C, 143
by SIGTERM.
"""

_MOST_WORKERS = 256
_SHOWN = 10


def sweep(
    grid: Annotated[
        list[str],
        typer.Option(
            "--grid",
            "-g",
            metavar="NAME=VALUES",
            help="Values of one setting: start:stop:step without the stop, or a,b,c. Repeatable.",
        ),
    ],
    config: ConfigFiles = None,
    overrides: Overrides = None,
    strategy: StrategyName = None,
    *,
    pipeline: PipelineName = None,
    metric: Annotated[Metric, typer.Option(help="What the sets are ranked by.")] = Metric.SHARPE,
    top: Annotated[
        int | None, typer.Option(min=1, help="How many sets to print.", show_default="10; all with --json")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, max=_MOST_WORKERS, help="How many processes share the sets.", show_default="the processors"
        ),
    ] = None,
    database: DatabaseUrl = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder for the report and the CSV.",
            show_default="reports in the data folder",
        ),
    ] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Run many sets of parameters over the same data, and rank them."""
    with errors_told(debug=debug) as teller, results_only() as out, stopping_on_signals():
        from app.bootstrap import Invocation, Watcher
        from app.bootstrap import sweep as run_sweep
        from app.services.sweep import Grid

        parsed = Grid.parsed(grid)
        invocation = Invocation(config or (), overrides or (), flags(strategy, pipeline), database=database)
        with progress_bar("Sweeping", shown=not as_json) as progress:
            watcher = Watcher(progress, teller.note, lambda _stop: None, teller.hide)
            done = run_sweep(invocation, watcher, parsed, metric, workers=workers, top=top, output=output)
        for warning in done.result.warnings:
            teller.note(warning)
        if as_json:
            echo_json(done.summary, out, indent=None)
        else:
            _show(done.result, top or _SHOWN, out)
            echo(f"Report    {done.summary['report']}", out)
            echo(f"All rows  {done.summary['csv']}", out)
    raise SystemExit(DONE)


def _show(result: "SweepResult", top: int, out: TextIO) -> None:
    from rich.console import Console

    from app.cli.sweep_table import closing_words, ranking_table

    Console(file=out, soft_wrap=True, highlight=False).print(ranking_table(result, top))
    for line in closing_words(result):
        echo(line, out)

"""`lts check-lookahead`: whether a strategy knows what it cannot know."""

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
from app.cli.reporting import DONE, FAILED, errors_told
from app.cli.stopping import stopping_on_signals

if TYPE_CHECKING:
    from app.services.lookahead_verdict import Verdict

DESCRIPTION = """
Runs the strategy over the whole data, then again with no future after each cut and with garbage in its place.
Orders and fills up to the cut must be the same. Nothing is written, neither to a database nor to a file.

Examples:

  lts check-lookahead --strategy sma_cross

  lts check-lookahead --set strategy.fast=5 --set data.symbols=IBM,MSFT --cuts 20

  lts check-lookahead -c my.toml --json

Exit codes: 0 no look-ahead found, 1 found or the strategy failed, 2 bad configuration or input.
"""

_MOST_CUTS = 1_000


def check_lookahead(
    config: ConfigFiles = None,
    overrides: Overrides = None,
    strategy: StrategyName = None,
    pipeline: PipelineName = None,
    cuts: Annotated[
        int, typer.Option(min=1, max=_MOST_CUTS, help="How many moments to cut the data at; three runs each.")
    ] = 5,
    *,
    database: DatabaseUrl = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Check that no decision of a strategy depends on what comes after it."""
    with errors_told(debug=debug) as teller, results_only() as out, stopping_on_signals() as stopper:
        from app.bootstrap import Invocation, Watcher
        from app.bootstrap import check_lookahead as check

        invocation = Invocation(config or (), overrides or (), flags(strategy, pipeline), database=database)
        with progress_bar("Checking", shown=not as_json) as progress:
            watcher = Watcher(progress, teller.note, stopper.stoppable, teller.hide)
            verdict = check(invocation, watcher, cuts=cuts)
        for warning in verdict.warnings:
            teller.note(warning)
        if as_json:
            echo_json(verdict.summary(), out, indent=None)
        else:
            _show(verdict, out)
    raise SystemExit(DONE if verdict.clean else FAILED)


def _show(verdict: "Verdict", out: TextIO) -> None:
    from app.cli.tables import print_table

    if not verdict.clean:
        print_table(
            ("Time", "Symbol", "Whole data", "Copy", "Cut", "The copy's run"),
            [
                (
                    _when(found.time),
                    found.symbol,
                    found.whole,
                    found.copy,
                    "" if found.cut is None else _when(found.cut),
                    found.copied,
                )
                for found in verdict.findings
            ],
            out,
        )
    compared = (
        f"{verdict.strategy}, {_count(verdict.runs, 'run')}, {_count(len(verdict.cuts), 'cut')}: "
        f"{_count(verdict.orders, 'order')} and {_count(verdict.fills, 'fill')} over the whole data"
    )
    if verdict.clean:
        echo(f"No look-ahead found in {compared}.", out)
    else:
        others = verdict.runs - 1
        echo(f"Look-ahead found in {compared}; {len(verdict.findings)} of {others} other runs differ.", out)


def _when(time: int) -> str:
    from app.domain.bars import moment

    return f"{moment(time):%Y-%m-%d %H:%M}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

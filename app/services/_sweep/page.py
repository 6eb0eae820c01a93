"""The page of a sweep: the maps of the grid, the best sets, and what the best is worth."""

from pathlib import Path
from secrets import token_urlsafe

from app.services import _report
from app.services._report.page import SCRIPT, script_safe
from app.services._report.tables import Cell, Column, Table, tone
from app.services._sweep.charts import PAIRS, distribution, maps, numbers
from app.services._sweep.grid import written
from app.services._sweep.result import SweepResult
from app.services._sweep.rows import Row
from app.services.figures import amount, date, percent, ratio

ROWS = 200

_FOLDERS = (Path(__file__).parent, Path(_report.__file__).parent)


def render(result: SweepResult, table: str) -> str:
    """Return the page, which loads nothing but plotly's script from its own folder.

    `table` is the name of the file with all rows.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    drawn, spread = maps(result), distribution(result)
    figures = {chart.id: figure for chart, figure in (*drawn, *([spread] if spread else []))}
    environment = Environment(
        loader=FileSystemLoader(_FOLDERS),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("sweep.html").render(
        result=result,
        nonce=token_urlsafe(16),
        script=SCRIPT,
        period=" to ".join(date(time) for time in result.period),
        maps=[chart for chart, _ in drawn],
        maps_note=_maps_note(result),
        spread=spread[0] if spread else None,
        rows=rows_table(result, table),
        facts=_luck(result),
        skipped=_skipped(result),
        origin=_origin(result, table),
        figures=Markup(script_safe(figures)),  # noqa: S704 - script_safe has escaped it # nosec B704
    )


def rows_table(result: SweepResult, file: str) -> Table:
    """Return the best rows, with a note that names the file which has all."""
    columns = (
        *(Column(name, numeric=True) for name in result.grid.names),
        Column("Return", numeric=True),
        Column("Sharpe", numeric=True),
        Column("Drawdown", numeric=True),
        Column("Trades", numeric=True),
        Column(f"Final equity, {result.currency}", numeric=True),
        Column("Fees", numeric=True),
    )
    more = len(result.rows) > ROWS
    note = f"The best {ROWS} of {len(result.rows):,} sets; {file} has all." if more else f"Also in {file}."
    return Table(columns, [_cells(row, result.currency) for row in result.rows[:ROWS]], note, sortable=True)


def _cells(row: Row, currency: str) -> list[Cell]:
    sorts = numbers(row.parameters)
    return [
        *(Cell(written(value), sort) for value, sort in zip(row.parameters, sorts, strict=True)),
        Cell(percent(row.total_return), _known(row.total_return), tone(row.total_return or 0.0)),
        Cell(ratio(row.sharpe), _known(row.sharpe)),
        Cell(percent(row.max_drawdown), _known(row.max_drawdown)),
        Cell(f"{row.trades:,}", row.trades),
        Cell(amount(row.final_equity, currency), row.final_equity),
        Cell(amount(row.fees, currency), row.fees),
    ]


_UNKNOWN = -1e300  # JSON has no infinity, and what is unknown sorts below all


def _known(value: float | None) -> float:
    return _UNKNOWN if value is None else value


def _maps_note(result: SweepResult) -> str:
    varied = sum(len(axis.values) > 1 for axis in result.grid.axes)
    if varied < 2:
        return ""
    note = "The circle is the best set; cells without a set are empty."
    if varied > 2:
        note += " Each cell is the median over all values of the other parameters."
    pairs = varied * (varied - 1) // 2
    return f"{note} The first {PAIRS} of {pairs} pairs." if pairs > PAIRS else note


def _luck(result: SweepResult) -> list[tuple[str, str]]:
    found = result.luck
    return [
        ("Sets tried", f"{found.tries:,}"),
        ("Sharpe ratio that the best of as many worthless sets would have", ratio(found.expected_best)),
        (
            "Probability that the best set's true Sharpe ratio is above 0, taken alone",
            percent(found.probabilistic),
        ),
        ("Probability that it is above what luck explains (deflated)", percent(found.deflated)),
    ]


def _skipped(result: SweepResult) -> Table:
    columns = (Column("Outcome"), Column("First of them"), Column("Reason"), Column("Sets", numeric=True))
    rows = [
        (
            Cell("failed" if group.failed else "refused"),
            Cell(result.grid.told(group.first)),
            Cell(group.reason),
            Cell(f"{group.sets:,}", group.sets),
        )
        for group in result.skipped
    ]
    return Table(columns, rows)


def _origin(result: SweepResult, table: str) -> list[tuple[str, str]]:
    return [
        ("Sweep", result.id),
        ("All rows", table),
        ("Data hash", result.data_hash),
        ("Seed", str(result.seed)),
        ("Bars", f"{result.bars:,} for each set"),
        ("Time", f"{result.seconds:.2f} s with {result.workers:,} workers"),
    ]

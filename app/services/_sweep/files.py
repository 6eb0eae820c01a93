"""The files of a sweep: all rows as CSV, and the page with the maps of the grid."""

import csv
from io import StringIO
from pathlib import Path

from app.domain.money import currency_exponent, from_units
from app.security.files import write_private
from app.services._sweep.grid import written
from app.services._sweep.result import SweepResult
from app.services.report import put_script

FIGURES = (
    "total_return",
    "sharpe",
    "max_drawdown",
    "trades",
    "fills",
    "final_equity",
    "fees",
    "state_hash",
)


def write_files(result: SweepResult, folder: Path) -> dict[str, str]:
    """Write report and CSV into the folder, plotly's script beside them; return the paths by what they are.

    Raises StorageError that names the file when something cannot be written.
    """
    from app.services._report.page import SCRIPT
    from app.services._sweep.page import render

    name = f"sweep-{result.id}"
    page = render(result, f"{name}.csv").encode("utf-8", errors="backslashreplace")
    put_script(folder / SCRIPT)
    report = write_private(folder / f"{name}.html", page)
    table = write_private(folder / f"{name}.csv", csv_text(result).encode("utf-8", errors="backslashreplace"))
    return {"report": str(report), "csv": str(table)}


def csv_text(result: SweepResult) -> str:
    """Return all rows, best first, as RFC 4180 text: the parameters, then the figures, money as decimals."""
    exponent = currency_exponent(result.currency)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow((*result.grid.names, *FIGURES))
    for row in result.rows:
        writer.writerow(
            (
                *map(written, row.parameters),
                row.total_return,
                row.sharpe,
                row.max_drawdown,
                row.trades,
                row.fills,
                from_units(row.final_equity, exponent),
                from_units(row.fees, exponent),
                row.state_hash,
            )
        )
    return out.getvalue()

"""A report's view of ambiguity: the run beside its worst and its best."""

from typing import TYPE_CHECKING

from app.services._report.tables import Cell, Column, Table, tone
from app.services.figures import UNKNOWN, amount, percent, ratio

if TYPE_CHECKING:
    from app.services.ambiguity import Bound, Bounds


def bounds_table(bounds: "Bounds | None", currency: str) -> Table:
    """Return the run between its bounds, each policy once; no rows without bounds."""
    columns = (
        Column("intrabar"),
        Column("Final equity", numeric=True),
        Column("Total return", numeric=True),
        Column("Sharpe ratio", numeric=True),
        Column("Maximum drawdown", numeric=True),
    )
    if bounds is None:
        return Table(columns, [])
    lines: dict[str, Bound | None] = {"worst": bounds.worst, bounds.own.policy.value: bounds.own}
    lines |= {"best": bounds.best}
    own = bounds.own.policy.value
    rows = [
        _row(f"{name} (this run)" if name == own else name, bound, currency) for name, bound in lines.items()
    ]
    return Table(columns, rows, bounds.problem)


def _row(name: str, bound: "Bound | None", currency: str) -> list[Cell]:
    if bound is None:
        return [Cell(name), *[Cell(UNKNOWN)] * 4]
    return [
        Cell(name),
        Cell(amount(bound.final_equity, currency), bound.final_equity),
        Cell(percent(bound.total_return), bound.total_return, tone(bound.total_return or 0.0)),
        Cell(ratio(bound.sharpe), bound.sharpe),
        Cell(percent(bound.max_drawdown), bound.max_drawdown),
    ]

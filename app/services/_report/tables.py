"""The tables of a report: rows of cells with what is shown, and what they are sorted by."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.analytics.catalogue import STATISTICS, Group
from app.analytics.returns import monthly_returns
from app.domain.orders import OrderStatus
from app.domain.positions import Position
from app.ports.run import RunResult
from app.services._report.header import ReportHeader
from app.services.figures import amount, number, statistic

_DEAD = frozenset({OrderStatus.DENIED, OrderStatus.CANCELED, OrderStatus.REJECTED, OrderStatus.EXPIRED})
_LISTED = 8


@dataclass(frozen=True)
class Cell:
    """One cell: its text, the number it is sorted by (the text where there is none), and its tone."""

    text: str
    sort: float | None = None
    tone: str = ""


@dataclass(frozen=True)
class Column:
    """One column: its heading, and whether it holds numbers."""

    heading: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """A table, with a note where it does not show everything."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    sortable: bool = False


def tone(value: float) -> str:
    """Return the tone of a signed figure."""
    return "gain" if value > 0 else "loss" if value < 0 else ""


def statistics_tables(result: RunResult) -> list[Table]:
    """Return every statistic of the run in tables by group, the benchmark's beside those that it has."""
    return [_statistics(group, result) for group in Group]


def _statistics(group: Group, result: RunResult) -> Table:
    members = [known for known in STATISTICS if known.group is group]
    columns = [Column(group.value), Column("Run", numeric=True)]
    rows = [
        [Cell(known.label), Cell(statistic(result.statistics.get(known.key), known.unit, result.currency))]
        for known in members
    ]
    others = [result.benchmark_statistics.get(known.key) for known in members]
    if any(other is not None for other in others):
        columns.append(Column("Benchmark", numeric=True))
        for row, known, other in zip(rows, members, others, strict=True):
            row.append(Cell("" if other is None else statistic(other, known.unit, result.currency)))
    return Table(columns, rows)


def months(result: RunResult, initial: int) -> list[tuple[int, list[float | None], float]]:
    """Return, for each year, its twelve monthly returns (None without a sample) and its own return."""
    returns = monthly_returns(result.equity.equity, result.equity.times, initial)
    years = []
    for year in sorted({year for year, _ in returns}):
        row = [returns.get((year, month)) for month in range(1, 13)]
        growth = 1.0
        for value in row:
            growth *= 1.0 + (value or 0.0)
        years.append((year, row, growth - 1.0))
    return years


def positions_table(result: RunResult, by_lots: Mapping[str, int] | None = None) -> Table:
    """Return what is still held at the end, valued at the last close.

    `by_lots` is what each symbol realised by FIFO lots, which stands beside what it did by average cost.
    """
    columns = [
        Column("Symbol"),
        Column("Quantity", numeric=True),
        Column("Cost", numeric=True),
        Column("Last price", numeric=True),
        Column("Value", numeric=True),
        Column("Unrealised", numeric=True),
        Column("Realised", numeric=True),
    ]
    held = [position for position in result.positions if position.lots]
    rows = [_position(position, result) for position in held]
    if by_lots is not None:
        columns.append(Column("Realised, FIFO", numeric=True))
        for position, row in zip(held, rows, strict=True):
            realised = by_lots[position.instrument.symbol]
            row.append(Cell(amount(realised, result.currency), realised))
    return Table(columns, rows, sortable=True)


def _position(position: Position, result: RunResult) -> list[Cell]:
    instrument, currency = position.instrument, position.instrument.currency
    ticks = result.last_ticks.get(instrument.symbol, 0)
    value = instrument.value(ticks, position.lots)
    price, gain = instrument.price(ticks), value - position.cost
    return [
        Cell(instrument.symbol),
        Cell(number(position.quantity), float(position.quantity)),
        Cell(amount(position.cost, currency), position.cost),
        Cell(number(price, 2), float(price)),
        Cell(amount(value, currency), value),
        Cell(amount(gain, currency), gain, tone(gain)),
        Cell(amount(position.realised, currency), position.realised),
    ]


def unfilled_table(result: RunResult) -> Table:
    """Return the orders that were denied, canceled, rejected or expired, counted by reason."""
    counts: Counter[tuple[str, str]] = Counter()
    symbols: dict[tuple[str, str], dict[str, None]] = {}
    for order in result.orders:
        if order.status in _DEAD:
            key = (order.status.value, order.reason.value.replace("_", " "))
            counts[key] += 1
            symbols.setdefault(key, {})[order.symbol] = None
    rows = [
        (Cell(status), Cell(reason), Cell(_some(list(symbols[status, reason]))), Cell(f"{count:,}", count))
        for (status, reason), count in counts.most_common()
    ]
    columns = (Column("Outcome"), Column("Reason"), Column("Symbols"), Column("Orders", numeric=True))
    return Table(columns, rows)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED:,} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def settings_table(header: ReportHeader) -> Table:
    """Return the configuration with who set each key."""
    rows = [(Cell(row.key), Cell(row.value), Cell(row.source)) for row in header.settings]
    return Table((Column("Key"), Column("Value"), Column("Set by")), rows)


def plugins_table(header: ReportHeader) -> Table:
    """Return the plugins of the run with their versions."""
    rows = [(Cell(row.kind), Cell(row.name), Cell(row.version)) for row in header.plugins]
    return Table((Column("Kind"), Column("Plugin"), Column("Version")), rows)

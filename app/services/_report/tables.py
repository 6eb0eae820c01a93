"""The tables of a report: rows of cells with what is shown, and what they are sorted by."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.analytics.catalogue import STATISTICS
from app.analytics.returns import monthly_returns
from app.domain.fills import Trade
from app.domain.intents import Side
from app.domain.money import currency_exponent, from_units
from app.domain.orders import OrderStatus
from app.domain.positions import Position
from app.ports.run import RunResult
from app.services._report.header import ReportHeader
from app.services.figures import amount, moment, number, percent, statistic

TRADES = 1_000

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
    """Return every statistic of the run with the benchmark's beside it, in two halves."""
    rows = []
    for known in STATISTICS:
        own, other = result.statistics.get(known.key), result.benchmark_statistics.get(known.key)
        beside = "" if other is None else statistic(other, known.unit, result.currency)
        rows.append((Cell(known.label), Cell(statistic(own, known.unit, result.currency)), Cell(beside)))
    columns = (Column("Statistic"), Column("Run", numeric=True), Column("Benchmark", numeric=True))
    half = (len(rows) + 1) // 2
    return [Table(columns, rows[:half]), Table(columns, rows[half:])]


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


def trades_table(trades: Sequence[Trade]) -> Table:
    """Return the latest closed trades, newest first."""
    columns = (
        Column("Symbol"),
        Column("Side"),
        Column("Quantity", numeric=True),
        Column("Entry", numeric=True),
        Column("Exit", numeric=True),
        Column("Entry price", numeric=True),
        Column("Exit price", numeric=True),
        Column("Fees", numeric=True),
        Column("Profit", numeric=True),
        Column("Return", numeric=True),
    )
    shown = trades[-TRADES:]
    note = f"The latest {len(shown):,} of {len(trades):,} trades." if len(shown) < len(trades) else ""
    return Table(columns, [_trade(trade) for trade in reversed(shown)], note, sortable=True)


def _trade(trade: Trade) -> Sequence[Cell]:
    instrument = trade.instrument
    quantity = instrument.quantity(trade.lots)
    entry, exit_ = (_average(value, trade) for value in (trade.entry_value, trade.exit_value))
    return (
        Cell(instrument.symbol),
        Cell("long" if trade.side is Side.BUY else "short"),
        Cell(number(quantity), float(quantity)),
        Cell(moment(trade.entry_time), trade.entry_time),
        Cell(moment(trade.exit_time), trade.exit_time),
        Cell(number(entry, 2), float(entry)),
        Cell(number(exit_, 2), float(exit_)),
        Cell(amount(trade.fees, instrument.currency), trade.fees),
        Cell(amount(trade.profit, instrument.currency), trade.profit, tone(trade.profit)),
        Cell(percent(trade.return_ratio), trade.return_ratio, tone(trade.return_ratio)),
    )


def _average(value: int, trade: Trade) -> Decimal:
    """Return the average price of a value: two places, below one as many as the instrument's prices have."""
    instrument = trade.instrument
    size = instrument.quantity(trade.lots) * instrument.multiplier
    price = from_units(value, currency_exponent(instrument.currency)) / size if size else Decimal(0)
    places = 2 if price >= 1 else max(2, instrument.price_exponent)
    return price.quantize(Decimal(1).scaleb(-places))


def positions_table(result: RunResult) -> Table:
    """Return what is still held at the end, valued at the last close."""
    columns = (
        Column("Symbol"),
        Column("Quantity", numeric=True),
        Column("Cost", numeric=True),
        Column("Last price", numeric=True),
        Column("Value", numeric=True),
        Column("Unrealised", numeric=True),
    )
    held = [position for position in result.positions if position.lots]
    return Table(columns, [_position(position, result) for position in held], sortable=True)


def _position(position: Position, result: RunResult) -> Sequence[Cell]:
    instrument, currency = position.instrument, position.instrument.currency
    ticks = result.last_ticks.get(instrument.symbol, 0)
    value = instrument.value(ticks, position.lots)
    price, gain = instrument.price(ticks), value - position.cost
    return (
        Cell(instrument.symbol),
        Cell(number(position.quantity), float(position.quantity)),
        Cell(amount(position.cost, currency), position.cost),
        Cell(number(price, 2), float(price)),
        Cell(amount(value, currency), value),
        Cell(amount(gain, currency), gain, tone(gain)),
    )


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

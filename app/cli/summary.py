"""What a run came to, as a short table for a terminal: coloured there, plain text when piped."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from app.services.figures import UNKNOWN, date, money, percent, printable, ratio

if TYPE_CHECKING:
    from rich.table import Table

    from app.ports.run import RunResult
    from app.services.ambiguity import Bounds

__all__ = ["ambiguity", "money", "summary_table", "unfilled"]

_LONGEST_LIST = 32

# Label, key of the statistic, how it is written, whether its sign is coloured.
_STATISTICS: tuple[tuple[str, str, Callable[[float | None], str], bool], ...] = (
    ("Return", "total_return", percent, True),
    ("Annual return", "annual_return", percent, True),
    ("Sharpe ratio", "sharpe", ratio, True),
    ("Maximum drawdown", "max_drawdown", percent, False),
)


def summary_table(result: "RunResult", symbols: Sequence[str]) -> "Table":
    """Return the run's key figures, with the benchmark's beside them where it has them, within 80 columns."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    name = printable(result.benchmark_name)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("")
    table.add_column("Run", justify="right", max_width=32, overflow="ellipsis", no_wrap=True)
    header = Text(f"Benchmark\n{name}" if name else "Benchmark")
    table.add_column(header, justify="right", max_width=28, overflow="ellipsis", vertical="bottom")
    for label, own, benchmark, style in (*_counts(result, symbols), *_figures(result)):
        table.add_row(label, Text(own, style), Text(benchmark, "dim"))
    return table


def unfilled(result: "RunResult") -> str:
    """Return how many orders did not fill whole, by reason, or "" where all did."""
    reasons = Counter(order.reason.replace("_", " ") for order in result.orders if order.reason)
    if not result.orders:
        return "The strategy asked for nothing: no order was made."
    if not reasons:
        return ""
    return "Not filled: " + ", ".join(f"{count:,} {reason}" for reason, count in reasons.most_common())


def ambiguity(result: "RunResult", bounds: "Bounds | None") -> str:
    """Return between what the final equity lies where bars leave the order of fills open, or ""."""
    if bounds is None:
        return ""
    told = [
        f"{money(bound.final_equity, result.currency)} under {bound.policy}"
        for bound in (bounds.worst, bounds.best)
        if bound is not None
    ]
    parts = (f"Ambiguous fills: {result.ambiguous:,}; final equity {', '.join(told)}.", bounds.problem)
    return " ".join(printable(part) for part in parts if part)


_Row = tuple[str, str, str, str]  # label, the run's figure, the benchmark's, style


def _counts(result: "RunResult", symbols: Sequence[str]) -> Iterator[_Row]:
    start, end = result.period
    listed = printable(", ".join(symbols))
    if len(listed) > _LONGEST_LIST:
        listed = f"{len(symbols):,} symbols"
    yield "Period", f"{date(start)} to {date(end)}", "", ""
    yield "Symbols", listed, "", ""
    yield "Bars", f"{result.bars:,}", "", ""
    yield "Orders", f"{len(result.orders):,}", "", ""
    yield "Fills", f"{len(result.fills):,}", "", ""
    yield "Trades", f"{len(result.trades):,}", "", ""


def _figures(result: "RunResult") -> Iterator[_Row]:
    currency, other = result.currency, result.benchmark_statistics
    for label, key, written, signed in _STATISTICS:
        value, benchmark = result.statistics.get(key), other.get(key)
        beside = "" if benchmark is None else written(benchmark)
        yield label, written(value), beside, _sign_colour(value) if signed else ""
    yield "Fees", money(result.fees, currency), "", ""
    last = money(int(result.equity.equity[-1]), currency) if len(result.equity) else UNKNOWN
    beside = money(round(float(result.benchmark[-1])), currency) if len(result.benchmark) else ""
    yield "Final equity", last, beside, "bold"


def _sign_colour(value: float | None) -> str:
    if not value:
        return ""
    return "green" if value > 0 else "red"

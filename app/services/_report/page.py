"""The page of a report: what it shows, and its rendering with every foreign text escaped."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from app.domain.fills import CashKind, Fill
from app.ports.run import RunResult, RunStatus
from app.services._report import tables
from app.services._report.charts import Figure, equity_chart, price_chart
from app.services._report.header import ReportHeader
from app.services.figures import UNKNOWN, amount, date, percent, ratio

SCRIPT = "plotly.min.js"
PRICE_CHARTS = 12

_FOLDER = Path(__file__).parent
_CAPITAL = frozenset({CashKind.DEPOSIT, CashKind.WITHDRAWAL})
_HALTED = {
    RunStatus.RUNNING: "This run has not ended yet; the report shows it as far as it went.",
    RunStatus.FAILED: "This run failed; the report shows it as far as it went.",
    RunStatus.INTERRUPTED: "This run was interrupted; the report shows it as far as it went.",
}


@dataclass(frozen=True)
class Tile:
    """One key figure, with the benchmark's beside it where there is one."""

    label: str
    value: str
    unit: str = ""
    benchmark: str = ""
    tone: str = ""


def render(result: RunResult, header: ReportHeader) -> str:
    """Return the report as one HTML page, which loads nothing but `plotly.min.js` from its own folder."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    initial = sum(entry.amount for entry in result.cash if entry.kind in _CAPITAL)
    figures, prices, note = _figures(result, header, initial)
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html").render(
        header=header,
        result=result,
        nonce=token_urlsafe(16),
        script=SCRIPT,
        period=" to ".join(date(time) for time in result.period),
        halted=_HALTED.get(result.status, ""),
        tiles=_tiles(result),
        months=tables.months(result, initial),
        statistics=tables.statistics_tables(result),
        trades=tables.trades_table(result.trades),
        positions=tables.positions_table(result),
        unfilled=tables.unfilled_table(result),
        settings=tables.settings_table(header),
        plugins=tables.plugins_table(header),
        origin=_origin(result, header),
        figures_shown=figures.keys(),
        figures=Markup(script_safe(figures)),  # noqa: S704 - script_safe has escaped it # nosec B704
        price_charts=prices,
        price_note=note,
        percent=percent,
        tone=tables.tone,
    )


def script_safe(value: object) -> str:
    """Return JSON that can stand inside a script element: no character in it can end one."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _figures(
    result: RunResult, header: ReportHeader, initial: int
) -> tuple[dict[str, Figure], list[tuple[str, str]], str]:
    """Return the figures by id, the (id, symbol) of the price charts, and a note where some are left out."""
    figures: dict[str, Figure] = {}
    if len(result.equity) and initial > 0:
        figures["equity"] = equity_chart(result, initial)
    if header.market is None:
        return figures, [], ""
    fills = _fills_by_symbol(result.fills)
    series = header.market.series
    busiest = sorted(series, key=lambda symbol: -len(fills.get(symbol, ())))[:PRICE_CHARTS]
    prices = []
    for place, symbol in enumerate(symbol for symbol in series if symbol in busiest):
        prices.append((f"price-{place}", symbol))
        chart = price_chart(series[symbol], header.market.actions, fills.get(symbol, ()))
        figures[f"price-{place}"] = chart
    left_out = len(series) - len(prices)
    note = f"The {len(prices)} of {len(series):,} symbols with the most fills." if left_out else ""
    return figures, prices, note


def _fills_by_symbol(fills: Sequence[Fill]) -> Mapping[str, Sequence[Fill]]:
    found: dict[str, list[Fill]] = defaultdict(list)
    for fill in fills:
        found[fill.instrument.symbol].append(fill)
    return found


def _tiles(result: RunResult) -> list[Tile]:
    own, other, currency = result.statistics, result.benchmark_statistics, result.currency

    def share(label: str, key: str, *, toned: bool = False) -> Tile:
        value, beside = own.get(key), other.get(key)
        shown, unit = _parts(percent(value))
        benchmark = "" if beside is None else percent(beside)
        return Tile(label, shown, unit, benchmark, tables.tone(value or 0.0) if toned else "")

    last = amount(int(result.equity.equity[-1]), currency) if len(result.equity) else UNKNOWN
    beside = amount(round(float(result.benchmark[-1])), currency) if len(result.benchmark) else ""
    sharpe = other.get("sharpe")
    return [
        share("Total return", "total_return", toned=True),
        share("Annual return", "annual_return", toned=True),
        Tile("Sharpe ratio", ratio(own.get("sharpe")), "", "" if sharpe is None else ratio(sharpe)),
        share("Maximum drawdown", "max_drawdown"),
        Tile("Final equity", last, currency, beside),
        Tile("Fees", amount(result.fees, currency), currency),
        share("Volatility", "volatility"),
        share("Win rate", "win_rate"),
    ]


def _parts(text: str) -> tuple[str, str]:
    value, _, unit = text.partition(" ")
    return value, unit


def _origin(result: RunResult, header: ReportHeader) -> list[tuple[str, str]]:
    """Return what is needed to do the run again and to see that it came out the same."""
    facts = [
        ("Run", header.run_id),
        ("State hash", result.state_hash),
        ("Data hash", header.data_hash),
        ("Seed", "" if header.seed is None else str(header.seed)),
        ("Bars", f"{result.bars:,} in {result.seconds:.2f} s"),
    ]
    return [(name, value) for name, value in facts if value]

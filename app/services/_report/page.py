"""The page of a report: what it shows, and its rendering with every foreign text escaped."""

import json
from dataclasses import dataclass
from pathlib import Path
from secrets import token_urlsafe

from app.analytics.ambiguity import AmbiguousFills
from app.analytics.attribution import attribution
from app.analytics.excursions import Excursions, excursions
from app.domain.bars import Timeframe
from app.domain.fills import CashKind
from app.ports.run import RunResult, RunStatus
from app.services._report import tables
from app.services._report.attribution import attribution_table
from app.services._report.bounds import bounds_table
from app.services._report.drawings import drawings
from app.services._report.header import ReportHeader
from app.services._report.lots import realised_by_lots
from app.services._report.trades import Closed, trades_table
from app.services.figures import UNKNOWN, amount, date, percent, ratio

SCRIPT = "plotly.min.js"

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
    ambiguous = AmbiguousFills(result.fills if result.ambiguous else ())
    closed = Closed.latest(result.trades, _excursions(result, header), ambiguous)
    contributions = attribution(result.positions, result.last_ticks)
    drawn = drawings(
        result,
        header.market,
        initial=initial,
        window=_samples_per_year(header),
        closed=closed,
        contributions=contributions,
    )
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
        attribution=attribution_table(contributions, result.currency),
        bounds=bounds_table(header.bounds, result.currency),
        trades=trades_table(closed),
        positions=tables.positions_table(result, realised_by_lots(result, header.market)),
        unfilled=tables.unfilled_table(result),
        settings=tables.settings_table(header),
        plugins=tables.plugins_table(header),
        origin=_origin(result, header),
        drawn=drawn,
        figures=Markup(script_safe(drawn.figures)),  # noqa: S704 - script_safe has escaped it # nosec B704
        percent=percent,
        tone=tables.tone,
    )


def script_safe(value: object) -> str:
    """Return JSON that can stand inside a script element: no character in it can end one."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _excursions(result: RunResult, header: ReportHeader) -> Excursions | None:
    if header.market is None:
        return None
    return excursions(result.trades, result.fills, header.market.series, header.market.actions)


def _samples_per_year(header: ReportHeader) -> int:
    series = () if header.market is None else header.market.series.values()
    return next((each.timeframe for each in series), Timeframe.D1).periods_per_year


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
        ("Speed", _speed(result)),
    ]
    return [(name, value) for name, value in facts if value]


def _speed(result: RunResult) -> str:
    """Return how much faster than the market the run was, to three digits; nothing where it took no time."""
    times = result.times_real_time
    if times is None:
        return ""
    return f"{float(f'{times:.3g}'):,.0f} x real time"

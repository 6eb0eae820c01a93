"""Which charts a report has: by id, as the page's places for them name it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.analytics.attribution import Contribution
from app.domain.fills import Fill
from app.engine.columns import MarketData
from app.ports.run import RunResult
from app.services._report.attribution import BARS, attribution_chart
from app.services._report.charts import equity_chart, price_chart
from app.services._report.curves import exposure_chart, rolling_sharpe_chart
from app.services._report.plotting import Figure
from app.services._report.trades import Closed, scatter

PRICE_CHARTS = 12


@dataclass(frozen=True)
class Chart:
    """A place for a chart on the page: the id of its figure, and its caption."""

    id: str
    caption: str


@dataclass(frozen=True)
class Drawings:
    """The figures by id, and the places of those that come in rows of two."""

    figures: Mapping[str, Figure]
    curves: Sequence[Chart]
    prices: Sequence[Chart]
    scatters: Sequence[Chart]
    price_note: str = ""
    bars_note: str = ""


def drawings(
    result: RunResult,
    market: MarketData | None,
    *,
    initial: int,
    window: int,
    closed: Closed,
    contributions: Sequence[Contribution],
) -> Drawings:
    """Return every chart that the run has data for; `window` is the number of samples in a year."""
    figures: dict[str, Figure] = {}
    if len(result.equity) and initial > 0:
        figures["equity"] = equity_chart(result, initial)
    if contributions:
        figures["attribution"] = attribution_chart(contributions, result.currency)
    curves = _curves(result, initial, window)
    scatters = _scatters(closed)
    prices = _prices(result, market)
    for group in (curves, scatters, prices):
        figures |= {chart.id: figure for chart, figure in group}
    symbols, bars = 0 if market is None else len(market.series), len(contributions)
    return Drawings(
        figures,
        curves=[chart for chart, _ in curves],
        prices=[chart for chart, _ in prices],
        scatters=[chart for chart, _ in scatters],
        price_note=_left_out(PRICE_CHARTS, symbols, "most fills"),
        bars_note=_left_out(BARS, bars, "largest profits and losses"),
    )


_Drawn = list[tuple[Chart, Figure]]


def _curves(result: RunResult, initial: int, window: int) -> _Drawn:
    found = (
        (
            Chart("sharpe", f"Rolling Sharpe ratio, {window} samples"),
            rolling_sharpe_chart(result, initial, window),
        ),
        (Chart("exposure", "Exposure, share of equity"), exposure_chart(result)),
    )
    return [(chart, figure) for chart, figure in found if figure is not None]


def _scatters(closed: Closed) -> _Drawn:
    if closed.mae is None or closed.mfe is None or not closed.trades:
        return []
    return [
        (Chart("mae", "Return against MAE"), scatter(closed, closed.mae)),
        (Chart("mfe", "Return against MFE"), scatter(closed, closed.mfe)),
    ]


def _prices(result: RunResult, market: MarketData | None) -> _Drawn:
    if market is None:
        return []
    fills = _fills_by_symbol(result.fills)
    busiest = sorted(market.series, key=lambda symbol: -len(fills.get(symbol, ())))[:PRICE_CHARTS]
    return [
        (
            Chart(f"price-{place}", symbol),
            price_chart(market.series[symbol], market.actions, fills.get(symbol, ())),
        )
        for place, symbol in enumerate(symbol for symbol in market.series if symbol in busiest)
    ]


def _fills_by_symbol(fills: Sequence[Fill]) -> Mapping[str, Sequence[Fill]]:
    found: dict[str, list[Fill]] = defaultdict(list)
    for fill in fills:
        found[fill.instrument.symbol].append(fill)
    return found


def _left_out(most: int, number: int, why: str) -> str:
    return f"The {most} of {number:,} symbols with the {why}." if number > most else ""

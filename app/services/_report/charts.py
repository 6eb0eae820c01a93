"""A report's main charts: equity with its drawdowns, and prices with their fills.

Text that is not ours is escaped, because plotly reads markup in labels.
"""

from collections.abc import Sequence
from html import escape

import numpy as np

from app.analytics.drawdown import deepest, drawdowns
from app.analytics.splits import shares_at_the_end
from app.domain.events import CorporateAction
from app.domain.fills import Fill
from app.domain.intents import Side
from app.domain.money import currency_exponent
from app.engine.columns import BarSeries, Float64
from app.ports.run import RunResult
from app.services._report.arrays import CHART_POINTS, kept, milliseconds, packed
from app.services._report.plotting import Figure, axis, layout, line
from app.services.figures import amount, moment, number

PRICE_POINTS = 5_000
MARKERS = 1_000


def equity_chart(result: RunResult, initial: int) -> Figure:
    """Return equity above drawdown on one time axis, the benchmark beside both where there is one."""
    equity = np.asarray(result.equity.equity, np.float64)
    below = drawdowns(equity, initial)
    compared = len(result.benchmark) == len(equity)
    other = result.benchmark if compared else equity
    rows = kept(CHART_POINTS, equity, below, other)
    x = packed(milliseconds(result.equity.times[rows]))
    scale = 10 ** currency_exponent(result.currency)
    name = escape(result.benchmark_name) or "Benchmark"
    traces = [
        line("Equity", x, equity[rows] / scale, "accent", 1.8),
        {**line("Drawdown", x, below[rows], "loss", 1.2), **_LOWER, **_FILLED},
    ]
    if compared:
        traces.insert(0, line(name, x, other[rows] / scale, "benchmark", 1.4))
        depth = drawdowns(other, initial)[rows]
        traces.append(
            {**line(f"{name}, drawdown", x, depth, "benchmark", 1.2), **_LOWER, "showlegend": False}
        )
    return {"data": traces, "layout": _equity_layout(result, initial)}


_LOWER = {"yaxis": "y2", "hovertemplate": "%{y:.2%}"}
_FILLED = {"fill": "tozeroy", "fillcolor": "var:loss-soft", "showlegend": False}


def _equity_layout(result: RunResult, initial: int) -> Figure:
    worst = deepest(result.equity.equity, result.equity.times, initial)
    shapes = []
    if worst is not None:
        shapes = [
            {
                "type": "rect",
                "xref": "x",
                "yref": "paper",
                "x0": worst.peak_time / 1e6,
                "x1": worst.end_time / 1e6,
                "y0": 0,
                "y1": 1,
                "fillcolor": "var:shade",
                "line": {"width": 0},
                "layer": "below",
            }
        ]
    return layout(
        hovermode="x unified",
        shapes=shapes,
        xaxis=axis(type="date", anchor="y2", hoverformat="%d %b %Y", showgrid=False),
        yaxis=axis(domain=[0.34, 1], tickformat=",.0f"),
        yaxis2=axis(domain=[0, 0.26], tickformat=".0%", rangemode="tozero"),
    )


def price_chart(series: BarSeries, actions: Sequence[CorporateAction], fills: Sequence[Fill]) -> Figure:
    """Return a symbol's closes in shares of the last day, with its latest fills as markers."""
    shares = shares_at_the_end(series.timestamps, actions, series.instrument.symbol)
    num, den = series.instrument.tick.as_integer_ratio()
    closes = np.asarray(series.closes, np.float64) * num / den / shares
    rows = kept(PRICE_POINTS, closes)
    places = max(2, series.instrument.price_exponent)
    x = packed(milliseconds(series.timestamps[rows]))
    drawn = line("Close", x, closes[rows], "price", 1.3)
    drawn["hovertemplate"] = f"%{{x|%d %b %Y}}  %{{y:,.{places}f}}<extra></extra>"
    latest = fills[-MARKERS:]
    paid = _paid(latest, series, shares)
    sides = (("Buy", Side.BUY, "triangle-up", "gain"), ("Sell", Side.SELL, "triangle-down", "loss"))
    markers = []
    for name, side, symbol, colour in sides:
        rows_of_side = [row for row, fill in enumerate(latest) if fill.side is side]
        chosen = [latest[row] for row in rows_of_side]
        markers.append(_markers(name, chosen, paid[rows_of_side], symbol, colour))
    return {
        "data": [drawn, *markers],
        "layout": layout(
            hovermode="closest",
            showlegend=False,
            xaxis=axis(type="date", showgrid=False),
            yaxis=axis(tickformat=",.6~g"),
        ),
    }


def _paid(fills: Sequence[Fill], series: BarSeries, shares: Float64) -> Float64:
    """Return the fills' prices in shares of the last day."""
    times = np.asarray([fill.time for fill in fills], np.int64)
    prices = np.asarray([float(fill.price) for fill in fills], np.float64)
    rows = np.maximum(np.searchsorted(series.timestamps, times, side="right") - 1, 0)
    return prices / shares[rows]


def _markers(name: str, fills: Sequence[Fill], prices: Float64, symbol: str, colour: str) -> Figure:
    times = np.asarray([fill.time for fill in fills], np.int64)
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": packed(milliseconds(times)),
        "y": packed(prices),
        "text": [_told(name, fill) for fill in fills],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "symbol": symbol,
            "size": 9,
            "color": f"var:{colour}",
            "line": {"width": 1, "color": "var:card"},
        },
    }


def _told(name: str, fill: Fill) -> str:
    price = number(fill.price, 2)
    fee = amount(fill.fee, fill.instrument.currency)
    return f"{name} {number(fill.quantity)} at {price}<br>{moment(fill.time)}, fee {fee}"

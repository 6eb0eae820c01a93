"""The charts of a report as plain plotly figures.

Colours are names of the page's CSS variables, written `var:accent`; the page's script looks them up, so that
the charts follow the reader's light or dark theme. Text that is not ours is escaped, because plotly reads
markup in labels.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import numpy as np

from app.analytics.drawdown import deepest, drawdowns
from app.domain.events import CorporateAction, Split
from app.domain.fills import Fill
from app.domain.intents import Side
from app.domain.money import currency_exponent
from app.engine.columns import BarSeries, Float64, Int64
from app.ports.run import RunResult
from app.services._report.arrays import CHART_POINTS, kept, milliseconds, packed
from app.services.figures import amount, moment, number

Figure = dict[str, Any]  # JSON

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
        _line("Equity", x, equity[rows] / scale, "accent", 1.8),
        {**_line("Drawdown", x, below[rows], "loss", 1.2), **_LOWER, **_FILLED},
    ]
    if compared:
        traces.insert(0, _line(name, x, other[rows] / scale, "benchmark", 1.4))
        depth = drawdowns(other, initial)[rows]
        traces.append(
            {**_line(f"{name}, drawdown", x, depth, "benchmark", 1.2), **_LOWER, "showlegend": False}
        )
    return {"data": traces, "layout": _equity_layout(result, initial)}


_LOWER = {"yaxis": "y2", "hovertemplate": "%{y:.2%}"}
_FILLED = {"fill": "tozeroy", "fillcolor": "var:loss-soft", "showlegend": False}


def _line(name: str, x: object, y: Float64, colour: str, width: float) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": packed(y),
        "line": {"color": f"var:{colour}", "width": width},
        "hovertemplate": "%{y:,.2f}",
    }


def _layout(**more: object) -> Figure:
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": "var:font", "size": 12, "color": "var:muted"},
        "hoverlabel": {
            "bgcolor": "var:card",
            "bordercolor": "var:border",
            "font": {"family": "var:font", "color": "var:text"},
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "var:muted", "activecolor": "var:accent"},
        "margin": {"l": 8, "r": 8, "t": 12, "b": 8},
        "legend": {
            "orientation": "h",
            "traceorder": "reversed",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"color": "var:text"},
        },
        **more,
    }


def _axis(**more: object) -> Figure:
    return {
        "gridcolor": "var:grid",
        "linecolor": "var:border",
        "zeroline": False,
        "automargin": True,
        **more,
    }


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
    return _layout(
        hovermode="x unified",
        shapes=shapes,
        xaxis=_axis(type="date", anchor="y2", hoverformat="%d %b %Y", showgrid=False),
        yaxis=_axis(domain=[0.34, 1], tickformat=",.0f"),
        yaxis2=_axis(domain=[0, 0.26], tickformat=".0%", rangemode="tozero"),
    )


def price_chart(series: BarSeries, actions: Sequence[CorporateAction], fills: Sequence[Fill]) -> Figure:
    """Return a symbol's closes in shares of the last day, with its latest fills as markers."""
    splits = _effective(series, actions)
    num, den = series.instrument.tick.as_integer_ratio()
    closes = np.asarray(series.closes, np.float64) * num / den
    for start, ratio in splits:
        closes[series.timestamps < start] /= ratio
    rows = kept(PRICE_POINTS, closes)
    places = max(2, series.instrument.price_exponent)
    x = packed(milliseconds(series.timestamps[rows]))
    line = _line("Close", x, closes[rows], "price", 1.3)
    line["hovertemplate"] = f"%{{x|%d %b %Y}}  %{{y:,.{places}f}}<extra></extra>"
    latest = fills[-MARKERS:]
    sides = (("Buy", Side.BUY, "triangle-up", "gain"), ("Sell", Side.SELL, "triangle-down", "loss"))
    markers = [
        _markers(name, [fill for fill in latest if fill.side is side], splits, symbol, colour)
        for name, side, symbol, colour in sides
    ]
    return {
        "data": [line, *markers],
        "layout": _layout(
            hovermode="closest",
            showlegend=False,
            xaxis=_axis(type="date", showgrid=False),
            yaxis=_axis(tickformat=",.6~g"),
        ),
    }


def _effective(series: BarSeries, actions: Iterable[CorporateAction]) -> list[tuple[int, float]]:
    """Return the symbol's splits as (time of the first bar in new shares, new shares per old share)."""
    stamps: Int64 = series.timestamps
    found = []
    for action in actions:
        if isinstance(action, Split) and action.symbol == series.instrument.symbol:
            row = int(np.searchsorted(stamps, action.ex_time, side="left"))
            if 0 < row < len(stamps):
                found.append((int(stamps[row]), action.numerator / action.denominator))
    return found


def _markers(
    name: str, fills: Sequence[Fill], splits: Sequence[tuple[int, float]], symbol: str, colour: str
) -> Figure:
    times = np.asarray([fill.time for fill in fills], np.int64)
    prices = np.asarray([float(fill.price) for fill in fills], np.float64)
    for start, ratio in splits:
        prices[times < start] /= ratio
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

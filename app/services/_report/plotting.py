"""Plotly figures as plain values: lines, axes and a layout that all charts of a report share.

Colours are names of the page's CSS variables, written `var:accent`; the page's script looks them up, so that
the charts follow the reader's light or dark theme.
"""

from typing import Any

from app.engine.columns import Float64
from app.services._report.arrays import packed

Figure = dict[str, Any]  # JSON


def line(name: str, x: object, y: Float64, colour: str, width: float) -> Figure:
    """Return a line; `x` is a packed column, `colour` a variable of the page, `width` in pixels."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": packed(y),
        "line": {"color": f"var:{colour}", "width": width},
        "hovertemplate": "%{y:,.2f}",
    }


def layout(**more: object) -> Figure:
    """Return the layout of a calm chart on the page's card, with more of plotly's keys."""
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


def axis(**more: object) -> Figure:
    """Return an axis with a quiet grid, with more of plotly's keys."""
    return {
        "gridcolor": "var:grid",
        "linecolor": "var:border",
        "zeroline": False,
        "automargin": True,
        **more,
    }

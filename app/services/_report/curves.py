"""A report's curves of risk over time: the rolling Sharpe ratio and the exposure."""

from html import escape

import numpy as np

from app.analytics.returns import Samples, simple_returns
from app.analytics.rolling import rolling_sharpe
from app.engine.columns import Float64
from app.ports.run import RunResult
from app.services._report.arrays import CHART_POINTS, kept, milliseconds, packed
from app.services._report.plotting import Figure, axis, layout, line


def rolling_sharpe_chart(result: RunResult, initial: int, window: int) -> Figure | None:
    """Return the Sharpe ratio of the last `window` samples, a year, over time, the benchmark's beside it.

    None for a run that is shorter.
    """
    own = _rolling(result.equity.equity, initial, window)
    if not len(own):
        return None
    other = _rolling(result.benchmark, initial, window)
    compared = len(other) == len(own)
    curves = (own, other) if compared else (own,)
    rows = kept(CHART_POINTS, *(np.nan_to_num(curve) for curve in curves))
    x = packed(milliseconds(result.equity.times[window - 1 :][rows]))
    traces = [line("Run", x, own[rows], "accent", 1.5)]
    if compared:
        name = escape(result.benchmark_name) or "Benchmark"
        traces.insert(0, line(name, x, other[rows], "benchmark", 1.2))
    return {"data": traces, "layout": _over_time(tickformat=".1f", zeroline=True, zerolinecolor="var:border")}


def _rolling(samples: Samples, initial: int, window: int) -> Float64:
    returns = simple_returns(samples, initial)
    return np.empty(0, np.float64) if returns is None else rolling_sharpe(returns, window, window)


def exposure_chart(result: RunResult) -> Figure | None:
    """Return the share of equity that was invested over time; None without a sample of equity above zero."""
    equity = np.asarray(result.equity.equity, np.float64)
    if not len(equity) or not bool((equity > 0).all()):
        return None
    share = np.asarray(result.equity.exposure, np.float64) / equity
    rows = kept(CHART_POINTS, share)
    x = packed(milliseconds(result.equity.times[rows]))
    area = {
        **line("Exposure", x, share[rows], "accent", 1.0),
        "fill": "tozeroy",
        "fillcolor": "var:accent-soft",
        "hovertemplate": "%{y:.1%}",
    }
    return {
        "data": [area],
        "layout": _over_time(tickformat=".0%", rangemode="tozero", showlegend=False),
    }


def _over_time(*, showlegend: bool = True, **yaxis: object) -> Figure:
    return layout(
        hovermode="x unified",
        showlegend=showlegend,
        xaxis=axis(type="date", hoverformat="%d %b %Y", showgrid=False),
        yaxis=axis(**yaxis),
    )

"""The maps of a grid: a line for one parameter, a heat map for two, one for each pair of more.

Names and values are a user's text and are escaped, because plotly reads markup in labels.
"""

from collections import defaultdict
from collections.abc import Sequence
from html import escape
from itertools import combinations, islice
from statistics import median

import numpy as np

from app.domain.money import currency_exponent
from app.services._report.arrays import packed
from app.services._report.drawings import Chart
from app.services._report.plotting import Figure, axis, layout
from app.services._sweep.grid import Axis, Parameters, Value, plain, written
from app.services._sweep.ranking import value_of
from app.services._sweep.result import SweepResult
from app.services.sweep_metric import Metric

PAIRS = 6
_MARGIN = {"l": 8, "r": 8, "t": 30, "b": 8}  # room for plotly's buttons above the cells
_BINS = 60

_TICKS = {
    Metric.SHARPE: ".2f",
    Metric.TOTAL_RETURN: ".0%",
    Metric.MAX_DRAWDOWN: ".0%",
    Metric.FINAL_EQUITY: ",.0f",
}
_HOVER = {**_TICKS, Metric.TOTAL_RETURN: ".2%", Metric.MAX_DRAWDOWN: ".2%"}


def maps(result: SweepResult) -> list[tuple[Chart, Figure]]:
    """Return the charts of the metric over the parameters that have more than one value.

    Of each pair among three or more, a cell is the median over all other parameters.
    """
    values = _values(result)
    varied = [place for place, each in enumerate(result.grid.axes) if len(each.values) > 1]
    if not values or not varied:
        return []
    if len(varied) == 1:
        name = result.grid.axes[varied[0]].name
        return [(Chart("map-0", f"{result.metric.label} over {name}"), _line(result, values, varied[0]))]
    pairs = islice(combinations(varied, 2), PAIRS)
    return [
        (
            Chart(f"map-{number}", f"{result.grid.axes[one].name} and {result.grid.axes[two].name}"),
            _heat_map(result, values, one, two),
        )
        for number, (one, two) in enumerate(pairs)
    ]


def distribution(result: SweepResult) -> tuple[Chart, Figure] | None:
    """Return how many sets came to which value of the metric; None for a single set."""
    values = list(_values(result).values())
    if len(values) < 2:
        return None
    bars = {
        "type": "histogram",
        "x": packed(np.array(values, np.float64)),
        "nbinsx": _BINS,
        "marker": {"color": "var:accent"},
        "hovertemplate": "%{x}: %{y} sets<extra></extra>",
    }
    figure = {
        "data": [bars],
        "layout": layout(
            showlegend=False,
            bargap=0.05,
            xaxis=axis(tickformat=_TICKS[result.metric], title={"text": result.metric.label}),
            yaxis=axis(title={"text": "Sets"}),
        ),
    }
    return Chart("distribution", f"{result.metric.label} of all sets"), figure


def _values(result: SweepResult) -> dict[Parameters, float]:
    """Return the metric by set, money in whole units of the currency."""
    scale = 10 ** currency_exponent(result.currency) if result.metric is Metric.FINAL_EQUITY else 1
    found = ((row.parameters, value_of(row, result.metric)) for row in result.rows)
    return {parameters: value / scale for parameters, value in found if value is not None}


def _line(result: SweepResult, values: dict[Parameters, float], place: int) -> Figure:
    varied = result.grid.axes[place]
    points = sorted((varied.values.index(parameters[place]), value) for parameters, value in values.items())
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [_label(varied.values[number]) for number, _ in points],
        "y": packed(np.array([value for _, value in points], np.float64)),
        "line": {"color": "var:accent", "width": 1.8},
        "hovertemplate": f"{escape(varied.name)} %{{x}}: %{{y:{_HOVER[result.metric]}}}<extra></extra>",
    }
    return {
        "data": [trace],
        "layout": layout(
            showlegend=False, xaxis=_scale(varied), yaxis=axis(tickformat=_TICKS[result.metric])
        ),
    }


def _heat_map(result: SweepResult, values: dict[Parameters, float], one: int, two: int) -> Figure:
    """Return the metric over two parameters, the best set marked; a cell without a set is empty."""
    across, up = result.grid.axes[two], result.grid.axes[one]
    columns = {value: number for number, value in enumerate(across.values)}
    rows = {value: number for number, value in enumerate(up.values)}
    cells: dict[tuple[int, int], list[float]] = defaultdict(list)
    for parameters, value in values.items():
        cells[rows[parameters[one]], columns[parameters[two]]].append(value)
    heat: list[list[float | None]] = [[None] * len(columns) for _ in rows]
    for (row, column), found in cells.items():
        heat[row][column] = median(found)
    best = result.rows[0].parameters
    told = f"{escape(up.name)} %{{y}}, {escape(across.name)} %{{x}}: %{{z:{_HOVER[result.metric]}}}"
    squares = {
        "type": "heatmap",
        "x": _labels(across),
        "y": _labels(up),
        "z": heat,
        "colorscale": _colours(result.metric),
        "colorbar": {"tickformat": _TICKS[result.metric], "outlinewidth": 0, "thickness": 12},
        "hoverongaps": False,
        "hovertemplate": f"{told}<extra></extra>",
        **_middle(result.metric),
    }
    mark = {
        "type": "scatter",
        "mode": "markers",
        "x": [_label(best[two])],
        "y": [_label(best[one])],
        "marker": {"symbol": "circle-open", "size": 14, "color": "var:text", "line": {"width": 2.5}},
        "hoverinfo": "skip",
    }
    return {
        "data": [squares, mark],
        "layout": layout(showlegend=False, margin=_MARGIN, xaxis=_scale(across), yaxis=_scale(up)),
    }


def _colours(metric: Metric) -> list[tuple[float, str]]:
    """Return colours from worst to best; the card's own is that of a cell without a set."""
    if metric in _SIGNED:
        return [(0.0, "var:loss"), (0.5, "var:grid"), (1.0, "var:gain")]
    return [(0.0, "var:grid"), (1.0, "var:accent")]


_SIGNED = frozenset({Metric.SHARPE, Metric.TOTAL_RETURN})


def _middle(metric: Metric) -> dict[str, object]:
    """Return where the colours change sides: at zero, where the metric has a sign."""
    return {"zmid": 0} if metric in _SIGNED else {}


def _scale(varied: Axis) -> Figure:
    """Return an axis with the values as they were written, evenly spaced in the order of the grid."""
    return axis(
        type="category",
        title={"text": escape(varied.name)},
        showgrid=False,
        categoryorder="array",
        categoryarray=_labels(varied),
    )


def _labels(varied: Axis) -> list[str]:
    return [_label(value) for value in varied.values]


def _label(value: Value) -> str:
    return escape(written(value))


def numbers(values: Sequence[Value]) -> list[float | None]:
    """Return what values are sorted by; text is not."""
    return [None if isinstance(value, str) else float(plain(value)) for value in values]

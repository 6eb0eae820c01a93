"""A report's view of which symbol earned what."""

from collections.abc import Sequence
from html import escape

import numpy as np

from app.analytics.attribution import Contribution
from app.domain.money import currency_exponent
from app.services._report.arrays import packed
from app.services._report.plotting import Figure, axis, layout
from app.services._report.tables import Cell, Column, Table, tone
from app.services.figures import amount, money, percent

BARS = 12


def attribution_table(contributions: Sequence[Contribution], currency: str) -> Table:
    """Return each symbol's profit, what it is made of and its share of the whole."""
    columns = (
        Column("Symbol"),
        Column("Realised", numeric=True),
        Column("Unrealised", numeric=True),
        Column("Dividends", numeric=True),
        Column("Fees", numeric=True),
        Column("Profit", numeric=True),
        Column("Share", numeric=True),
    )
    whole = sum(each.profit for each in contributions)
    rows = [_row(each, currency) for each in contributions]
    note = (
        f"Profit is realised and unrealised gain with dividends, less fees: {money(whole, currency)} in all."
    )
    return Table(columns, rows, note, sortable=True)


def _row(each: Contribution, currency: str) -> Sequence[Cell]:
    parts = (each.realised, each.unrealised, each.dividends, each.fees)
    return (
        Cell(each.symbol),
        *(Cell(amount(part, currency), part) for part in parts),
        Cell(amount(each.profit, currency), each.profit, tone(each.profit)),
        Cell(percent(each.share, 1), each.share),
    )


def attribution_chart(contributions: Sequence[Contribution], currency: str) -> Figure:
    """Return the profits of the symbols that moved the account most as bars, the largest on top."""
    biggest = sorted(contributions, key=lambda each: -abs(each.profit))[:BARS]
    drawn = [each for each in contributions if each in biggest]
    profits = np.array([each.profit for each in drawn], np.float64) / 10 ** currency_exponent(currency)
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": packed(profits),
        "y": [escape(each.symbol) for each in drawn],
        "width": 0.6,
        "marker": {"color": [f"var:{tone(each.profit) or 'muted'}" for each in drawn]},
        "hovertemplate": "%{y}  %{x:,.2f}<extra></extra>",
    }
    return {
        "data": [bars],
        "layout": layout(
            hovermode="closest",
            showlegend=False,
            xaxis=axis(tickformat="~s", zeroline=True, zerolinecolor="var:border", nticks=6),
            yaxis=axis(type="category", autorange="reversed", showgrid=False, dtick=1),
        ),
    }

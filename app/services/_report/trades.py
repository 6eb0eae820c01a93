"""A report's view of closed trades: their table, and their profits against their excursions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

import numpy as np

from app.analytics.ambiguity import AmbiguousFills
from app.analytics.excursions import Excursions
from app.domain.fills import Trade
from app.domain.intents import Side
from app.domain.money import currency_exponent, from_units
from app.engine.columns import Float64
from app.services._report.arrays import packed
from app.services._report.plotting import Figure, axis, layout
from app.services._report.tables import Cell, Column, Table, tone
from app.services.figures import amount, moment, money, number, percent

TRADES = 1_000

_GROUPS: tuple[tuple[str, Callable[[int], bool], str], ...] = (
    ("Losses", lambda profit: profit < 0, "loss"),
    ("Even", lambda profit: profit == 0, "muted"),
    ("Wins", lambda profit: profit > 0, "gain"),
)


@dataclass(frozen=True)
class Closed:
    """The latest closed trades of a run, oldest first; their excursions are None where prices are unknown.

    `ambiguous` are the places of those with a bar that does not tell the order of its fills.
    """

    trades: Sequence[Trade]
    mae: Float64 | None
    mfe: Float64 | None
    note: str
    ambiguous: frozenset[int] = frozenset()

    @classmethod
    def latest(
        cls,
        trades: Sequence[Trade],
        excursions: Excursions | None,
        ambiguous: AmbiguousFills | None = None,
    ) -> "Closed":
        """Return the latest `TRADES` trades; the note says so where some are left out."""
        shown = trades[-TRADES:]
        note = f"The latest {len(shown):,} of {len(trades):,} trades." if len(shown) < len(trades) else ""
        open_ = ambiguous or AmbiguousFills()
        places = frozenset(place for place, trade in enumerate(shown) if open_.within(trade))
        if excursions is None:
            return cls(shown, None, None, note, places)
        return cls(shown, excursions.mae[-TRADES:], excursions.mfe[-TRADES:], note, places)


def trades_table(closed: Closed) -> Table:
    """Return the trades, newest first, with their excursions where they are known."""
    columns = [
        Column("Symbol"),
        Column("Side"),
        Column("Quantity", numeric=True),
        Column("Entry", numeric=True),
        Column("Exit", numeric=True),
        Column("Entry price", numeric=True),
        Column("Exit price", numeric=True),
        Column("Fees", numeric=True),
        Column("Profit", numeric=True),
        Column("Return", numeric=True),
    ]
    rows = [_row(trade) for trade in closed.trades]
    if closed.mae is not None and closed.mfe is not None:
        columns += [Column("MAE", numeric=True), Column("MFE", numeric=True)]
        for row, mae, mfe in zip(rows, closed.mae.tolist(), closed.mfe.tolist(), strict=True):
            row += [Cell(percent(mae), mae), Cell(percent(mfe), mfe)]
    if closed.ambiguous:
        columns.append(Column("Ambiguous"))
        for place, row in enumerate(rows):
            row.append(Cell("yes", 1) if place in closed.ambiguous else Cell("", 0))
    return Table(columns, rows[::-1], closed.note, sortable=True)


def _row(trade: Trade) -> list[Cell]:
    instrument = trade.instrument
    quantity = instrument.quantity(trade.lots)
    entry, exit_ = (_average(value, trade) for value in (trade.entry_value, trade.exit_value))
    return [
        Cell(instrument.symbol),
        Cell(_direction(trade)),
        Cell(number(quantity), float(quantity)),
        Cell(moment(trade.entry_time), trade.entry_time),
        Cell(moment(trade.exit_time), trade.exit_time),
        Cell(number(entry, 2), float(entry)),
        Cell(number(exit_, 2), float(exit_)),
        Cell(amount(trade.fees, instrument.currency), trade.fees),
        Cell(amount(trade.profit, instrument.currency), trade.profit, tone(trade.profit)),
        Cell(percent(trade.return_ratio), trade.return_ratio, tone(trade.return_ratio)),
    ]


def _direction(trade: Trade) -> str:
    return "long" if trade.side is Side.BUY else "short"


def _average(value: int, trade: Trade) -> Decimal:
    """Return the average price of a value: two places, below one as many as the instrument's prices have."""
    instrument = trade.instrument
    size = instrument.quantity(trade.lots) * instrument.multiplier
    price = from_units(value, currency_exponent(instrument.currency)) / size if size else Decimal(0)
    places = 2 if price >= 1 else max(2, instrument.price_exponent)
    return price.quantize(Decimal(1).scaleb(-places))


def scatter(closed: Closed, against: Float64) -> Figure:
    """Return each trade's return after fees against one of its excursions, coloured by win and loss."""
    texts = [_told(trade) for trade in closed.trades]
    returns = np.array([trade.return_ratio for trade in closed.trades], np.float64)
    traces = []
    for name, belongs, colour in _GROUPS:
        places = [place for place, trade in enumerate(closed.trades) if belongs(trade.profit)]
        if places:
            traces.append(
                _dots(name, against[places], returns[places], [texts[place] for place in places], colour)
            )
    from_zero = axis(zeroline=True, zerolinecolor="var:border", tickformat=",.3~p")
    return {
        "data": traces,
        "layout": layout(hovermode="closest", showlegend=False, xaxis=from_zero, yaxis=from_zero),
    }


def _dots(name: str, x: Float64, y: Float64, texts: Sequence[str], colour: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": packed(x),
        "y": packed(y),
        "text": texts,
        "hovertemplate": "%{text}<br>%{y:.2%} against %{x:.2%}<extra></extra>",
        "marker": {"size": 7, "opacity": 0.75, "color": f"var:{colour}"},
    }


def _told(trade: Trade) -> str:
    symbol, currency = escape(trade.instrument.symbol), trade.instrument.currency
    period = f"{moment(trade.entry_time)} to {moment(trade.exit_time)}"
    return f"{symbol} {_direction(trade)}, {money(trade.profit, currency)}<br>{period}"

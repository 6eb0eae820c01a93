"""The tables of one account, opened for a market and a venue; what the kernel's functions take as `desk`."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from app.domain.errors import OutOfRange
from app.domain.events import Delisting, Dividend, Split
from app.domain.instruments import Instrument
from app.domain.money import INT64_MAX, currency_exponent
from app.engine import charges
from app.engine.codes import ACCOUNTS, POLICIES, SLIPPAGES
from app.engine.columns import BarSeries, MarketData
from app.engine.kernel import layout as at
from app.engine.timeline import Timeline, due_actions
from app.engine.venue import LimitFill, SlippageModel, VenueModel

Desk = tuple[Any, ...]
Rows = list[list[int]]

UNBOUNDED = 10**300
"""The limit of products where integers have no size, as Python's."""

_RATES = 1_000_000_000


def open_desk(market: MarketData, timeline: Timeline, venue: VenueModel) -> Desk:
    """Return the tables of an account without money, as lists of lists of Python's integers."""
    instruments = [series.instrument for series in market.series.values()]
    account = [0] * at.ACCOUNT_COLUMNS
    account[at.A_LIMIT] = UNBOUNDED
    account[at.A_DAY] = at.NEVER
    desk: list[Any] = [[] for _ in range(at.D_ACTIONS + 1)]
    desk[at.D_BARS] = _zeros(len(instruments), at.BAR_COLUMNS)
    desk[at.D_POSITIONS] = _zeros(len(instruments), at.POSITION_COLUMNS)
    for position in desk[at.D_POSITIONS]:
        position[at.P_OPENED] = position[at.P_CLOSED] = at.NEVER
    desk[at.D_ACCOUNT] = account
    desk[at.D_COUNTS] = [0] * at.COUNT_COLUMNS
    desk[at.D_TERMS] = [_terms(series) for series in market.series.values()]
    desk[at.D_FEES] = fee_tables(venue, instruments)
    desk[at.D_VENUE] = venue_row(venue)
    desk[at.D_WATCH] = _zeros(len(instruments), at.WATCH_COLUMNS)
    desk[at.D_ACTIONS] = action_rows(market, timeline)
    return tuple(desk)


def _zeros(rows: int, columns: int) -> Rows:
    return [[0] * columns for _ in range(rows)]


def _terms(series: BarSeries) -> list[int]:
    """Return what is constant of a symbol. Raises OutOfRange where 64 bits do not hold it."""
    instrument = series.instrument
    value = (*instrument.unit_value, *instrument.tick.as_integer_ratio())
    if max(value) > INT64_MAX:
        raise OutOfRange(
            f"{instrument.symbol}: a tick of {instrument.tick} times a lot of {instrument.lot} is too fine.",
            "Use a coarser tick or lot.",
        )
    return [*value, int(series.has_volume)]


def fee_tables(venue: VenueModel, instruments: Sequence[Instrument]) -> list[list[list[int]]]:
    """Return each symbol's charges, all of one length: a row of zeros at the end charges nothing."""
    tables = [[list(row) for row in venue.commission.table(instrument)] for instrument in instruments]
    most = max(map(len, tables))
    for table in tables:
        table.extend([0] * charges.COLUMNS for _ in range(most - len(table)))
    return tables


def venue_row(venue: VenueModel) -> list[int]:
    """Return the venue's constants; rates count to nine decimals."""
    row = [0] * at.VENUE_COLUMNS
    row[at.V_TOUCH] = int(venue.limit_fill is LimitFill.TOUCH)
    row[at.V_INTRABAR] = POLICIES.index(venue.intrabar)
    row[at.V_SHARE], row[at.V_SHARE_OF] = share_ratio(venue)
    row[at.V_SLIPPAGE] = SLIPPAGES.index(venue.slippage.model)
    slip, of = _rate(venue.slippage.size)
    bps = venue.slippage.model is SlippageModel.FIXED_BPS
    row[at.V_SLIP], row[at.V_SLIP_OF] = slip, of * 10_000 if bps else of
    row[at.V_ACCOUNT] = ACCOUNTS.index(venue.account.kind)
    row[at.V_INITIAL], row[at.V_INITIAL_OF] = venue.account.initial_margin
    row[at.V_MAINTENANCE], row[at.V_MAINTENANCE_OF] = venue.account.maintenance_margin
    row[at.V_RATE_OF] = _RATES
    row[at.V_BORROW] = int(venue.account.borrow_rate * _RATES)
    row[at.V_DEBIT] = int(venue.account.debit_rate * _RATES)
    row[at.V_CREDIT] = int(venue.account.credit_rate * _RATES)
    return row


def share_ratio(venue: VenueModel) -> tuple[int, int]:
    """Return the share of volume that may be taken, as a fraction; 0 / 1 where there is no bound."""
    if venue.max_volume_share is None:
        return 0, 1
    part, whole = _rate(venue.max_volume_share)
    return (part, whole) if part else (1, _RATES)


def _rate(value: Decimal) -> tuple[int, int]:
    exact = Fraction(value).limit_denominator(_RATES)
    return exact.numerator, exact.denominator


def action_rows(market: MarketData, timeline: Timeline) -> Rows:
    """Return the corporate actions in the order in which they act, each dividend as claim and payment."""
    index = {symbol: number for number, symbol in enumerate(market.series)}
    acts, payments = [], []
    for step, actions in sorted(due_actions(market, timeline, market.actions).items()):
        ratios: dict[str, Fraction] = {}
        for action in actions:
            row = [0] * at.ACTION_COLUMNS
            row[at.E_STEP], row[at.E_SYMBOL] = step, index[action.symbol]
            match action:
                case Split(symbol, _, part, whole):
                    last = _last_close(market.series[symbol], timeline, symbol, step)
                    last /= ratios.get(symbol, Fraction(1))
                    ratios[symbol] = ratios.get(symbol, Fraction(1)) * action.ratio
                    row[at.E_KIND], row[at.E_PART], row[at.E_WHOLE] = at.SPLIT, part, whole
                    row[at.E_LAST], row[at.E_LAST_OF] = last.numerator, last.denominator
                case Dividend():
                    row[at.E_KIND] = at.ENTITLEMENT
                    payments.append((_payment(action, row, market, timeline), row))
                case Delisting(symbol, _, price):
                    row[at.E_KIND] = at.REMOVAL
                    instrument = market.series[symbol].instrument
                    last = _last_close(market.series[symbol], timeline, symbol, step)
                    last /= ratios.get(symbol, Fraction(1))
                    row[at.E_PART] = round(last) if price is None else instrument.ticks(price)
            acts.append(row)
    return _linked(acts, payments)


def _payment(action: Dividend, entitlement: list[int], market: MarketData, timeline: Timeline) -> list[int]:
    instrument = market.series[action.symbol].instrument
    minor = Fraction(action.amount) * Fraction(instrument.lot) * 10 ** currency_exponent(instrument.currency)
    row = list(entitlement)
    row[at.E_KIND] = at.PAYMENT
    row[at.E_PART], row[at.E_WHOLE] = minor.numerator, minor.denominator
    start = timeline.times.item(entitlement[at.E_STEP])
    paid = timeline.step_at(max(action.pay_time, start))
    row[at.E_STEP] = len(timeline) if paid is None else paid
    return row


def _linked(acts: Rows, payments: Sequence[tuple[list[int], list[int]]]) -> Rows:
    """Return all rows by step, payments behind what else happens, and tell claims their payments."""
    rows = [*acts, *(payment for payment, _ in payments)]
    rows.sort(key=lambda row: (row[at.E_STEP], row[at.E_KIND] == at.PAYMENT))
    places = {id(row): place for place, row in enumerate(rows)}
    for payment, entitlement in payments:
        entitlement[at.E_LINK] = places[id(payment)]
    return rows


def _last_close(series: BarSeries, timeline: Timeline, symbol: str, step: int) -> Fraction:
    """Return the last close before a step, in ticks."""
    row = timeline.rows[symbol].item(step)
    fresh = timeline.fresh[symbol].item(step)
    return Fraction(series.closes.item(row - 1 if fresh else row))


def as_arrays(table: Rows, columns: int) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """Return a table as an int64 array of shape (rows, columns). Raises OutOfRange beyond 64 bits."""
    try:
        return np.array(table, np.int64).reshape(len(table), columns)
    except OverflowError as error:
        raise OutOfRange(
            "An amount of the account does not fit 64 bits.", "Use smaller quantities or less capital."
        ) from error

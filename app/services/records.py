"""Domain values as database rows, with exact decimals."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.domain.bars import moment
from app.domain.fills import CashEntry, Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.money import EXACT, currency_exponent, from_units
from app.domain.orders import Order
from app.domain.positions import Position
from app.engine.equity import EquityColumns
from app.persistence.types import rounded
from app.services.trade_measures import TradeMeasure

Row = dict[str, Any]


@dataclass(frozen=True)
class RunKeys:
    """The rows that everything of one run refers to."""

    run: UUID
    user: UUID
    portfolio: UUID
    broker_account: UUID
    assets: Mapping[str, UUID]
    currency: str

    def money(self, units: int) -> Decimal:
        """Return minor units of the run's currency as a decimal."""
        return from_units(units, currency_exponent(self.currency))


def order_row(keys: RunKeys, order: Order, row_id: UUID, parent_id: UUID | None = None) -> Row:
    """Return an order's row; `parent_id` is the row of the order that it waits for."""
    request, price = order.request, order.instrument.price
    return {
        "id": row_id,
        "run_id": keys.run,
        "portfolio_id": keys.portfolio,
        "asset_id": keys.assets[order.symbol],
        "broker_account_id": keys.broker_account,
        "user_id": keys.user,
        "client_id": order.client_id,
        "sequence": order.sequence,
        "side": request.side.value,
        "type": request.type.value,
        "time_in_force": request.time_in_force.value,
        "quantity": order.quantity,
        "filled": order.filled,
        "average_price": None if order.average_price is None else rounded(order.average_price),
        "limit_price": None if request.limit_ticks is None else price(request.limit_ticks),
        "stop_price": order.stop_price,
        "trail": None if request.trail_ticks is None else price(request.trail_ticks),
        "trail_percent": None if request.trail_ppm is None else from_units(request.trail_ppm, 4),
        "expires_at": None if request.expires_at is None else moment(request.expires_at),
        "parent_id": parent_id,
        "group_name": request.group or None,
        "reduce_only": request.reduce_only,
        "status": order.status.value,
        "pending_action": order.pending.value,
        "certainty": order.certainty.value,
        "reason": order.reason.value or None,
        "tag": request.tag or None,
        "submitted_at": moment(order.submitted_at),
        "updated_at": moment(order.updated_at),
    }


def execution_row(keys: RunKeys, fill: Fill, row_id: UUID, order_id: UUID) -> Row:
    """Return a fill's row."""
    return {
        "id": row_id,
        "run_id": keys.run,
        "order_id": order_id,
        "broker_account_id": keys.broker_account,
        "execution_id": fill.execution_id,
        "side": fill.side.value,
        "quantity": fill.quantity,
        "price": fill.price,
        "value": keys.money(fill.value),
        "fee": keys.money(fill.fee),
        "fee_currency": keys.currency,
        "realised": keys.money(fill.realised),
        "flags": int(fill.flags),
        "venue_time": moment(fill.time),
    }


def cash_row(keys: RunKeys, entry: CashEntry) -> Row:
    """Return a cash movement's row."""
    return {
        "run_id": keys.run,
        "sequence": entry.sequence,
        "broker_account_id": keys.broker_account,
        "asset_id": keys.assets[entry.symbol] if entry.symbol else None,
        "kind": entry.kind.value,
        "amount": keys.money(entry.amount),
        "currency": keys.currency,
        "time": moment(entry.time),
        "reference": entry.reference or None,
    }


def trade_row(keys: RunKeys, trade: Trade, measure: TradeMeasure) -> Row:
    """Return a closed trade's row with its measure."""
    instrument = trade.instrument
    return {
        "run_id": keys.run,
        "sequence": trade.sequence,
        "asset_id": keys.assets[instrument.symbol],
        "side": "long" if trade.side is Side.BUY else "short",
        "quantity": instrument.quantity(trade.lots),
        "entry_time": moment(trade.entry_time),
        "exit_time": moment(trade.exit_time),
        "entry_price": _average(instrument, keys.money(trade.entry_value), trade.lots),
        "exit_price": _average(instrument, keys.money(trade.exit_value), trade.lots),
        "realised": keys.money(trade.realised),
        "fees": keys.money(trade.fees),
        "return_ratio": trade.return_ratio,
        "bars": measure.bars,
        "mae": measure.mae,
        "mfe": measure.mfe,
        "ambiguous": measure.ambiguous,
    }


def position_row(keys: RunKeys, position: Position, last_ticks: int | None) -> Row:
    """Return a position's row, marked to the last raw close."""
    instrument = position.instrument
    unrealised = None
    if last_ticks is not None:
        unrealised = keys.money(instrument.value(last_ticks, position.lots) - position.cost)
    return {
        "run_id": keys.run,
        "asset_id": keys.assets[instrument.symbol],
        "portfolio_id": keys.portfolio,
        "quantity": position.quantity,
        "cost": keys.money(position.cost),
        "average_price": _average(instrument, keys.money(position.cost), position.lots) or Decimal(0),
        "realised": keys.money(position.realised),
        "fees": keys.money(position.fees),
        "last_price": None if last_ticks is None else instrument.price(last_ticks),
        "unrealised": unrealised,
        "opened_at": moment(position.opened_at or 0),
        "closed_at": None if position.closed_at is None else moment(position.closed_at),
    }


def equity_rows(keys: RunKeys, equity: EquityColumns) -> Iterator[Row]:
    """Yield the rows of an equity series."""
    columns = (equity.times, equity.equity, equity.cash, equity.exposure)
    money: Callable[[int], Decimal] = keys.money
    for time, worth, cash, exposure in zip(*(column.tolist() for column in columns), strict=True):
        yield {
            "run_id": keys.run,
            "time": moment(time),
            "equity": money(worth),
            "cash": money(cash),
            "exposure": money(exposure),
        }


def _average(instrument: Instrument, value: Decimal, lots: int) -> Decimal | None:
    """Return the price at which so many lots are worth so much, to eight decimals; None for no lots."""
    if not lots:
        return None
    return rounded(EXACT.divide(value, EXACT.multiply(instrument.quantity(lots), instrument.multiplier)))

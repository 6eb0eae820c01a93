"""One hash for all that a run came to: the same on every machine, for every run of the same input."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from app.domain.fills import CashEntry, Fill, Trade
from app.domain.orders import Order
from app.domain.positions import Position
from app.engine.equity import EquityColumns


def state_hash(
    *,
    orders: Mapping[str, Order],
    fills: Iterable[Fill],
    cash: Iterable[CashEntry],
    trades: Iterable[Trade],
    positions: Iterable[Position],
    equity: EquityColumns,
) -> str:
    """Return the SHA-256 of orders, fills, cash, trades, positions and equity.

    Ids and wall time are left out. Every field is framed by its length, so that no two states look alike.
    """
    digest = sha256()

    def take(*fields: object) -> None:
        digest.update("|".join(f"{len(str(field))}:{field}" for field in fields).encode())
        digest.update(b"\n")

    for order in orders.values():
        request = order.request
        take("order", order.sequence, order.symbol, request.side, request.type, request.lots)
        take(request.stop_ticks, request.time_in_force, request.tag, order.submitted_at, order.updated_at)
        take(order.status, order.filled_lots, order.filled_value, order.reason)
    for fill in fills:
        take("fill", fill.sequence, orders[fill.client_id].sequence, fill.side, fill.lots, fill.ticks)
        take(fill.value, fill.fee, fill.realised, fill.time)
    for entry in cash:
        take("cash", entry.sequence, entry.kind, entry.amount, entry.time, entry.symbol)
    for trade in trades:
        take(
            "trade",
            trade.sequence,
            trade.lots,
            trade.entry_value,
            trade.exit_value,
            trade.realised,
            trade.fees,
        )
    for position in positions:
        take("position", position.instrument.symbol, position.lots, position.cost, position.realised)
    for column in (equity.times, equity.equity, equity.cash, equity.exposure):
        digest.update(column.astype("<i8").tobytes())
    return digest.hexdigest()

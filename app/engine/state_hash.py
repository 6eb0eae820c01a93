"""One hash for all that a run came to: the same on every machine, for every run of the same input."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from hashlib import sha256

from app.domain.fills import CashEntry, Fill, Trade
from app.domain.money import EXACT
from app.domain.orders import Order
from app.domain.positions import Position
from app.engine.equity import EquityColumns

IDS = frozenset({"client_id", "execution_id", "reference"})
"""The fields that name something by an id, which differs from run to run."""


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

    Every field counts but ids and wall time; a fill's order counts by its sequence. Each is framed by its
    length, so that no two states look alike.
    """
    digest = sha256()

    def take(kind: str, item: object, *more: object) -> None:
        values = (kind, *_values(item), *map(str, more))
        digest.update("|".join(f"{len(value)}:{value}" for value in values).encode())
        digest.update(b"\n")

    for order in orders.values():
        take("order", order)
    for fill in fills:
        take("fill", fill, orders[fill.client_id].sequence)
    for entry in cash:
        take("cash", entry)
    for trade in trades:
        take("trade", trade)
    for position in positions:
        take("position", position)
    for name in _counted(EquityColumns):
        digest.update(getattr(equity, name).astype("<i8").tobytes())
    return digest.hexdigest()


def _counted(kind: type) -> tuple[str, ...]:
    """Return the names of the fields that count; none of what is no dataclass."""
    found = fields(kind) if is_dataclass(kind) else ()
    return tuple(field.name for field in found if field.name not in IDS)


def _values(item: object) -> Iterator[str]:
    """Yield an item's fields as text, those of its parts in their place."""
    if names := _counted(type(item)):
        for name in names:
            yield from _values(getattr(item, name))
    elif isinstance(item, Decimal):
        yield str(item.normalize(EXACT))  # 0.10 is 0.1
    else:
        yield str(item)

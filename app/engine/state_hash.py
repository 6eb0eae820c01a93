"""One hash for all that a run came to: the same on every machine and at every speed, for the same input."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.instruments import Instrument
from app.engine.desk import Desk, as_arrays
from app.engine.equity import EquityColumns
from app.engine.kernel import layout as at

_TABLES = (
    (at.D_ORDERS, at.ORDER_COLUMNS),
    (at.D_FILLS, at.FILL_COLUMNS),
    (at.D_CASH, at.CASH_COLUMNS),
    (at.D_TRADES, at.TRADE_COLUMNS),
    (at.D_HOLDINGS, at.HOLDING_COLUMNS),
)
# A notional is the sum of an order's fills, which count themselves; alone it may need more than 64 bits.
_SCRATCH = (at.O_NOTIONAL, at.O_VIEW, at.O_FROM, at.O_VIEW_STEP, at.O_DONE_STEP, at.O_CHOSEN_STEP, at.O_TAG)
_KEPT = [column for column in range(at.ORDER_COLUMNS) if column not in _SCRATCH]
_POSITION = [column for column in range(at.POSITION_COLUMNS) if column != at.P_MARK]


@dataclass(frozen=True, eq=False)
class TagColumn:
    """The tags of orders, by row: `numbers` count from 1 in `texts`, 0 is no tag."""

    numbers: NDArray[np.int64]
    texts: Sequence[str]

    @classmethod
    def of(cls, tags: Mapping[int, str], orders: int) -> "TagColumn":
        """Return the column of tags that are known by row."""
        texts = {text: number for number, text in enumerate(dict.fromkeys(tags.values()), start=1)}
        numbers = np.zeros(orders, np.int64)
        for row, text in tags.items():
            numbers[row] = texts[text]
        return cls(numbers, tuple(texts))

    def by_row(self) -> dict[int, str]:
        """Return the texts of the orders that have one, by row."""
        rows = np.flatnonzero(self.numbers)
        numbers = self.numbers[rows].tolist()
        return {row: self.texts[number - 1] for row, number in zip(rows.tolist(), numbers, strict=True)}

    def canonical(self) -> tuple[NDArray[np.int64], Sequence[str]]:
        """Return the same with the texts in the order in which orders first have them, and no others."""
        used, first = np.unique(self.numbers[self.numbers > 0], return_index=True)
        order = used[np.argsort(first)]
        renumbered = np.zeros(len(self.texts) + 1, np.int64)
        renumbered[order] = np.arange(1, len(order) + 1)
        return renumbered[self.numbers], [self.texts[number - 1] for number in order.tolist()]


class Digest(Protocol):
    """What is fed with bytes."""

    def update(self, data: bytes, /) -> None:
        """Take more bytes."""
        ...


def state_hash(
    desk: Desk,
    instruments: Iterable[Instrument],
    tags: "Mapping[int, str] | TagColumn",
    equity: EquityColumns | None = None,
) -> str:
    """Return the SHA-256 of orders with their tags, fills, cash, trades, positions and equity.

    Ids, wall time and what an order remembers within one bar do not count. Each part is framed by its name
    and size, so that no two states look alike.
    """
    digest = sha256()
    for instrument in instruments:
        sizes = (instrument.tick, instrument.lot, instrument.multiplier)
        _text(digest, (instrument.symbol, instrument.currency, *(str(size.normalize()) for size in sizes)))
    for table, columns in _TABLES:
        kept = _orders(desk[table]) if table == at.D_ORDERS else as_arrays(desk[table], columns)
        _numbers(digest, str(table), kept)
    positions = as_arrays(desk[at.D_POSITIONS], at.POSITION_COLUMNS)
    _numbers(digest, "positions", positions[:, _POSITION])
    column = tags if isinstance(tags, TagColumn) else TagColumn.of(tags, len(desk[at.D_ORDERS]))
    numbers, texts = column.canonical()
    _text(digest, texts)
    _numbers(digest, "tags", numbers)
    if equity is not None:
        for field in fields(EquityColumns):
            _numbers(digest, field.name, getattr(equity, field.name))
    return digest.hexdigest()


def _orders(table: Any) -> NDArray[np.int64]:
    """Return the columns of orders that count."""
    if isinstance(table, np.ndarray):
        return table[:, _KEPT]
    return as_arrays([[row[column] for column in _KEPT] for row in table], len(_KEPT))


def _numbers(digest: Digest, name: str, numbers: NDArray[np.int64]) -> None:
    _text(digest, (name, str(numbers.shape)))
    digest.update(np.ascontiguousarray(numbers, "<i8").tobytes())


def _text(digest: Digest, parts: Sequence[str]) -> None:
    digest.update("|".join(f"{len(part)}:{part}" for part in parts).encode())
    digest.update(b"\n")

"""The rows of a desk as the values that people and programs read; made when asked for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Generic, NamedTuple, TypeVar, overload

from app.domain.fills import CashEntry, Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.orders import Order, OrderRequest
from app.domain.positions import Position
from app.engine.codes import FORCES, KINDS, MOVEMENTS, REASONS, STATUSES
from app.engine.kernel import layout as at

T = TypeVar("T")
Row = Any


class Made(Sequence[T], Generic[T]):
    """A table read as values: each is made from its row when it is read, so that it costs nothing before."""

    def __init__(self, table: Sequence[Row], make: Callable[[int], T]) -> None:
        self._table = table
        self._make = make

    def __eq__(self, other: object) -> bool:
        """Return whether another sequence has the same values in the same order."""
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # compared by what they hold, like lists

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        if isinstance(index, slice):
            return self.chosen(range(*index.indices(len(self._table))))
        row = index if index >= 0 else index + len(self._table)
        if not 0 <= row < len(self._table):
            raise IndexError(index)
        return self._make(row)

    def __iter__(self) -> Iterator[T]:
        return map(self._make, range(len(self._table)))

    def since(self, row: int) -> Sequence[T]:
        """Return the values from a row on."""
        return Chosen(self, range(row, len(self._table)))

    def chosen(self, rows: Iterable[int]) -> list[T]:
        """Return the values of some rows."""
        return [self._make(row) for row in rows]


class Kept(Made[T]):
    """A table to which rows are only added: a value that was made is kept."""

    def __init__(self, table: Sequence[Row], make: Callable[[int], T]) -> None:
        self._values: list[T] = []

        def kept(row: int) -> T:
            values = self._values
            if row >= len(values):
                values.extend(map(make, range(len(values), row + 1)))
            return values[row]

        super().__init__(table, kept)

    def __iter__(self) -> Iterator[T]:
        if self._table:
            self._make(len(self._table) - 1)
        return iter(self._values[: len(self._table)])


class Dealt(NamedTuple):
    """What a fill came to, in minor units: all that sums over fills need."""

    value: int
    fee: int


class Chosen(Made[T]):
    """Some rows of a table, made when they are read."""

    def __init__(self, made: Made[T], rows: Sequence[int]) -> None:
        super().__init__(rows, lambda place: made[rows[place]])


class Records:
    """Orders, fills, cash, trades and positions of one desk.

    `named` gives the client order id of (symbol, step, index), `tags` and `groups` the texts of orders by
    row.
    """

    def __init__(
        self,
        desk: Sequence[Any],
        instruments: Sequence[Instrument],
        named: Callable[[str, int, int], str],
        tags: dict[int, str],
    ) -> None:
        self._orders = desk[at.D_ORDERS]
        self._fills = desk[at.D_FILLS]
        self._cash = desk[at.D_CASH]
        self._trades = desk[at.D_TRADES]
        self._positions = desk[at.D_POSITIONS]
        self._instruments = instruments
        self._named = named
        self._tags = tags
        self._ids: dict[int, str] = {}
        self.orders: Made[Order] = Made(self._orders, self.order)
        self.fills: Made[Fill] = Kept(self._fills, self.fill)
        self.cash: Made[CashEntry] = Kept(self._cash, self._entry)
        self.trades: Made[Trade] = Kept(self._trades, self._trade)

    def client_id(self, row: int) -> str:
        """Return the client order id of an order."""
        found = self._ids.get(row)
        if found is None:
            order = self._orders[row]
            symbol = self._instruments[order[at.O_SYMBOL]].symbol
            found = self._ids[row] = self._named(symbol, order[at.O_STEP], order[at.O_INDEX])
        return found

    def order(self, row: int) -> Order:
        """Return an order as it stands."""
        order = self._orders[row]
        instrument = self._instruments[order[at.O_SYMBOL]]
        kind = KINDS[order[at.O_KIND]]
        request = OrderRequest(
            symbol=instrument.symbol,
            side=_side(order[at.O_SIDE]),
            lots=order[at.O_LOTS],
            type=kind,
            time_in_force=FORCES[order[at.O_FORCE]],
            stop_ticks=order[at.O_STOP] or None,
            tag=self._tags.get(row, ""),
            limit_ticks=order[at.O_LIMIT] or None,
            trail_ticks=order[at.O_TRAIL] or None,
            trail_ppm=order[at.O_TRAIL_PPM] or None,
            expires_at=order[at.O_EXPIRES] if order[at.O_FORCE] == at.GTD else None,
            group=str(order[at.O_GROUP] or ""),
            reduce_only=bool(order[at.O_REDUCE_ONLY]),
        )
        return Order(
            client_id=self.client_id(row),
            sequence=row + 1,
            instrument=instrument,
            request=request,
            submitted_at=order[at.O_MADE],
            updated_at=order[at.O_UPDATED],
            status=STATUSES[order[at.O_STATUS]],
            filled_lots=order[at.O_FILLED],
            filled_value=order[at.O_VALUE],
            filled_notional=order[at.O_NOTIONAL],
            reason=REASONS[order[at.O_REASON]],
            parent=order[at.O_PARENT] + 1,
        )

    def fill(self, row: int) -> Fill:
        """Return a fill."""
        fill = self._fills[row]
        order = self._orders[fill[at.F_ORDER]]
        instrument = self._instruments[order[at.O_SYMBOL]]
        client_id = self.client_id(fill[at.F_ORDER])
        return Fill(
            execution_id=f"{client_id}-{row + 1}",
            client_id=client_id,
            sequence=row + 1,
            instrument=instrument,
            side=_side(fill[at.F_LOTS]),
            lots=abs(fill[at.F_LOTS]),
            ticks=fill[at.F_TICKS],
            value=fill[at.F_VALUE],
            fee=fill[at.F_FEE],
            time=fill[at.F_TIME],
            realised=fill[at.F_REALISED],
            flags=fill[at.F_FLAGS],
        )

    def dealt(self) -> list[Dealt]:
        """Return value and fee of every fill."""
        return [Dealt(fill[at.F_VALUE], fill[at.F_FEE]) for fill in self._fills]

    def positions(self) -> list[Position]:
        """Return every position that was ever held, in the order of the instruments."""
        held = []
        for instrument, row in zip(self._instruments, self._positions, strict=True):
            if row[at.P_OPENED] != at.NEVER:
                held.append(
                    Position(
                        instrument=instrument,
                        lots=row[at.P_LOTS],
                        cost=row[at.P_COST],
                        realised=row[at.P_REALISED],
                        fees=row[at.P_FEES],
                        dividends=row[at.P_DIVIDENDS],
                        opened_at=row[at.P_OPENED],
                        closed_at=None if row[at.P_CLOSED] == at.NEVER else row[at.P_CLOSED],
                    )
                )
        return held

    def _entry(self, row: int) -> CashEntry:
        entry = self._cash[row]
        symbol = entry[at.M_SYMBOL]
        fill = entry[at.M_FILL]
        return CashEntry(
            sequence=row + 1,
            kind=MOVEMENTS[entry[at.M_KIND]],
            amount=entry[at.M_AMOUNT],
            time=entry[at.M_TIME],
            symbol="" if symbol < 0 else self._instruments[symbol].symbol,
            reference="" if fill < 0 else f"{self.client_id(self._fills[fill][at.F_ORDER])}-{fill + 1}",
        )

    def _trade(self, row: int) -> Trade:
        trade = self._trades[row]
        return Trade(
            sequence=row + 1,
            instrument=self._instruments[trade[at.X_SYMBOL]],
            side=_side(trade[at.X_SIDE]),
            lots=trade[at.X_LOTS],
            entry_time=trade[at.X_ENTRY_TIME],
            exit_time=trade[at.X_EXIT_TIME],
            entry_value=trade[at.X_ENTRY],
            exit_value=trade[at.X_EXIT],
            realised=trade[at.X_REALISED],
            fees=trade[at.X_FEES],
        )


def _side(sign: int) -> Side:
    return Side.BUY if sign > 0 else Side.SELL

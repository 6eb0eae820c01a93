"""The live book of one account: a read-only, reused view (`app.domain.positions.BookView`) of its tables."""

from collections.abc import Iterator, Mapping

from app.domain.orders import Order
from app.engine.charges import charged
from app.engine.columns import MarketData
from app.engine.desk import Desk
from app.engine.kernel import layout as at
from app.engine.kernel.amounts import worth
from app.engine.kernel.orders import left
from app.engine.records import Records
from app.engine.timeline import Timeline

_AT_MARKET = (at.MARKET, at.MARKET_ON_OPEN, at.MARKET_ON_CLOSE)


class Book:
    """Cash, positions and working orders as of `step`, to whose closes positions are marked.

    What it works out is kept until the step, a holding or a working order changes: of a holding its table
    tells, of the orders `orders_changed`. So a decision costs what is held and works, however often it asks.
    """

    def __init__(self, market: MarketData, timeline: Timeline, desk: Desk, records: Records) -> None:
        self._symbols = {symbol: number for number, symbol in enumerate(market.series)}
        self._closes = [series.closes for series in market.series.values()]
        self._rows = [timeline.rows[symbol] for symbol in market.series]
        self._desk = desk
        self._positions = desk[at.D_POSITIONS]
        self._account = desk[at.D_ACCOUNT]
        self._working = desk[at.D_WORKING]
        self._holdings = desk[at.D_HOLDINGS]
        self._orders = WorkingOrders(desk, records)
        self.delisted: set[str] = set()
        self._held: dict[int, int] = {}
        self._noted = 0
        self._marked = -1
        self._value = self._exposure = 0
        self._in_flight: dict[int, int] | None = None
        self.step = 0

    def orders_changed(self) -> None:
        """Forget what was worked out of the working orders."""
        self._in_flight = None

    @property
    def cash(self) -> int:
        """Return the account's cash in minor units."""
        return int(self._account[at.A_CASH])

    @property
    def orders(self) -> "WorkingOrders":
        """Return the working orders by client order id, in the order of their sequence."""
        return self._orders

    @property
    def equity(self) -> int:
        """Return cash plus positions at their last raw close, in minor units."""
        self._mark()
        return int(self._account[at.A_CASH]) + self._value

    @property
    def exposure(self) -> int:
        """Return the sum of the absolute values of the positions at their last raw closes, in minor units."""
        self._mark()
        return self._exposure

    @property
    def reserved(self) -> int:
        """Return the cash promised to working buy orders, fees included, in minor units."""
        if not self._working:
            return 0
        orders = self._desk[at.D_ORDERS]
        return sum([self._need(orders[row]) for row in self._working])

    @property
    def opening(self) -> int:
        """Return the value of the working orders that may add to a position, in minor units."""
        if not self._working:
            return 0
        orders = self._desk[at.D_ORDERS]
        return sum([self._opens(orders[row]) for row in self._working])

    def lots(self, symbol: str) -> int:
        """Return the signed lots held; 0 where nothing is."""
        number = self._symbols.get(symbol)
        return 0 if number is None else int(self._positions[number][at.P_LOTS])

    def expected_lots(self, symbol: str) -> int:
        """Return the signed lots held plus those in flight as market orders."""
        number = self._symbols.get(symbol)
        if number is None:
            return 0
        lots = int(self._positions[number][at.P_LOTS])
        return lots + self._flying().get(number, 0) if self._working else lots

    def listed(self, symbol: str) -> bool:
        """Return whether a symbol still trades; False from its delisting on."""
        return symbol not in self.delisted

    def last_ticks(self, symbol: str) -> int | None:
        """Return the last raw close in ticks, or None before the symbol's first bar."""
        number = self._symbols[symbol]
        row = self._rows[number].item(self.step)
        return self._closes[number].item(row) if row >= 0 else None

    def _mark(self) -> None:
        """Value what is held at the closes of the present step, unless that has been done."""
        if self._marked == self.step and self._noted == len(self._holdings):
            return
        for _, symbol, lots in self._holdings[self._noted :]:
            if lots:
                self._held[symbol] = lots
            else:
                self._held.pop(symbol, None)
        self._marked, self._noted = self.step, len(self._holdings)
        self._value = self._exposure = 0
        for symbol, lots in self._held.items():
            value = self._worth(symbol, lots)
            self._value += value
            self._exposure += abs(value)

    def _flying(self) -> dict[int, int]:
        """Return the signed lots that work as market orders, by symbol."""
        if self._in_flight is None:
            found: dict[int, int] = {}
            self._in_flight = found
            orders = self._desk[at.D_ORDERS]
            for row in self._working:
                order = orders[row]
                if order[at.O_KIND] in _AT_MARKET:
                    symbol = order[at.O_SYMBOL]
                    found[symbol] = found.get(symbol, 0) + order[at.O_SIDE] * left(order)
        return self._in_flight

    def _opens(self, order: list[int]) -> int:
        """Return the value of what a working order may open; children that wait open nothing."""
        lots = left(order)
        held = self._positions[order[at.O_SYMBOL]][at.P_LOTS]
        grown = max(0, abs(held + order[at.O_SIDE] * lots) - abs(held))
        if order[at.O_REDUCE_ONLY] or grown == 0:
            return 0
        return self._worth(order[at.O_SYMBOL], grown, order[at.O_LIMIT] or order[at.O_STOP])

    def _need(self, order: list[int]) -> int:
        """Return what a working purchase may cost: children that wait for their parents, nothing."""
        lots = left(order)
        if order[at.O_SIDE] < 0 or lots <= 0 or order[at.O_REDUCE_ONLY]:
            return 0
        symbol = order[at.O_SYMBOL]
        value = self._worth(symbol, lots, order[at.O_LIMIT] or order[at.O_STOP])
        return value + charged(self._desk[at.D_FEES][symbol], 1, lots, value, order[at.O_MADE], 0)

    def _worth(self, symbol: int, lots: int, ticks: int = 0) -> int:
        """Return what lots of a symbol are worth at a price, or where there is none at the last close."""
        ticks = ticks or self._closes[symbol].item(self._rows[symbol].item(self.step))
        return worth(ticks, lots, self._desk[at.D_TERMS][symbol], self._account)


class WorkingOrders(Mapping[str, Order]):
    """The working orders by client order id; an order is made from its row when it is read."""

    def __init__(self, desk: Desk, records: Records) -> None:
        self._working = desk[at.D_WORKING]
        self._records = records

    def row(self, client_id: str) -> int | None:
        """Return the row of a working order, or None."""
        for row in self._working:
            if self._records.client_id(row) == client_id:
                return int(row)
        return None

    def __getitem__(self, client_id: str) -> Order:
        row = self.row(client_id)
        if row is None:
            raise KeyError(client_id)
        return self._records.order(row)

    def __iter__(self) -> Iterator[str]:
        return (self._records.client_id(row) for row in self._working)

    def __len__(self) -> int:
        return len(self._working)

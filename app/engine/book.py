"""The live book of one account: the ledger, the working orders and the last marks."""

from collections.abc import Mapping
from types import MappingProxyType

from app.domain.intents import OrderType, Side
from app.domain.ledger import Ledger
from app.domain.orders import Order
from app.engine.columns import MarketData
from app.engine.fees import VenueModel
from app.engine.timeline import Timeline


class Book:
    """A read-only, reused view (`app.domain.positions.BookView`) that moves with the timeline."""

    def __init__(self, market: MarketData, timeline: Timeline, ledger: Ledger, venue: VenueModel) -> None:
        self._market = market
        self._timeline = timeline
        self._ledger = ledger
        self._venue = venue
        self._step = 0
        self._working: dict[str, Order] = {}
        self._orders = MappingProxyType(self._working)

    def advance(self, step: int) -> None:
        """Mark positions to the closes of `step` from here on."""
        self._step = step

    def keep(self, order: Order) -> None:
        """Remember an order while it is open, forget it when it is not."""
        if order.is_open:
            self._working[order.client_id] = order
        else:
            self._working.pop(order.client_id, None)

    @property
    def cash(self) -> int:
        """Return the account's cash in minor units."""
        return self._ledger.cash

    @property
    def orders(self) -> Mapping[str, Order]:
        """Return the working orders by client order id, in the order of their sequence."""
        return self._orders

    @property
    def equity(self) -> int:
        """Return cash plus positions at their last raw close, in minor units."""
        marks = (
            position.instrument.value(self._last(position.instrument.symbol), position.lots)
            for position in self._ledger.held()
        )
        return self._ledger.cash + sum(marks)

    @property
    def reserved(self) -> int:
        """Return the cash promised to working buy orders, fees included, in minor units."""
        return sum(self._need(order) for order in self._working.values() if order.request.side is Side.BUY)

    def lots(self, symbol: str) -> int:
        """Return the signed lots held; 0 where nothing is."""
        position = self._ledger.positions.get(symbol)
        return position.lots if position else 0

    def expected_lots(self, symbol: str) -> int:
        """Return the signed lots held plus those in flight as market orders."""
        flying = (
            order.leaves if order.request.side is Side.BUY else -order.leaves
            for order in self._working.values()
            if order.symbol == symbol and order.request.type is OrderType.MARKET
        )
        return self.lots(symbol) + sum(flying)

    def last_ticks(self, symbol: str) -> int | None:
        """Return the last raw close in ticks, or None before the symbol's first bar."""
        row = self._timeline.rows[symbol].item(self._step)
        return self._market.series[symbol].closes.item(row) if row >= 0 else None

    def _last(self, symbol: str) -> int:
        return self._market.series[symbol].closes.item(self._timeline.rows[symbol].item(self._step))

    def _need(self, order: Order) -> int:
        ticks = order.request.stop_ticks or self._last(order.symbol)
        value = order.instrument.value(ticks, order.leaves)
        return value + self._venue.commission.charge(value)

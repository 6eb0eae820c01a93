"""One simulated account on one market: corporate actions, matching and posting, step by step."""

from bisect import bisect_right
from fractions import Fraction

from app.domain.errors import InputError
from app.domain.events import CorporateAction, Dividend, Split
from app.domain.fills import Fill
from app.domain.intents import Side
from app.domain.ledger import Ledger
from app.domain.orders import Order, OrderStatus, Reason
from app.engine.book import Book
from app.engine.columns import MarketData
from app.engine.equity import History
from app.engine.fees import VenueModel
from app.engine.matching import fill_at_open, fill_in_range
from app.engine.timeline import Timeline, due_actions
from app.engine.views import Bars
from app.indicators.base import Indicator


class Simulation:
    """The venue, the ledger and the views of a backtest; it decides nothing and does no I/O.

    `advance(step)` does a timestamp's work in order: corporate actions, the open, the range, the close.
    `orders` holds every order's latest state by client order id, `fills` every fill, and `history` what
    equity is computed from.
    """

    def __init__(
        self, market: MarketData, venue: VenueModel, currency: str, indicators: dict[str, Indicator]
    ) -> None:
        _check_currency(market, currency)
        self.market = market
        self.venue = venue
        self.timeline = Timeline(market)
        self.ledger = Ledger(currency)
        self.book = Book(market, self.timeline, self.ledger, venue)
        self.bars = Bars(market, self.timeline, indicators)
        self.orders: dict[str, Order] = {}
        self.fills: list[Fill] = []
        self.history = History()
        self._updates: list[Order] = []
        self._known_until = 0
        self._eligible: dict[str, int] = {}
        self._due = due_actions(market, self.timeline, market.actions)
        self._payments: dict[int, list[tuple[Dividend, int]]] = {}

    def advance(self, step: int) -> None:
        """Take every bar of one timestamp and everything that they cause."""
        if step in self._due:
            for action in self._due[step]:
                self._act(action, step)
        if step in self._payments:
            for dividend, lots in self._payments.pop(step):
                self.ledger.dividend(dividend, lots, self.timeline.times.item(step))
        if self.book.orders:
            self._match(step)
        self.book.advance(step)
        self.bars.advance(step)
        self._known_until = self.timeline.known_until.item(step)
        self.history.note_cash(step, self.ledger.cash)

    def drain(self) -> list[Order]:
        """Return the orders as they changed since this was last asked, oldest change first."""
        updates, self._updates = self._updates, []
        return updates

    def accept(self, order: Order) -> None:
        """Take a new order: it works from the first bar that starts when all bars seen so far have ended."""
        self._eligible[order.client_id] = self._known_until
        self._keep(
            order.moved(OrderStatus.SUBMITTED, order.submitted_at).moved(
                OrderStatus.ACCEPTED, order.submitted_at
            )
        )

    def refuse(self, order: Order, reason: Reason) -> None:
        """Record an order that risk has denied."""
        self._keep(order.moved(OrderStatus.DENIED, order.submitted_at, reason))

    def cancel(self, client_id: str, time: int, reason: Reason) -> bool:
        """Cancel a working order; returns False when there is none of this id."""
        order = self.book.orders.get(client_id)
        if order is None:
            return False
        self._keep(order.moved(OrderStatus.CANCELED, time, reason))
        return True

    def _keep(self, order: Order) -> None:
        self.book.keep(order)
        self.orders[order.client_id] = order
        self._updates.append(order)
        if not order.is_open:
            self._eligible.pop(order.client_id, None)

    def _act(self, action: CorporateAction, step: int) -> None:
        match action:
            case Split():
                time = self.timeline.times.item(step)
                self.ledger.split(action, self._close_before(action, step), time)
                self.history.note_lots(action.symbol, step, self.book.lots(action.symbol))
                self._rescale_orders(action, time)
                self.bars.split(action, step)
            case Dividend():
                pay_step = self.timeline.step_at(max(action.pay_time, self.timeline.times.item(step)))
                if pay_step is not None:
                    owed = (action, self.book.lots(action.symbol))
                    self._payments.setdefault(pay_step, []).append(owed)

    def _close_before(self, split: Split, step: int) -> Fraction:
        """Return the last close, in ticks of the share that this split finds."""
        series = self.market.series[split.symbol]
        close = Fraction(series.closes.item(self.timeline.rows[split.symbol].item(step) - 1))
        for action in self._due[step]:
            if action is split:
                break
            if isinstance(action, Split) and action.symbol == split.symbol:
                close /= action.ratio
        return close

    def _rescale_orders(self, split: Split, time: int) -> None:
        for order in [order for order in self.book.orders.values() if order.symbol == split.symbol]:
            rescaled = order.rescaled(split)
            if rescaled.leaves:
                self._keep(rescaled)
            else:
                self.cancel(order.client_id, time, Reason.QUANTITY_BELOW_ONE_LOT)

    def _match(self, step: int) -> None:
        time = self.timeline.times.item(step)
        working = [
            order
            for order in self.book.orders.values()
            if self._eligible[order.client_id] <= time and self._tradable(order.symbol, step)
        ]
        resting = [order for order in working if not self._try_open(order, step)]
        for order in resting:
            series = self.market.series[order.symbol]
            row = self.timeline.rows[order.symbol].item(step)
            stop = order.request.stop_ticks or 0
            price = fill_in_range(order.request.side, stop, series.highs.item(row), series.lows.item(row))
            if price is not None:
                self._fill(order, price, step)

    def _tradable(self, symbol: str, step: int) -> bool:
        """Return whether the symbol trades at this step: a bar, with volume if its feed has any."""
        if not self.timeline.fresh[symbol].item(step):
            return False
        series = self.market.series[symbol]
        return not series.has_volume or series.volumes.item(self.timeline.rows[symbol].item(step)) > 0

    def _try_open(self, order: Order, step: int) -> bool:
        series = self.market.series[order.symbol]
        open_ = series.opens.item(self.timeline.rows[order.symbol].item(step))
        price = fill_at_open(order.request.type, order.request.side, order.request.stop_ticks or 0, open_)
        if price is None:
            return False
        self._fill(order, price, step)
        return True

    def _fill(self, order: Order, ticks: int, step: int) -> None:
        time = self.timeline.times.item(step)
        lots = self._affordable(order, ticks)
        if lots:
            sequence = len(self.fills) + 1
            value = order.instrument.value(ticks, lots)
            fill = Fill(
                execution_id=f"{order.client_id}-{sequence}",
                client_id=order.client_id,
                sequence=sequence,
                instrument=order.instrument,
                side=order.request.side,
                lots=lots,
                ticks=ticks,
                value=value,
                fee=self.venue.commission.charge(value),
                time=time,
            )
            self.fills.append(self.ledger.post(fill))
            self.history.note_lots(order.symbol, step, self.book.lots(order.symbol))
            order = order.filled_by(lots, ticks, value, time)
            self._keep(order)
        if order.leaves:
            buying = order.request.side is Side.BUY
            reason = Reason.INSUFFICIENT_CASH if buying else Reason.SHORT_SALE_NOT_ALLOWED
            self.cancel(order.client_id, time, reason)

    def _affordable(self, order: Order, ticks: int) -> int:
        """Return how many lots the account can settle: a cash account owes neither money nor shares.

        Risk has judged the order at the last close, but the open may lie above it, and two stops may guard
        the same shares.
        """
        if order.request.side is Side.SELL:
            return max(0, min(order.leaves, self.book.lots(order.symbol)))

        def cost(lots: int) -> int:
            value = order.instrument.value(ticks, lots)
            return value + self.venue.commission.charge(value)

        if cost(order.leaves) <= self.ledger.cash:
            return order.leaves
        return max(0, bisect_right(range(order.leaves + 1), self.ledger.cash, key=cost) - 1)


def _check_currency(market: MarketData, currency: str) -> None:
    """Raise InputError where prices or dividends are not in the account's currency: nothing is converted."""
    quoted = [series.instrument for series in market.series.values()]
    paid = [action for action in market.actions if isinstance(action, Dividend)]
    for symbol, theirs, what in (
        *((instrument.symbol, instrument.currency, "is quoted") for instrument in quoted),
        *((dividend.symbol, dividend.currency, "pays a dividend") for dividend in paid),
    ):
        if theirs != currency:
            raise InputError(
                f"{symbol} {what} in {theirs}, the portfolio is in {currency}.",
                "Use instruments of the portfolio's currency, or set portfolio.currency.",
            )

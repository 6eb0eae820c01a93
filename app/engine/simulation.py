"""One simulated account on one market, step by step: the kernel over lists, and views of its tables."""

from collections.abc import Callable, Iterable, Mapping

from app.domain.errors import InputError, OutOfRange
from app.domain.events import Dividend, Split
from app.domain.intents import OrderType, Side
from app.domain.orders import OrderRequest, Reason
from app.domain.positions import Position
from app.engine.book import Book
from app.engine.codes import FORCE_CODES, KIND_CODES, REASON_CODES
from app.engine.columns import BarSeries, MarketData
from app.engine.consolidation import Consolidator
from app.engine.desk import Desk, as_arrays, open_desk
from app.engine.equity import History, history_of
from app.engine.kernel import layout as at
from app.engine.kernel.matching import match
from app.engine.kernel.orders import end, end_alone
from app.engine.kernel.orders import tidy as drop_ended
from app.engine.kernel.posting import pay
from app.engine.kernel.taking import accept, change, liquidate, place, refuse, watch
from app.engine.kernel.upkeep import act, finance
from app.engine.market_columns import MarketColumns
from app.engine.records import Records
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline
from app.engine.venue import AccountKind, VenueModel
from app.engine.views import Bars
from app.indicators.base import Indicator

_NO_STEP = 2**62


class Simulation:
    """The venue, the account and the views of a backtest; it decides nothing and does no I/O.

    `advance(step)` does a timestamp's work in order: corporate actions, interest, the open, the range, the
    close, the margin call. `orders`, `fills`, `cash` and `trades` are everything so far, oldest first;
    `changed` is not empty where `drain` has something to tell. `named` gives the client order id of (symbol,
    step, index).
    """

    def __init__(
        self,
        market: MarketData,
        venue: VenueModel,
        currency: str,
        indicators: Mapping[str, Indicator],
        *,
        named: Callable[[str, int, int], str] = lambda symbol, step, index: f"{symbol}-{step}-{index}",
        finer: Mapping[str, BarSeries] | None = None,
        sessions: Sessions | None = None,
        consolidators: Mapping[str, Consolidator] | None = None,
    ) -> None:
        _check_currency(market, currency)
        self.market = market
        self.venue = venue
        self.sessions = sessions
        self.timeline = Timeline(market)
        self.desk: Desk = open_desk(market, self.timeline, venue)
        self.symbols = {symbol: number for number, symbol in enumerate(market.series)}
        self.tags: dict[int, str] = {}
        instruments = [series.instrument for series in market.series.values()]
        self.records = Records(self.desk, instruments, named, self.tags)
        self.orders, self.fills = self.records.orders, self.records.fills
        self.cash, self.trades = self.records.cash, self.records.trades
        self.changed: list[int] = self.desk[at.D_CHANGED]
        self.columns = MarketColumns(market, self.timeline, venue, finer or {}, sessions)
        self.desk[at.D_FINER].extend(self.columns.finer)
        self.book = Book(market, self.timeline, self.desk, self.records)
        self.bars = Bars(
            market, self.timeline, indicators, consolidators=consolidators or {}, sessions=sessions
        )
        self._actions = self.desk[at.D_ACTIONS]
        self._next_action = 0
        self._action_step = self._actions[0][at.E_STEP] if self._actions else _NO_STEP
        self._watched: tuple[int, ...] = ()
        account = venue.account
        self._see = self.bars.advance
        self._lends = account.kind is not AccountKind.CASH
        self._charges_interest = any((account.borrow_rate, account.debit_rate, account.credit_rate))
        self.step = 0

    @property
    def positions(self) -> list[Position]:
        """Return every position that was ever held."""
        return self.records.positions()

    @property
    def ambiguous(self) -> int:
        """Return how many fills one bar could not order in time."""
        return int(self.desk[at.D_ACCOUNT][at.A_AMBIGUOUS])

    def deposit(self, amount: int, step: int = 0) -> None:
        """Add outside money, in minor units."""
        pay(at.DEPOSIT, amount, self.timeline.times.item(step), -1, -1, step, self.desk)
        self._check()

    def advance(self, step: int) -> None:
        """Take a timestamp's bars and everything that they cause. Raises OutOfRange beyond 64 bits."""
        self.step = self.book.step = step
        if step == self._action_step:
            self._act(step)
        if self._charges_interest:
            self._finance(step)
        if self._watched and self._wakes(step):
            self._match(step)
        self._see(step)
        if self._lends:
            self._call(step)

    def accept(
        self, requests: Iterable[OrderRequest], step: int, index: int = 0, moment: int = at.NEVER
    ) -> int:
        """Take orders made together at a step, with their children; return how many orders they are.

        They work from the first bar that starts when all bars seen so far have ended, and not before
        `moment`. `index` is the first order's place among those of the step, its children follow it. Those of
        one group are an OCO.
        """
        eligible = max(self.timeline.known_until.item(step), moment)
        taking = _Taking(self, step, eligible, index)
        for request in requests:
            taking.take(request)
        self._rewatch()
        self._check()
        return taking.index - index

    def refuse(self, request: OrderRequest, step: int, index: int, reason: Reason) -> None:
        """Record an order that was denied."""
        row = _Taking(self, step, 0, index).write(request, -1, {})
        refuse(row, REASON_CODES[reason], self.desk)

    def cancel(self, row: int, step: int, reason: Reason) -> None:
        """Cancel a working order, by its row."""
        end(row, at.CANCELED, REASON_CODES[reason], self.timeline.times.item(step), self.desk)
        drop_ended(self.desk)
        self._rewatch()

    def end_all(self, step: int, reason: Reason) -> None:
        """Cancel every working order, each for this reason."""
        for row in list(self.desk[at.D_WORKING]):
            end_alone(row, REASON_CODES[reason], self.timeline.times.item(step), self.desk)
        drop_ended(self.desk)
        self._rewatch()

    def replace(self, row: int, step: int, request: OrderRequest) -> None:
        """Change a working order in place to the lots and prices of a request."""
        symbol = self.desk[at.D_ORDERS][row][at.O_SYMBOL]
        eligible = self.timeline.known_until.item(step)
        change(
            row,
            request.lots,
            request.limit_ticks or 0,
            request.stop_ticks or 0,
            request.trail_ticks or 0,
            REASON_CODES[Reason.REPLACED_BELOW_FILLED],
            self.columns.start(symbol, step),
            self.columns.session_close(symbol, step, eligible),
            eligible,
            self.timeline.times.item(step),
            self.desk,
        )
        drop_ended(self.desk)
        self._rewatch()

    def drain(self) -> list[int]:
        """Return the rows of the orders that changed since this was last asked, each once, oldest first."""
        changed = self.desk[at.D_CHANGED]
        if not changed:
            return []
        rows = list(dict.fromkeys(changed))
        changed.clear()
        return rows

    def history(self) -> History:
        """Return the steps at which cash and holdings changed, and what they were from then on."""
        cash = as_arrays(self.desk[at.D_CASH], at.CASH_COLUMNS)
        holdings = as_arrays(self.desk[at.D_HOLDINGS], at.HOLDING_COLUMNS)
        return history_of(cash, holdings, tuple(self.symbols))

    def _act(self, step: int) -> None:
        time = self.timeline.times.item(step)
        while self._next_action < len(self._actions):
            row = self._actions[self._next_action]
            if row[at.E_STEP] != step:
                break
            act(self._next_action, time, self.desk)
            if row[at.E_KIND] == at.REMOVAL:
                self.book.delisted.add(list(self.symbols)[row[at.E_SYMBOL]])
            if row[at.E_KIND] == at.SPLIT:
                symbol = list(self.symbols)[row[at.E_SYMBOL]]
                split = Split(symbol, time, row[at.E_PART], row[at.E_WHOLE])
                self.bars.split(split, step)
            self._next_action += 1
        more = self._next_action < len(self._actions)
        self._action_step = self._actions[self._next_action][at.E_STEP] if more else _NO_STEP
        self._rewatch()
        self._check()

    def _finance(self, step: int) -> None:
        self._mark(step - 1)
        finance(step, self.timeline.times.item(step), self.desk)
        self._check()

    def _call(self, step: int) -> None:
        self._mark(step)
        time, until = self.timeline.times.item(step), self.timeline.known_until.item(step)
        if liquidate(step, time, until, self.desk):
            self._rewatch()

    def _mark(self, step: int) -> None:
        for symbol, position in enumerate(self.desk[at.D_POSITIONS]):
            if position[at.P_LOTS] and step >= 0:
                position[at.P_MARK] = self.columns.close(symbol, step)

    def _wakes(self, step: int) -> bool:
        """Return whether a bar of this step does anything to a working order of its symbol."""
        watch_rows, columns = self.desk[at.D_WATCH], self.columns
        until = None
        for symbol in self._watched:
            row = watch_rows[symbol]
            if row[at.W_EXPIRY] != at.LARGEST:
                if until is None:
                    until = self.timeline.known_until.item(step)
                if until >= row[at.W_EXPIRY]:
                    return True
            if row[at.W_BELOW] == at.LARGEST:
                if columns.has_bar(symbol, step):
                    return True
                continue
            bar = columns.range_at(symbol, step)
            if bar is not None and (bar[1] <= row[at.W_BELOW] or bar[0] >= row[at.W_ABOVE]):
                return True
        return False

    def _match(self, step: int) -> None:
        self.columns.load(self._watched, step, self.desk[at.D_BARS])
        match(step, self.timeline.times.item(step), self.timeline.known_until.item(step), self.desk)
        self._rewatch()
        self._check()

    def _rewatch(self) -> None:
        """Take note that the working orders have changed."""
        self.book.orders_changed()
        working = self.desk[at.D_WORKING]
        if not working:
            self._watched = ()
            return
        orders = self.desk[at.D_ORDERS]
        self._watched = tuple({orders[row][at.O_SYMBOL]: None for row in working})
        watch(self.desk)

    def _check(self) -> None:
        if self.desk[at.D_ACCOUNT][at.A_FAULT]:
            raise OutOfRange(
                "An amount of the account does not fit 64 bits.",
                "Use a coarser tick, smaller quantities or less capital.",
            )


class _Taking:
    """The orders of one batch on their way into the desk; `index` is the next one's place in its step."""

    def __init__(self, simulation: Simulation, step: int, eligible: int, index: int) -> None:
        self._simulation = simulation
        self._step = step
        self._time = simulation.timeline.times.item(step)
        self._eligible = eligible
        self._groups: dict[str, int] = {}
        self.index = index

    def take(self, request: OrderRequest, parent: int = -1, groups: dict[str, int] | None = None) -> None:
        """Write an order down, let it work, and go on with its children: their groups are their own."""
        row = self.write(request, parent, self._groups if groups is None else groups)
        simulation = self._simulation
        trails = request.type is OrderType.TRAILING_STOP
        mark = simulation.book.last_ticks(request.symbol) if trails else 0
        accept(row, mark or 0, simulation.desk)
        if request.then:
            family: dict[str, int] = {}
            for child in request.then:
                self.take(child, row, family)

    def write(self, request: OrderRequest, parent: int, groups: dict[str, int]) -> int:
        """Write an order down and return its row."""
        simulation = self._simulation
        symbol = simulation.symbols[request.symbol]
        group = 0
        if request.group:
            if request.group not in groups:
                account = simulation.desk[at.D_ACCOUNT]
                account[at.A_GROUPS] += 1
                groups[request.group] = account[at.A_GROUPS]
            group = groups[request.group]
        row = place(
            symbol,
            1 if request.side is Side.BUY else -1,
            KIND_CODES[request.type],
            request.lots,
            request.limit_ticks or 0,
            request.stop_ticks or 0,
            request.trail_ticks or 0,
            request.trail_ppm or 0,
            FORCE_CODES[request.time_in_force],
            simulation.columns.expiry(symbol, self._step, self._eligible, request, waits=parent >= 0),
            parent,
            group,
            int(request.reduce_only),
            self._eligible,
            self._time,
            self._step,
            self.index,
            simulation.desk,
        )
        self.index += 1
        if request.tag:
            simulation.tags[row] = request.tag
        return row


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

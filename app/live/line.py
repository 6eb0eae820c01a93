"""The line from a timestamp's bars to judged orders; the same in a backtest, on paper and live."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import localcontext
from typing import Any, Protocol

from app.domain.bars import moment
from app.domain.errors import LtsError, OutOfRange, RunFailed, described
from app.domain.instruments import Instrument
from app.domain.intents import Cancel, Intent, IntentError, Place, Replace, Side, Target
from app.domain.money import EXACT, half_even
from app.domain.orders import (
    ClientOrderIds,
    Denied,
    Order,
    OrderRequest,
    Proposal,
    Reason,
    Rule,
    Verdict,
)
from app.domain.positions import BookView
from app.ports import Bars, Portfolio, Strategy, last_price, placed, replaced
from app.risk.judge import CASH, judge, shrinks


@dataclass(frozen=True)
class Owner:
    """Whose decisions these are; the parts of every client order id."""

    run_id: str
    portfolio: str
    strategy: str
    _ids: dict[str, ClientOrderIds] = field(default_factory=dict, repr=False, compare=False)

    def named(self, symbol: str, step: int, index: int) -> str:
        """Return the client order id of the order at a place among those of a step."""
        ids = self._ids.get(symbol)
        if ids is None:
            ids = self._ids[symbol] = ClientOrderIds(
                run=self.run_id, portfolio=self.portfolio, asset=symbol, strategy=self.strategy
            )
        return ids.of(step, index)


class Venue(Protocol):
    """Where working orders are changed at once, by client order id."""

    def cancel(self, client_id: str) -> None:
        """Cancel an order; one that works no more is left alone."""
        ...

    def replace(self, client_id: str, request: OrderRequest) -> None:
        """Give a working order the lots and prices of a request."""
        ...


class Line:
    """strategy.decide -> intents -> portfolio.size -> requests -> risk.judge -> verdicts.

    `fee` estimates what a request is charged, from its symbol, whether it buys, its lots and their value.
    """

    def __init__(
        self,
        owner: Owner,
        *,
        strategy: Strategy,
        portfolio: Portfolio,
        rules: Sequence[Rule],
        fee: Callable[[str, bool, int, int], int],
        instruments: Mapping[str, Instrument],
        initial_margin: tuple[int, int] = CASH,
    ) -> None:
        self._strategy = strategy
        self._portfolio = portfolio
        self._rules = tuple(rules)
        self._fee = fee
        self._initial_margin = initial_margin
        self._instruments = instruments
        self.strategy_decides = strategy.decide
        self._strategy_name = f"Strategy {owner.strategy}"
        self._portfolio_name = f"Portfolio {type(portfolio).__name__}"

    def on_timer(self, name: str, bars: Bars, book: BookView, venue: Venue) -> Sequence[Verdict]:
        """Return the verdicts on what is wanted because a timer is due; raises as `answered` does."""
        try:
            intents = self._strategy.on_timer(name, bars, book)
        except Exception as error:
            raise self.blamed(error, bars.time) from error
        return self.answered(intents, bars, book, venue)

    def hear(self, order: Order, time: int) -> None:
        """Tell the strategy of an order that has changed. Raises RunFailed where it raises."""
        try:
            self._strategy.on_order_update(order)
        except Exception as error:
            raise self.blamed(error, time) from error

    def blamed(self, error: Exception, time: int) -> LtsError:
        """Return what the strategy raised as the error that a user meets, with its name and the time."""
        return _failed(self._strategy_name, time, error)

    def answered(
        self, intents: Sequence[Intent], bars: Bars, book: BookView, venue: Venue
    ) -> Sequence[Verdict]:
        """Return the verdicts on a timestamp's intents, in the order to act on them.

        Cancels and replacements act first, so that what they set free can be used at once. Raises RunFailed
        where a plugin raises or asks for a symbol that the run does not have, and OutOfRange where an amount
        does not fit 64 bits; both name the plugin and the time.
        """
        if not intents:
            return ()
        who = self._strategy_name
        with localcontext(EXACT):
            try:
                targets, requests, refused = self._sorted_out(tuple(intents), bars, book, venue)
                who = self._portfolio_name
                requests = [*self._sized(targets, bars, book), *requests]
                if len(requests) > 1:
                    requests.sort(key=lambda request: _turn(request, book))
                proposals = []
                for request in requests:
                    reason = _refusal(request, bars)
                    if reason is Reason.NONE:
                        reason = _untradable(request, bars, book)
                    if reason is Reason.NONE:
                        proposals.append(self._proposal(request, book))
                    else:
                        refused.append(Denied(request, reason))
                who = "A risk rule"
                return [*judge(proposals, book, self._rules, self._initial_margin), *refused]
            except Exception as error:
                raise _failed(who, bars.time, error) from error

    def _sorted_out(
        self, intents: tuple[Any, ...], bars: Bars, book: BookView, venue: Venue
    ) -> tuple[list[Target], list[OrderRequest], list[Verdict]]:
        """Carry out cancels and replacements; return targets, placed orders, and what was refused already."""
        targets: list[Target] = []
        requests: list[OrderRequest] = []
        refused: list[Verdict] = []
        for intent in intents:
            match intent:
                case Target(symbol):
                    self._instrument(symbol)
                    targets.append(intent)
                case Place(symbol):
                    requests.append(placed(intent, self._instrument(symbol)))
                case Cancel(client_id):
                    venue.cancel(client_id)
                case Replace():
                    refused.extend(self._replaced(intent, bars, book, venue))
                case _:
                    raise IntentError(
                        f"{type(intent).__name__!r} is no intent: `decide` returns Target, Place, Replace "
                        "and Cancel"
                    )
        return targets, requests, refused

    def _replaced(self, intent: Replace, bars: Bars, book: BookView, venue: Venue) -> list[Verdict]:
        """Change a working order if risk lets it; return the denial if not, nothing if it works no more."""
        order = book.orders.get(intent.client_id)
        if order is None:
            return []
        request = replaced(order, intent)
        left = max(0, request.lots - order.filled_lots)
        reason = _refusal(replace(request, lots=max(1, request.lots)), bars)
        if reason is Reason.NONE and left:
            proposal = self._proposal(replace(request, lots=left), book)
            without = Without(book, order, self._proposal(replace(order.request, lots=order.leaves), book))
            verdict = judge([proposal], without, self._rules, self._initial_margin)[0]
            reason = verdict.reason if isinstance(verdict, Denied) else Reason.NONE
        if reason is Reason.NONE:
            venue.replace(intent.client_id, request)
            return []
        return [Denied(replace(request, tag=f"replacement of {intent.client_id}"), reason)]

    def _sized(self, targets: list[Target], bars: Bars, book: BookView) -> list[OrderRequest]:
        """Return the requests for the targets; one without a price yet becomes a request of no lots."""
        if not targets:
            return []
        known, requests = [], []
        for target in targets:
            if target.symbol in bars:
                known.append(target)
            else:
                requests.append(OrderRequest(target.symbol, Side.BUY, 0, tag=target.tag))
        if known:
            weights = self._portfolio.allocate(known, bars, book, self._instruments)
            sized = self._portfolio.size(known, weights, bars, book, self._instruments)
            for request in sized:
                self._instrument(request.symbol)
                requests.append(request)
        return requests

    def _instrument(self, symbol: str) -> Instrument:
        try:
            return self._instruments[symbol]
        except KeyError:
            raise IntentError(
                f"{symbol!r} is not a symbol of this run; data.symbols are {', '.join(self._instruments)}"
            ) from None

    def _proposal(self, request: OrderRequest, book: BookView) -> Proposal:
        instrument = self._instruments[request.symbol]
        ticks = request.limit_ticks or request.stop_ticks or last_price(book, request.symbol)
        value = instrument.value(ticks, request.lots)
        fee = self._fee(request.symbol, request.side is Side.BUY, request.lots, value)
        return Proposal(request, instrument, value, fee)


class Without:
    """A book as it would be without one working order, for judging what shall stand in its place."""

    def __init__(self, book: BookView, order: Order, promised: Proposal) -> None:
        self._book = book
        self._order = order
        self.cash, self.equity = book.cash, book.equity
        self.exposure, self.orders = book.exposure, book.orders
        held, change = book.lots(order.symbol), promised.request.signed_lots
        grown = max(0, abs(held + change) - abs(held))
        opens = half_even(promised.value * grown, max(1, promised.request.lots))
        buys = order.request.side is Side.BUY
        waits = order.request.reduce_only
        self.reserved = book.reserved - (promised.value + promised.fee if buys and not waits else 0)
        self.opening = book.opening - (0 if waits else opens)

    def lots(self, symbol: str) -> int:
        """Return the signed lots held."""
        return self._book.lots(symbol)

    def expected_lots(self, symbol: str) -> int:
        """Return the signed lots held plus those in flight as other market orders."""
        flying = self._order.request.type.at_market and symbol == self._order.symbol
        own = self._order.leaves if self._order.request.side is Side.BUY else -self._order.leaves
        return self._book.expected_lots(symbol) - (own if flying else 0)

    def last_ticks(self, symbol: str) -> int | None:
        """Return the last raw close in ticks."""
        return self._book.last_ticks(symbol)

    def listed(self, symbol: str) -> bool:
        """Return whether a symbol still trades."""
        return self._book.listed(symbol)


def _turn(request: OrderRequest, book: BookView) -> int:
    """Return when a request is judged: reductions at the market, other market orders, then those that wait.

    So purchases may spend what sales bring in, and a stop may guard what is being bought beside it.
    """
    if not request.type.at_market:
        return 2
    return 0 if shrinks(book.expected_lots(request.symbol), request.signed_lots) else 1


def _refusal(request: OrderRequest, bars: Bars) -> Reason:
    """Return why a request, or one of those that follow it, is no order at all, or `Reason.NONE`."""
    if request.refusal is not Reason.NONE:
        return request.refusal
    if request.symbol not in bars:
        return Reason.NO_PRICE_YET
    if request.lots < 1:
        return Reason.QUANTITY_BELOW_ONE_LOT
    reason = _unpriced(request)
    if reason is Reason.NONE and request.expires_at is not None and request.expires_at <= bars.time:
        return Reason.ALREADY_EXPIRED
    for child in request.then:
        if reason is Reason.NONE:
            reason = _refusal(child, bars)
    return reason


def _untradable(request: OrderRequest, bars: Bars, book: BookView) -> Reason:
    """Return why nothing may be opened in the request's symbol now, or `Reason.NONE`."""
    symbol = request.symbol
    if not book.listed(symbol):
        return Reason.DELISTED
    reduces = request.reduce_only or shrinks(book.expected_lots(symbol), request.signed_lots)
    if bars.restricted and not reduces and symbol not in bars.universe:
        return Reason.NOT_IN_UNIVERSE
    return Reason.NONE


def _unpriced(request: OrderRequest) -> Reason:
    """Return which price of a request is missing or impossible, or `Reason.NONE`."""
    if request.type.needs_stop and request.stop_ticks is None:
        return Reason.STOP_PRICE_MISSING
    if request.stop_ticks is not None and request.stop_ticks < 1:
        return Reason.STOP_PRICE_NOT_POSITIVE
    if request.type.needs_limit and request.limit_ticks is None:
        return Reason.LIMIT_PRICE_MISSING
    if request.limit_ticks is not None and request.limit_ticks < 1:
        return Reason.LIMIT_PRICE_NOT_POSITIVE
    for trail in (request.trail_ticks, request.trail_ppm):
        if trail is not None and trail < 1:
            return Reason.TRAIL_NOT_POSITIVE
    return Reason.NONE


def _failed(who: str, time: int, error: Exception) -> LtsError:
    when = f"{moment(time):%Y-%m-%d %H:%M} UTC"
    if isinstance(error, OutOfRange):
        return OutOfRange(f"{who} at {when}: {error.problem}", error.remedy)
    remedy = error.remedy if isinstance(error, LtsError) and error.remedy else None
    return RunFailed(
        f"{who} failed at {when}: {described(error).rstrip('.')}.",
        remedy or "Mend the plugin; --debug shows where it happened.",
    )

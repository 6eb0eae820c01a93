"""The line from a timestamp's bars to judged orders; the same in a backtest, on paper and live."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import localcontext
from itertools import count

from app.domain.bars import moment
from app.domain.errors import LtsError, OutOfRange, RunFailed, described
from app.domain.instruments import Instrument
from app.domain.intents import Cancel, IntentError, OrderType, Place, Side, Target
from app.domain.money import EXACT
from app.domain.orders import (
    Approved,
    Denied,
    Order,
    OrderRequest,
    Proposal,
    Reason,
    Rule,
    client_order_id,
)
from app.domain.positions import BookView
from app.engine.fees import VenueModel
from app.engine.views import Bars
from app.ports import Portfolio, Strategy, last_price, placed
from app.risk.judge import judge, shrinks


@dataclass(frozen=True)
class Owner:
    """Whose decisions these are; the parts of every client order id."""

    run_id: str
    portfolio: str
    strategy: str


@dataclass(frozen=True)
class Decisions:
    """What came of one timestamp's intents."""

    approved: list[Order] = field(default_factory=list)
    denied: list[tuple[Order, Reason]] = field(default_factory=list)


NOTHING = Decisions()


class Line:
    """strategy.decide -> intents -> portfolio.size -> requests -> risk.judge -> orders."""

    def __init__(
        self,
        owner: Owner,
        *,
        strategy: Strategy,
        portfolio: Portfolio,
        rules: Sequence[Rule],
        venue: VenueModel,
        instruments: Mapping[str, Instrument],
    ) -> None:
        self._owner = owner
        self._strategy = strategy
        self._portfolio = portfolio
        self._rules = tuple(rules)
        self._venue = venue
        self._instruments = instruments
        self._sequence = count(1)
        self._strategy_name = f"Strategy {owner.strategy}"
        self._portfolio_name = f"Portfolio {type(portfolio).__name__}"

    def decide(self, step: int, bars: Bars, book: BookView, cancel: Callable[[str], object]) -> Decisions:
        """Return the orders that the strategy's intents at this step lead to, judged by risk.

        Cancels go to `cancel` first, by client order id, so that what they set free can be used at once;
        canceling what no longer works does nothing. Raises RunFailed where a plugin raises or asks for a
        symbol that the run does not have, and OutOfRange where an amount does not fit 64 bits; both name the
        plugin and the time.
        """
        try:
            intents = self._strategy.decide(bars, book)
            if not intents:
                return NOTHING
            found = tuple(intents)
        except Exception as error:
            raise _failed(self._strategy_name, bars.time, error) from error
        with localcontext(EXACT):
            return self._decided(found, step, bars, book, cancel)

    def hear(self, order: Order, time: int) -> None:
        """Tell the strategy of an order that has changed. Raises RunFailed where it raises."""
        with _calling(self._strategy_name, time):
            self._strategy.on_order_update(order)

    def _decided(
        self,
        intents: tuple[object, ...],
        step: int,
        bars: Bars,
        book: BookView,
        cancel: Callable[[str], object],
    ) -> Decisions:
        with _calling(self._strategy_name, bars.time):
            targets, placed_ = self._sorted_out(intents, cancel)
        with _calling(self._portfolio_name, bars.time):
            requests = [*self._sized(targets, bars, book), *placed_]
        requests.sort(key=lambda request: _turn(request, book))
        proposals, refused = [], []
        for request in requests:
            reason = _refusal(request, bars)
            if reason is Reason.NONE:
                proposals.append(self._proposal(request, book))
            else:
                refused.append(Denied(request, reason))
        with _calling("A risk rule", bars.time):
            verdicts = [*judge(proposals, book, self._rules), *refused]
        decisions = Decisions()
        for index, verdict in enumerate(verdicts):
            order = self._order(verdict.request, step, index, bars.time)
            match verdict:
                case Denied(reason=reason):
                    decisions.denied.append((order, reason))
                case Approved():
                    decisions.approved.append(order)
        return decisions

    def _sorted_out(
        self, intents: tuple[object, ...], cancel: Callable[[str], object]
    ) -> tuple[list[Target], list[OrderRequest]]:
        """Carry out the cancels, and return the targets and the placed orders as requests."""
        targets: list[Target] = []
        requests: list[OrderRequest] = []
        for intent in intents:
            match intent:
                case Cancel(client_id):
                    cancel(client_id)
                case Target(symbol):
                    self._instrument(symbol)
                    targets.append(intent)
                case Place(symbol):
                    requests.append(placed(intent, self._instrument(symbol)))
                case _:
                    raise IntentError(
                        f"{type(intent).__name__!r} is no intent: `decide` returns Target, Place and Cancel"
                    )
        return targets, requests

    def _sized(self, targets: list[Target], bars: Bars, book: BookView) -> list[OrderRequest]:
        """Return the requests for the targets; one without a price yet becomes a request of no lots."""
        known = [target for target in targets if target.symbol in bars]
        requests = [
            OrderRequest(target.symbol, Side.BUY, 0, tag=target.tag)
            for target in targets
            if target.symbol not in bars
        ]
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
        ticks = request.stop_ticks if request.stop_ticks is not None else last_price(book, request.symbol)
        value = instrument.value(ticks, request.lots)
        return Proposal(request, instrument, value, self._venue.commission.charge(value))

    def _order(self, request: OrderRequest, step: int, index: int, time: int) -> Order:
        owner = self._owner
        return Order(
            client_id=client_order_id(
                run=owner.run_id,
                portfolio=owner.portfolio,
                asset=request.symbol,
                strategy=owner.strategy,
                sequence=step,
                index=index,
            ),
            sequence=next(self._sequence),
            instrument=self._instruments[request.symbol],
            request=request,
            submitted_at=time,
            updated_at=time,
        )


def _turn(request: OrderRequest, book: BookView) -> int:
    """Return when a request is judged: reductions at the market, other market orders, then those that wait.

    So purchases may spend what sales bring in, and a stop may guard what is being bought beside it.
    """
    if request.type is not OrderType.MARKET:
        return 2
    return 0 if shrinks(book.expected_lots(request.symbol), request.signed_lots) else 1


def _refusal(request: OrderRequest, bars: Bars) -> Reason:
    """Return why a request is no order at all, or `Reason.NONE`."""
    if request.refusal is not Reason.NONE:
        return request.refusal
    if request.symbol not in bars:
        return Reason.NO_PRICE_YET
    if request.lots < 1:
        return Reason.QUANTITY_BELOW_ONE_LOT
    if request.type.needs_stop and request.stop_ticks is None:
        return Reason.STOP_PRICE_MISSING
    if request.stop_ticks is not None and request.stop_ticks < 1:
        return Reason.STOP_PRICE_NOT_POSITIVE
    return Reason.NONE


@contextmanager
def _calling(who: str, time: int) -> Iterator[None]:
    """Name the plugin and the time in every error that its code raises."""
    try:
        yield
    except Exception as error:
        raise _failed(who, time, error) from error


def _failed(who: str, time: int, error: Exception) -> LtsError:
    when = f"{moment(time):%Y-%m-%d %H:%M} UTC"
    if isinstance(error, OutOfRange):
        return OutOfRange(f"{who} at {when}: {error.problem}", error.remedy)
    return RunFailed(
        f"{who} failed at {when}: {described(error).rstrip('.')}.",
        "Mend the plugin; --debug shows where it happened.",
    )

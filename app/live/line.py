"""The line from a timestamp's bars to judged orders; the same in a backtest, on paper and live."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import localcontext
from itertools import count
from traceback import walk_tb

from app.domain.bars import moment
from app.domain.errors import LtsError, OutOfRange, RunFailed
from app.domain.instruments import Instrument
from app.domain.intents import Cancel, Intent, Place, Side, Target
from app.domain.money import EXACT
from app.domain.orders import (
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
from app.ports import Portfolio, Strategy, placed
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
    cancels: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to do."""
        return not (self.approved or self.denied or self.cancels)


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

    def decide(self, step: int, bars: Bars, book: BookView) -> Decisions:
        """Return the orders that the strategy's intents at this step lead to, judged by risk.

        Raises RunFailed where a plugin raises, or asks for a symbol that the run does not have, and
        OutOfRange where an amount does not fit 64 bits.
        """
        try:
            intents = self._strategy.decide(bars, book)
            if not intents:
                return NOTHING
            with localcontext(EXACT):
                return self._decided(self._checked(intents), step, bars, book)
        except (RunFailed, OutOfRange):
            raise
        except Exception as error:
            raise self._failed(error, bars.time) from error

    def hear(self, order: Order, time: int) -> None:
        """Tell the strategy of an order that has changed. Raises RunFailed where it raises."""
        try:
            self._strategy.on_order_update(order)
        except Exception as error:
            raise self._failed(error, time) from error

    def _failed(self, error: Exception, time: int) -> RunFailed:
        reason = error.problem if isinstance(error, LtsError) else str(error)
        return RunFailed(
            f"{self._blame(error)} failed at {moment(time):%Y-%m-%d %H:%M} UTC: "
            f"{type(error).__name__}: {reason.rstrip('.')}.",
            "Mend the plugin; --debug shows where it happened.",
        )

    def _blame(self, error: Exception) -> str:
        """Return the plugin in which the error arose: the portfolio if a method of it was being called."""
        for frame, _ in walk_tb(error.__traceback__):
            if any(value is self._portfolio for value in frame.f_locals.values()):
                return f"Portfolio {type(self._portfolio).__name__}"
        return f"Strategy {self._owner.strategy}"

    def _checked(self, intents: Iterable[object]) -> tuple[Intent, ...]:
        """Return the intents of a sequence or a generator. Raises RunFailed for anything else in it."""
        found = tuple(intents)
        for intent in found:
            if not isinstance(intent, Target | Place | Cancel):
                kind = type(intent).__name__
                raise RunFailed(
                    f"Strategy {self._owner.strategy} returned {kind!r}, which is no intent.",
                    "`decide` returns a list of Target, Place and Cancel.",
                )
        return found

    def _decided(self, intents: Sequence[Intent], step: int, bars: Bars, book: BookView) -> Decisions:
        requests, unpriced = self._requests(intents, bars, book)
        requests.sort(key=lambda request: not self._reduces(request, book))
        decisions = Decisions(cancels=[intent.client_id for intent in intents if isinstance(intent, Cancel)])
        proposals = []
        for request in requests:
            refusal = _invalid(request)
            if refusal is Reason.NONE:
                proposals.append(self._proposal(request, book))
            else:
                unpriced.append((request, refusal))
        for index, verdict in enumerate(judge(proposals, book, self._rules)):
            order = self._order(verdict.request, step, index, bars.time)
            match verdict:
                case Denied(reason=reason):
                    decisions.denied.append((order, reason))
                case _:
                    decisions.approved.append(order)
        for index, (request, reason) in enumerate(unpriced, len(proposals)):
            decisions.denied.append((self._order(request, step, index, bars.time), reason))
        return decisions

    def _requests(
        self, intents: Sequence[Intent], bars: Bars, book: BookView
    ) -> tuple[list[OrderRequest], list[tuple[OrderRequest, Reason]]]:
        """Return the sized requests, and those that cannot be sized because there is no price yet."""
        targets: list[Target] = []
        requests: list[OrderRequest] = []
        unpriced: list[tuple[OrderRequest, Reason]] = []
        for intent in intents:
            if isinstance(intent, Cancel):
                continue
            instrument = self._instrument(intent.symbol)
            request = placed(intent, instrument) if isinstance(intent, Place) else None
            if intent.symbol not in bars:
                nothing = OrderRequest(intent.symbol, Side.BUY, 0, tag=intent.tag)
                unpriced.append((request or nothing, Reason.NO_PRICE_YET))
            elif isinstance(intent, Target):
                targets.append(intent)
            elif request is not None:
                requests.append(request)
        if targets:
            weights = self._portfolio.allocate(targets, bars, book, self._instruments)
            requests.extend(self._portfolio.size(targets, weights, bars, book, self._instruments))
        return requests, unpriced

    def _instrument(self, symbol: str) -> Instrument:
        try:
            return self._instruments[symbol]
        except KeyError:
            raise RunFailed(
                f"Strategy {self._owner.strategy} asked for {symbol!r}, which is not a symbol of this run.",
                f"Add it to data.symbols (now: {', '.join(self._instruments)}) or mend the strategy.",
            ) from None

    def _reduces(self, request: OrderRequest, book: BookView) -> bool:
        return shrinks(book.expected_lots(request.symbol), request.signed_lots)

    def _proposal(self, request: OrderRequest, book: BookView) -> Proposal:
        instrument = self._instrument(request.symbol)
        ticks = request.stop_ticks or book.last_ticks(request.symbol) or 0
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
            instrument=self._instrument(request.symbol),
            request=request,
            submitted_at=time,
            updated_at=time,
        )


def _invalid(request: OrderRequest) -> Reason:
    """Return why a request is no order at all, or `Reason.NONE`."""
    if request.lots < 1:
        return Reason.QUANTITY_BELOW_ONE_LOT
    if request.type.needs_stop and request.stop_ticks is None:
        return Reason.STOP_PRICE_MISSING
    if request.stop_ticks is not None and request.stop_ticks < 1:
        return Reason.STOP_PRICE_NOT_POSITIVE
    return Reason.NONE

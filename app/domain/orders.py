"""Orders: what is asked of a venue, how far it has come, and which moves are legal."""

from base64 import b32encode
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from app.domain.errors import LtsError
from app.domain.instruments import Instrument
from app.domain.intents import IntentError, OrderType, Side, TimeInForce
from app.domain.money import EXACT


class OrderStatus(StrEnum):
    """How far an order has come; `MOVES` says what may follow."""

    NEW = "new"
    DENIED = "denied"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    TRIGGERED = "triggered"
    PARTIALLY_FILLED = "partially_filled"
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REJECTED = "rejected"


_S = OrderStatus
_WORKING = frozenset({_S.PARTIALLY_FILLED, _S.FILLED, _S.CANCELED, _S.EXPIRED})
_LATE_FILLS = frozenset({_S.PARTIALLY_FILLED, _S.FILLED})

MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    _S.NEW: frozenset({_S.DENIED, _S.SUBMITTED, _S.CANCELED, _S.EXPIRED}),
    _S.SUBMITTED: _WORKING | {_S.ACCEPTED, _S.REJECTED},
    _S.ACCEPTED: _WORKING | {_S.TRIGGERED, _S.REJECTED},
    _S.TRIGGERED: _WORKING | {_S.REJECTED},
    _S.PARTIALLY_FILLED: _WORKING,
    _S.CANCELED: _LATE_FILLS,
    _S.EXPIRED: _LATE_FILLS,
    _S.DENIED: frozenset(),
    _S.REJECTED: frozenset(),
    _S.FILLED: frozenset(),
}

OPEN = frozenset({_S.NEW, _S.SUBMITTED, _S.ACCEPTED, _S.TRIGGERED, _S.PARTIALLY_FILLED})


class PendingAction(StrEnum):
    """What we have asked of a working order and not yet had answered."""

    NONE = "none"
    CANCEL = "cancel"
    REPLACE = "replace"


class Certainty(StrEnum):
    """Whether the venue has answered for the order's status."""

    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why an order was denied, canceled or rejected: an enumerated code, never free text."""

    NONE = ""
    NO_PRICE_YET = "no_price_yet"
    QUANTITY_BELOW_ONE_LOT = "quantity_below_one_lot"
    STOP_PRICE_MISSING = "stop_price_missing"
    STOP_PRICE_NOT_POSITIVE = "stop_price_not_positive"
    LIMIT_PRICE_MISSING = "limit_price_missing"
    LIMIT_PRICE_NOT_POSITIVE = "limit_price_not_positive"
    TRAIL_NOT_POSITIVE = "trail_not_positive"
    ALREADY_EXPIRED = "already_expired"
    SHORT_SALE_NOT_ALLOWED = "short_sale_not_allowed"
    INSUFFICIENT_CASH = "insufficient_cash"
    INSUFFICIENT_MARGIN = "insufficient_margin"
    NOT_IN_UNIVERSE = "not_in_universe"
    REPLACED_BELOW_FILLED = "replaced_below_filled"
    GROUP_DONE = "group_done"
    PARENT_CLOSED = "parent_closed"
    POSITION_CLOSED = "position_closed"
    TIME_IN_FORCE = "time_in_force"
    MARGIN_CALL = "margin_call"
    DELISTED = "delisted"
    CANCELED_BY_STRATEGY = "canceled_by_strategy"
    END_OF_DATA = "end_of_data"
    INTERRUPTED = "interrupted"


class IllegalTransition(LtsError):
    """A report would move an order in a way that `MOVES` does not allow."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order that somebody wants, sized in lots and priced in ticks, not yet judged by risk.

    `trail_ppm` is a trailing distance in millionths of the price, `expires_at` UTC nanoseconds. Requests of
    one batch with the same `group` are an OCO, those in `then` wait for this one. `refusal` is the reason for
    which whoever sized it knows already that it cannot be. Raises IntentError for negative lots.
    """

    symbol: str
    side: Side
    lots: int
    type: OrderType = OrderType.MARKET
    time_in_force: TimeInForce = TimeInForce.GTC
    stop_ticks: int | None = None
    tag: str = ""
    refusal: Reason = Reason.NONE
    limit_ticks: int | None = None
    trail_ticks: int | None = None
    trail_ppm: int | None = None
    expires_at: int | None = None
    group: str = ""
    reduce_only: bool = False
    then: tuple["OrderRequest", ...] = ()

    def __post_init__(self) -> None:
        if self.lots < 0:
            raise IntentError(f"An order for {self.symbol} has a quantity below zero; sell with its side.")

    @property
    def signed_lots(self) -> int:
        """Return the lots with the sign of their effect on the position."""
        return self.lots if self.side is Side.BUY else -self.lots


@dataclass(frozen=True, slots=True)
class Order:
    """One order and how far it has come; `submitted_at` and `updated_at` are event time, UTC nanoseconds.

    `parent` is the sequence of the order that this one waits for, 0 where it waits for none.
    """

    client_id: str
    sequence: int
    instrument: Instrument
    request: OrderRequest
    submitted_at: int
    updated_at: int
    status: OrderStatus = OrderStatus.NEW
    pending: PendingAction = PendingAction.NONE
    certainty: Certainty = Certainty.CONFIRMED
    filled_lots: int = 0
    filled_value: int = 0
    filled_notional: int = 0
    reason: Reason = Reason.NONE
    parent: int = 0

    @property
    def symbol(self) -> str:
        """Return the symbol of the order's instrument."""
        return self.request.symbol

    @property
    def leaves(self) -> int:
        """Return the lots that are still to be filled."""
        return self.request.lots - self.filled_lots

    @property
    def is_open(self) -> bool:
        """Return whether the order may still be filled in the ordinary way."""
        return self.status in OPEN

    @property
    def quantity(self) -> Decimal:
        """Return the ordered quantity."""
        return self.instrument.quantity(self.request.lots)

    @property
    def filled(self) -> Decimal:
        """Return the filled quantity."""
        return self.instrument.quantity(self.filled_lots)

    @property
    def average_price(self) -> Decimal | None:
        """Return the average of the prices paid, weighted by quantity; None before the first fill."""
        if not self.filled_lots:
            return None
        return EXACT.divide(self.instrument.price(self.filled_notional), Decimal(self.filled_lots))

    @property
    def stop_price(self) -> Decimal | None:
        """Return the stop price, or None for an order without one."""
        ticks = self.request.stop_ticks
        return None if ticks is None else self.instrument.price(ticks)

    def moved(self, status: OrderStatus, at: int, reason: Reason = Reason.NONE) -> "Order":
        """Return the order in its next status; raises IllegalTransition for a move not in `MOVES`."""
        if status not in MOVES[self.status]:
            raise IllegalTransition(
                f"Order {self.client_id} ({self.symbol}) cannot go from {self.status} to {status}."
            )
        return replace(self, status=status, updated_at=at, reason=reason)


class ClientOrderIds:
    """The ids of one strategy's orders in one symbol: 19 characters that only the same decision gets.

    Base32 letters and digits, so that every venue accepts them; 95 bits of a SHA-256 of whose decision it is.
    """

    def __init__(self, *, run: str, portfolio: str, asset: str, strategy: str) -> None:
        framed = "".join(f"{len(part)}:{part}" for part in (run, portfolio, asset, strategy))
        self._begun = sha256(framed.encode())

    def of(self, sequence: int, index: int) -> str:
        """Return the id of the order at a place among those that one input (timestamp) caused."""
        digest = self._begun.copy()
        first, second = str(sequence), str(index)
        digest.update(f"{len(first)}:{first}{len(second)}:{second}".encode())
        return b32encode(digest.digest()[:15])[:19].decode()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A request with its price at the last close: `value` and `fee` are estimates in minor units."""

    request: OrderRequest
    instrument: Instrument
    value: int
    fee: int


@dataclass(frozen=True, slots=True)
class Approved:
    """Risk lets the request pass."""

    request: OrderRequest


@dataclass(frozen=True, slots=True)
class Denied:
    """Risk refuses the request, with the enumerated reason."""

    request: OrderRequest
    reason: Reason


Verdict = Approved | Denied


@dataclass
class Promised:
    """What the proposals judged so far leave: cash and free margin in minor units, expected lots by symbol.

    `margin` is equity less the initial margin of positions and of working orders that open some.
    """

    cash: int
    lots: dict[str, int]
    margin: int = 0


class Rule(Protocol):
    """A limit on new exposure; risk never shows it a mere reduction."""

    def refuses(self, proposal: Proposal, promised: Promised) -> Reason:
        """Return the reason against a proposal, or `Reason.NONE`."""
        ...

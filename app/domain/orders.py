"""Orders: what is asked of a venue, how far it has come, and which moves are legal."""

from base64 import b32encode
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import Protocol

from app.domain.errors import LtsError
from app.domain.events import Split
from app.domain.instruments import Instrument
from app.domain.intents import IntentError, OrderType, Side, TimeInForce
from app.domain.money import EXACT, half_even


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
    SHORT_SALE_NOT_ALLOWED = "short_sale_not_allowed"
    INSUFFICIENT_CASH = "insufficient_cash"
    CANCELED_BY_STRATEGY = "canceled_by_strategy"
    END_OF_DATA = "end_of_data"
    INTERRUPTED = "interrupted"


class IllegalTransition(LtsError):
    """A report would move an order in a way that `MOVES` does not allow."""


@dataclass(frozen=True, slots=True)
class OrderRequest:
    """An order that somebody wants, sized in lots and priced in ticks, not yet judged by risk.

    `refusal` is the reason for which whoever sized it knows already that it cannot be. Raises IntentError for
    negative lots.
    """

    symbol: str
    side: Side
    lots: int
    type: OrderType = OrderType.MARKET
    time_in_force: TimeInForce = TimeInForce.GTC
    stop_ticks: int | None = None
    tag: str = ""
    refusal: Reason = Reason.NONE

    def __post_init__(self) -> None:
        if self.lots < 0:
            raise IntentError(f"An order for {self.symbol} has a quantity below zero; sell with its side.")

    @property
    def signed_lots(self) -> int:
        """Return the lots with the sign of their effect on the position."""
        return self.lots if self.side is Side.BUY else -self.lots


@dataclass(frozen=True, slots=True)
class Order:
    """One order and how far it has come; `submitted_at` and `updated_at` are event time, UTC nanoseconds."""

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

    def filled_by(self, lots: int, ticks: int, value: int, at: int) -> "Order":
        """Return the order after a fill of so many lots at a price, worth so many minor units."""
        total = self.filled_lots + lots
        done = OrderStatus.FILLED if total >= self.request.lots else OrderStatus.PARTIALLY_FILLED
        moved = self.moved(done, at)
        return replace(
            moved,
            filled_lots=total,
            filled_value=self.filled_value + value,
            filled_notional=self.filled_notional + ticks * lots,
        )

    def rescaled(self, split: Split) -> "Order":
        """Return the order in new shares: `leaves` floored to the lot, the stop rounded to the nearest tick.

        What has been filled stays as it was recorded, so `leaves` is 0 when less than one lot is left.
        """
        request, stop = self.request, self.request.stop_ticks
        leaves = self.leaves * split.numerator // split.denominator
        if stop is not None:
            stop = max(1, half_even(stop * split.denominator, split.numerator))
        return replace(self, request=replace(request, lots=self.filled_lots + leaves, stop_ticks=stop))


def client_order_id(*, run: str, portfolio: str, asset: str, strategy: str, sequence: int, index: int) -> str:
    """Return the 19-character id that the same decision of the same run always gets, and no other does.

    `sequence` is the input (timestamp) that caused the order, `index` its place among that input's orders.
    Base32 letters and digits only, so that every venue accepts it; 95 bits of SHA-256.
    """
    parts = (run, portfolio, asset, strategy, str(sequence), str(index))
    framed = "".join(f"{len(part)}:{part}" for part in parts)
    return b32encode(sha256(framed.encode()).digest())[:19].decode()


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
    """What the proposals judged so far leave: cash in minor units, and expected lots by symbol."""

    cash: int
    lots: dict[str, int]


class Rule(Protocol):
    """A limit on new exposure; risk never shows it a mere reduction."""

    def refuses(self, proposal: Proposal, promised: Promised) -> Reason:
        """Return the reason against a proposal, or `Reason.NONE`."""
        ...

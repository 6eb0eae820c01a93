"""What a strategy wants: a position to hold, an order to place, or an order to cancel."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from numbers import Integral, Real
from typing import Any

from app.domain.errors import LtsError

Number = Decimal | float | int


class Side(StrEnum):
    """The direction of an order."""

    BUY = "buy"
    SELL = "sell"


class OrderType(StrEnum):
    """How an order becomes executable."""

    MARKET = "market"
    STOP = "stop"

    @property
    def needs_stop(self) -> bool:
        """Return whether an order of this type is meaningless without a stop price."""
        return self is OrderType.STOP


class TimeInForce(StrEnum):
    """How long an order works: until it is canceled."""

    GTC = "gtc"


class IntentError(LtsError):
    """A strategy asked for something that has no meaning."""


_LONGEST_TAG = 200


def _number(value: Any, what: str) -> Number:
    """Return a finite number as Decimal, int or float, whatever library it came from."""
    if isinstance(value, bool) or not isinstance(value, Decimal | Real):
        raise IntentError(f"The {what} is {value!r}; it must be a number.")
    if isinstance(value, Integral):
        return int(value)
    number = value if isinstance(value, Decimal) else float(value)
    if not Decimal(number).is_finite():
        raise IntentError(f"The {what} is {number}; it must be a finite number.")
    return number


def _word(kind: type[StrEnum], value: Any, what: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        words = ", ".join(member.value for member in kind)
        raise IntentError(f"The {what} is {value!r}; it must be one of {words}.") from None


def _check_tag(tag: Any, symbol: str) -> None:
    """Refuse what a database, a terminal or a reader could not take as a short remark."""
    if not (isinstance(tag, str) and len(tag) <= _LONGEST_TAG and (tag.isprintable() or not tag)):
        raise IntentError(
            f"The tag of an intent for {symbol} must be printable text of at most {_LONGEST_TAG} characters."
        )


@dataclass(frozen=True, slots=True)
class Target:
    """Hold this much of a symbol: exactly one of `signal`, `weight` or `quantity`.

    `signal` (-1 to 1) is a share of what the portfolio plugin allots to the symbol, 0 is flat; `weight` is a
    share of the portfolio's equity; `quantity` is signed, in shares. Raises IntentError otherwise.
    """

    symbol: str
    signal: float | None = None
    weight: float | None = None
    quantity: Number | None = None
    tag: str = ""

    def __post_init__(self) -> None:
        _check_tag(self.tag, self.symbol)
        given = 0
        for name in ("signal", "weight", "quantity"):
            value = getattr(self, name)
            if value is not None:
                given += 1
                object.__setattr__(self, name, _number(value, f"{name} of a target for {self.symbol}"))
        if given != 1:
            raise IntentError(f"A target for {self.symbol} needs exactly one of signal, weight, quantity.")
        if self.signal is not None and not -1 <= self.signal <= 1:
            raise IntentError(f"A signal for {self.symbol} is {self.signal}; it must be from -1 to 1.")


@dataclass(frozen=True, slots=True)
class Place:
    """Place this order as it is: the quantity is positive, in shares; `stop` is the raw trigger price."""

    symbol: str
    side: Side
    quantity: Number
    type: OrderType = OrderType.MARKET
    stop: Number | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    tag: str = ""

    def __post_init__(self) -> None:
        _check_tag(self.tag, self.symbol)
        of = f"of an order for {self.symbol}"
        object.__setattr__(self, "side", _word(Side, self.side, f"side {of}"))
        object.__setattr__(self, "type", _word(OrderType, self.type, f"type {of}"))
        object.__setattr__(self, "quantity", _number(self.quantity, f"quantity {of}"))
        if self.stop is not None:
            if not self.type.needs_stop:
                raise IntentError(f"A {self.type} order for {self.symbol} has no use for a stop price.")
            object.__setattr__(self, "stop", _number(self.stop, f"stop {of}"))


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the working order with this client order id."""

    client_id: str


Intent = Target | Place | Cancel

"""What a strategy wants: a position to hold, an order to place, or an order to cancel."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

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
        given = [value for value in (self.signal, self.weight, self.quantity) if value is not None]
        if len(given) != 1:
            raise IntentError(f"A target for {self.symbol} needs exactly one of signal, weight, quantity.")
        if not Decimal(given[0]).is_finite():
            raise IntentError(f"A target for {self.symbol} is {given[0]}; it must be a finite number.")
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
        for name, value in (("quantity", self.quantity), ("stop", self.stop)):
            if value is not None and not Decimal(value).is_finite():
                raise IntentError(f"The {name} of an order for {self.symbol} is {value}; it must be finite.")


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the working order with this client order id."""

    client_id: str


Intent = Target | Place | Cancel

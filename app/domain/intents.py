"""What a strategy wants: a position to hold, or an order to place, to replace or to cancel."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from math import isfinite
from numbers import Integral, Real
from typing import Any

from app.domain.errors import LtsError

Number = Decimal | float | int


class Side(StrEnum):
    """The direction of an order."""

    BUY = "buy"
    SELL = "sell"

    @property
    def opposite(self) -> "Side":
        """Return the other side."""
        return Side.SELL if self is Side.BUY else Side.BUY


class OrderType(StrEnum):
    """How an order becomes executable."""

    MARKET = "market"
    LIMIT = "limit"
    STOP = "stop"
    STOP_LIMIT = "stop_limit"
    TRAILING_STOP = "trailing_stop"
    MARKET_ON_OPEN = "market_on_open"
    MARKET_ON_CLOSE = "market_on_close"
    LIMIT_IF_TOUCHED = "limit_if_touched"

    @property
    def needs_limit(self) -> bool:
        """Return whether an order of this type is meaningless without a limit price."""
        return self in _LIMITED

    @property
    def needs_stop(self) -> bool:
        """Return whether an order of this type is meaningless without a stop (or touch) price."""
        return self in _STOPPED

    @property
    def at_market(self) -> bool:
        """Return whether an order of this type trades at any price, as soon as it can."""
        return self in _AT_MARKET


_LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED})
_STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED})
_AT_MARKET = frozenset({OrderType.MARKET, OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE})


class TimeInForce(StrEnum):
    """How long an order works."""

    GTC = "gtc"
    DAY = "day"
    GTD = "gtd"
    IOC = "ioc"
    FOK = "fok"


_AT_ONCE = frozenset({TimeInForce.IOC, TimeInForce.FOK})
_TAKES_AT_ONCE = frozenset({OrderType.MARKET, OrderType.LIMIT})
_ONE_AUCTION = frozenset({OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE})


class IntentError(LtsError):
    """A strategy asked for something that has no meaning."""


_LONGEST_TAG = 200
_LONGEST_GROUP = 64


def _number(value: Any, what: str) -> Number:
    """Return a finite number as Decimal, int or float, whatever library it came from."""
    if type(value) is float and isfinite(value):
        return value
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


def _check_text(text: Any, what: str, longest: int) -> None:
    """Refuse what a database, a terminal or a reader could not take as a short remark."""
    if not (isinstance(text, str) and len(text) <= longest and (text.isprintable() or not text)):
        raise IntentError(f"The {what} must be printable text of at most {longest} characters.")


def _check_moment(value: Any, what: str) -> None:
    if not (isinstance(value, datetime) and value.tzinfo is not None):
        raise IntentError(f"The {what} is {value!r}; it must be a datetime with a time zone.")


def _made_numbers(intent: Any, names: tuple[str, ...], of: str) -> None:
    """Replace the named values of a frozen intent by plain finite numbers, where they are given."""
    for name in names:
        value = getattr(intent, name)
        if value is not None and type(value) is not int:
            object.__setattr__(intent, name, _number(value, f"{name} {of}"))


@dataclass(frozen=True, slots=True)
class Target:
    """Hold this much of a symbol: exactly one of `signal`, `weight` or `quantity`.

    `signal` (-1 to 1) is a share of what the portfolio plugin allots to the symbol, 0 is flat; `weight` is a
    share of the portfolio's equity; `quantity` is signed, in shares. `stop_loss`, `take_profit` and `trail`
    (an amount) protect what the target buys or sells short: they become the legs of a bracket.
    Raises IntentError otherwise.
    """

    symbol: str
    signal: float | None = None
    weight: float | None = None
    quantity: Number | None = None
    tag: str = ""
    stop_loss: Number | None = None
    take_profit: Number | None = None
    trail: Number | None = None

    def __post_init__(self) -> None:
        _check_text(self.tag, f"tag of an intent for {self.symbol}", _LONGEST_TAG)
        of = f"of a target for {self.symbol}"
        sizes = ("signal", "weight", "quantity")
        _made_numbers(self, (*sizes, "stop_loss", "take_profit", "trail"), of)
        if (self.signal, self.weight, self.quantity).count(None) != 2:
            raise IntentError(f"A target for {self.symbol} needs exactly one of signal, weight, quantity.")
        if self.signal is not None and not -1 <= self.signal <= 1:
            raise IntentError(f"A signal for {self.symbol} is {self.signal}; it must be from -1 to 1.")
        if self.stop_loss is not None and self.trail is not None:
            raise IntentError(f"A target for {self.symbol} takes a stop_loss or a trail, not both.")


@dataclass(frozen=True, slots=True)
class Place:
    """Place this order as it is: the quantity is positive, in shares; prices are raw, not adjusted.

    `trail` is an amount of money, `trail_percent` a percentage. Orders placed in one call that share a
    `group` are an OCO; those in `then` wait until this one fills. `expires_at` belongs to `gtd`.
    """

    symbol: str
    side: Side
    quantity: Number
    type: OrderType = OrderType.MARKET
    stop: Number | None = None
    limit: Number | None = None
    trail: Number | None = None
    trail_percent: Number | None = None
    time_in_force: TimeInForce = TimeInForce.GTC
    expires_at: datetime | None = None
    group: str = ""
    reduce_only: bool = False
    then: tuple["Place", ...] = ()
    tag: str = ""

    def __post_init__(self) -> None:
        of = f"of an order for {self.symbol}"
        _check_text(self.tag, f"tag {of}", _LONGEST_TAG)
        _check_text(self.group, f"group {of}", _LONGEST_GROUP)
        object.__setattr__(self, "side", _word(Side, self.side, f"side {of}"))
        object.__setattr__(self, "type", _word(OrderType, self.type, f"type {of}"))
        object.__setattr__(
            self, "time_in_force", _word(TimeInForce, self.time_in_force, f"time in force {of}")
        )
        object.__setattr__(self, "quantity", _number(self.quantity, f"quantity {of}"))
        _made_numbers(self, ("stop", "limit", "trail", "trail_percent"), of)
        self._check_prices(of)
        self._check_time_in_force()
        object.__setattr__(self, "then", tuple(self.then))
        for child in self.then:
            if not isinstance(child, Place) or child.symbol != self.symbol:
                raise IntentError(f"What follows an order for {self.symbol} must be orders for it too.")

    def _check_prices(self, of: str) -> None:
        kind = self.type
        trailing = kind is OrderType.TRAILING_STOP
        for name, wanted in (
            ("stop", kind.needs_stop),
            ("limit", kind.needs_limit),
            ("trail", trailing),
            ("trail_percent", trailing),
        ):
            if getattr(self, name) is not None and not wanted:
                raise IntentError(f"A {kind} order for {self.symbol} has no use for a {name} price.")
        if trailing and (self.trail is None) == (self.trail_percent is None):
            raise IntentError(f"The trailing stop {of} needs exactly one of trail, trail_percent.")

    def _check_time_in_force(self) -> None:
        force = self.time_in_force
        if (force is TimeInForce.GTD) != (self.expires_at is not None):
            raise IntentError(f"An order for {self.symbol} has expires_at if and only if it is gtd.")
        if self.expires_at is not None:
            _check_moment(self.expires_at, f"expiry of an order for {self.symbol}")
        if force in _AT_ONCE and self.type not in _TAKES_AT_ONCE:
            raise IntentError(
                f"A {self.type} order for {self.symbol} cannot be {force}: market and limit can."
            )
        if force is TimeInForce.GTD and self.type in _ONE_AUCTION:
            raise IntentError(f"A {self.type} order for {self.symbol} is for one session, not gtd.")


def bracket(
    entry: Place,
    *,
    stop_loss: Number | None = None,
    take_profit: Number | None = None,
    trail: Number | None = None,
    trail_percent: Number | None = None,
) -> Place:
    """Return the entry with exits for its whole quantity that cancel each other and only ever reduce.

    The exits are a stop at `stop_loss` or a trailing stop, and a limit at `take_profit`; at least one is
    needed. Raises IntentError for none, or for two kinds of stop.
    """
    stops = [value for value in (stop_loss, trail, trail_percent) if value is not None]
    if len(stops) > 1 or not (stops or take_profit is not None):
        raise IntentError(
            f"A bracket for {entry.symbol} needs a take_profit, or one of stop_loss, trail, trail_percent."
        )
    legs = []
    if stops:
        legs.append(
            Place(
                entry.symbol,
                entry.side.opposite,
                entry.quantity,
                OrderType.STOP if stop_loss is not None else OrderType.TRAILING_STOP,
                stop=stop_loss,
                trail=trail,
                trail_percent=trail_percent,
                group="bracket",
                reduce_only=True,
                tag="stop loss" if stop_loss is not None else "trailing stop",
            )
        )
    if take_profit is not None:
        legs.append(
            Place(
                entry.symbol,
                entry.side.opposite,
                entry.quantity,
                OrderType.LIMIT,
                limit=take_profit,
                group="bracket",
                reduce_only=True,
                tag="take profit",
            )
        )
    values = {name: getattr(entry, name) for name in Place.__dataclass_fields__}
    return Place(**{**values, "then": (*entry.then, *legs)})


@dataclass(frozen=True, slots=True)
class Replace:
    """Change a working order in place: what is None stays as it is, the client order id stays in any case."""

    client_id: str
    quantity: Number | None = None
    stop: Number | None = None
    limit: Number | None = None
    trail: Number | None = None

    def __post_init__(self) -> None:
        names = ("quantity", "stop", "limit", "trail")
        _made_numbers(self, names, f"of a replacement for {self.client_id}")
        if all(getattr(self, name) is None for name in names):
            raise IntentError(f"A replacement for {self.client_id} changes nothing.")


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the working order with this client order id, and the orders that wait for it."""

    client_id: str


Intent = Target | Place | Replace | Cancel

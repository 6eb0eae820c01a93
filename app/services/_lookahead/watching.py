"""What one run was seen to do: its orders as the strategy heard of them, and its fills."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from types import new_class
from typing import Any

from app.domain.errors import PluginError, described
from app.domain.fills import Fill
from app.domain.instruments import Instrument
from app.domain.money import INT64_MAX, currency_exponent, from_units
from app.domain.orders import Order, OrderRequest, OrderStatus, PendingAction, Reason
from app.ports import Bars, Batch, BookView, Intent, Strategy

_ENDS = frozenset({Reason.END_OF_DATA, Reason.INTERRUPTED})
_TOLD = frozenset({"symbol", "side", "lots", "type", "refusal", "tag", "group"})


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that a run did, told so completely that equal texts are equal deeds; `time` is event time."""

    time: int
    symbol: str
    what: str


@dataclass
class Watch:
    """Hears a run's orders, and keeps what its recorder is given.

    `time` is the timestamp at which the strategy was last asked. Fills are those that were recorded.
    """

    time: int = -INT64_MAX
    orders: list[Event] = field(default_factory=list)
    made: list[int] = field(default_factory=list)
    _latest: dict[str, Order] = field(default_factory=dict)
    _fills: list[Fill] = field(default_factory=list)

    def write(self, batch: Batch) -> None:
        """Keep a batch's fills, as the run's recorder."""
        self._fills.extend(batch.fills)

    def hear(self, order: Order) -> None:
        """Take an order as it has changed.

        That the data or the run ended is nobody's decision, and a split changes what works but not when.
        """
        before = self._latest.get(order.client_id)
        if order.reason in _ENDS or (before is not None and _progress(before) == _progress(order)):
            return
        self._latest[order.client_id] = order
        if before is None:
            self.made.append(order.submitted_at)
        self.orders.append(Event(order.updated_at, order.symbol, _told(order, new=before is None)))

    @property
    def fills(self) -> list[Event]:
        """Return the fills that were recorded, oldest first."""
        return [Event(fill.time, fill.instrument.symbol, self._filled(fill)) for fill in self._fills]

    def _filled(self, fill: Fill) -> str:
        order, currency = self._latest.get(fill.client_id), fill.instrument.currency
        number = order.sequence if order else fill.client_id
        symbol = fill.instrument.symbol
        fee = from_units(fill.fee, currency_exponent(currency))
        return (
            f"order {number}: {fill.side} {_plain(fill.quantity)} {symbol} at {_plain(fill.price)}, fee {fee}"
        )


def watch(strategy: Strategy, name: str) -> Watch:
    """Return a watch that hears all that the strategy hears.

    The strategy becomes an instance of a subclass of its own class, so that whatever else a pipeline asks of
    it stays as it was. Raises PluginError where its class allows no subclass.
    """
    watching = Watch()
    kind = type(strategy)

    def decide(self: Strategy, bars: Bars, book: BookView) -> Sequence[Intent]:
        watching.time = bars.time
        return kind.decide(self, bars, book)

    def on_order_update(self: Strategy, order: Order) -> None:
        watching.hear(order)
        kind.on_order_update(self, order)

    members = {"decide": decide, "on_order_update": on_order_update, "__module__": kind.__module__}
    try:
        strategy.__class__ = new_class(kind.__name__, (kind,), exec_body=lambda space: space.update(members))
    except Exception as error:
        raise PluginError(
            f"Plugin strategy/{name} cannot be watched: {described(error)}.",
            "Its class must allow subclasses.",
        ) from error
    return watching


def _progress(order: Order) -> tuple[object, ...]:
    return order.status, order.updated_at, order.pending, order.filled_lots, order.reason


def _told(order: Order, *, new: bool) -> str:
    reason = f" ({order.reason})" if order.reason else ""
    filled = f"{_plain(order.filled)} filled" if order.filled_lots else ""
    pending = f"{order.pending} pending" if order.pending is not PendingAction.NONE else ""
    made = new and not filled and order.status is not OrderStatus.DENIED
    status = "" if made else f"{order.status}{reason}"
    request = _requested(order.request, order.instrument)
    return f"order {order.sequence}: " + ", ".join(filter(None, (request, status, filled, pending)))


def _requested(request: OrderRequest, instrument: Instrument) -> str:
    """Return a request with every term that is not the usual one; labels change nothing and are left out."""
    quantity = _plain(instrument.quantity(request.lots))
    words = [f"{request.side} {quantity} {request.symbol} {request.type}"]
    for each in fields(request):
        value: Any = getattr(request, each.name)
        if each.name in _TOLD or value == each.default:
            continue
        if each.name == "then":
            words += [f"then [{_requested(after, instrument)}]" for after in value]
        elif each.name.endswith("_ticks"):
            words.append(f"{each.name.removesuffix('_ticks')} {_plain(instrument.price(value))}")
        else:
            words.append(f"{each.name} {value}")
    return " ".join(words)


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"

"""From a wanted holding to the order that leads there."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from app.domain.instruments import Instrument
from app.domain.intents import IntentError, Place, Side, Target, bracket
from app.domain.money import half_even
from app.domain.orders import OrderRequest, Reason
from app.domain.positions import BookView
from app.ports.placing import exact, placed, resized


def last_price(book: BookView, symbol: str) -> int:
    """Return a symbol's last raw close in ticks. Raises IntentError before its first bar."""
    ticks = book.last_ticks(symbol)
    if ticks is None:
        raise IntentError(f"{symbol} has no price yet.")
    return ticks


def toward(instrument: Instrument, wanted_lots: int, book: BookView, tag: str = "") -> OrderRequest | None:
    """Return the market order from the expected holding to the wanted one, or None where they are equal."""
    change = wanted_lots - book.expected_lots(instrument.symbol)
    if change == 0:
        return None
    side = Side.BUY if change > 0 else Side.SELL
    return OrderRequest(instrument.symbol, side, abs(change), tag=tag)


def lots_for(instrument: Instrument, money: int, ticks: int) -> int:
    """Return how many whole lots a signed amount of minor units pays for at a price, toward zero."""
    numerator, denominator = instrument.unit_value
    lots = abs(money) * denominator // (ticks * numerator)
    return lots if money >= 0 else -lots


def share_of(money: int, share: Decimal) -> int:
    """Return a decimal share of an amount in minor units, rounded half to even."""
    numerator, denominator = share.as_integer_ratio()
    return half_even(money * numerator, denominator)


def size_targets(
    targets: Iterable[Target],
    book: BookView,
    instruments: Mapping[str, Instrument],
    lots_by_signal: Callable[[Target, Instrument], int],
) -> list[OrderRequest]:
    """Return the market orders toward all targets: weights are shares of the account's equity.

    The last of several targets for one symbol counts. What a signal is worth in lots is the portfolio
    plugin's own question, answered by `lots_by_signal`. An order that opens or adds to a holding becomes a
    bracket where its target names exits; one that only reduces does not.
    """
    requests = []
    for target in {target.symbol: target for target in targets}.values():
        instrument = instruments[target.symbol]
        if target.quantity is not None:
            wanted = instrument.lots(exact(target.quantity))
        elif target.weight is not None:
            money = share_of(book.equity, exact(target.weight))
            wanted = lots_for(instrument, money, last_price(book, target.symbol))
        else:
            wanted = lots_by_signal(target, instrument)
        request = toward(instrument, wanted, book, target.tag)
        if request is not None:
            opening = wanted * request.signed_lots > 0
            requests.append(_protected(request, target, instrument) if opening else request)
        elif wanted == 0 and (target.signal or target.weight or target.quantity):
            # Too little for one lot: an order of none, so that risk denies it and somebody can see why.
            requests.append(OrderRequest(target.symbol, Side.BUY, 0, tag=target.tag))
    return requests


def within_cash(
    requests: Iterable[OrderRequest], book: BookView, instruments: Mapping[str, Instrument], keep: int
) -> list[OrderRequest]:
    """Return the requests, sales first, with each purchase cut to what the cash pays for at the last close.

    `keep` minor units of cash are left alone, for fees and for opens above the last close; what the sales are
    estimated to bring in is spent too. What follows a purchase is cut with it. A purchase for which nothing
    is left is refused, with the reason.
    """
    ordered = sorted(requests, key=lambda request: request.side is Side.BUY)
    available = book.cash - book.reserved - keep
    cut = []
    for request in ordered:
        instrument, ticks = instruments[request.symbol], last_price(book, request.symbol)
        if request.side is Side.SELL:
            available += instrument.value(ticks, request.lots)
            cut.append(request)
            continue
        lots = min(request.lots, lots_for(instrument, max(0, available), ticks))
        available -= instrument.value(ticks, lots)
        if lots or not request.lots:
            cut.append(resized(request, lots))
        else:
            cut.append(replace(request, refusal=Reason.INSUFFICIENT_CASH))
    return cut


def _protected(request: OrderRequest, target: Target, instrument: Instrument) -> OrderRequest:
    """Return the request with the exits that its target names, for the same lots."""
    if target.stop_loss is None and target.take_profit is None and target.trail is None:
        return request
    entry = Place(request.symbol, request.side, instrument.quantity(request.lots), tag=request.tag)
    exits = bracket(entry, stop_loss=target.stop_loss, take_profit=target.take_profit, trail=target.trail)
    return placed(exits, instrument)

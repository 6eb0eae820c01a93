"""From an order as a strategy writes it to the request in lots and ticks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain.instruments import Instrument
from app.domain.intents import IntentError, Number, OrderType, Place, Replace, Side
from app.domain.money import INT64_MAX, checked, half_even, steps
from app.domain.orders import Order, OrderRequest

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT_ALREADY = (Decimal, int)
_MILLION = 1_000_000
_MILLIONTH_IN_PERCENT = Decimal("0.0001")


def exact(number: Number) -> Decimal:
    """Return a number as the decimal that a person would write for it: 0.1 is 0.1, not its binary tail."""
    if isinstance(number, _EXACT_ALREADY):
        return Decimal(number)
    return Decimal(repr(float(number)))


def placed(intent: Place, instrument: Instrument) -> OrderRequest:
    """Return a placed order, and those that follow it, in lots and ticks.

    Quantities are rounded toward zero; buy limits and touch prices down and stops up, those of sales the
    other way; a trailing distance above zero to the nearest tick or millionth, half to even, and at least
    one. A price that its type needs may be missing: risk refuses the order with the reason.
    Raises IntentError for a negative quantity and for an expiry outside of the years 1678 to 2261, and
    OutOfRange for numbers beyond 64 bits.
    """
    buying = intent.side is Side.BUY
    touching = intent.type is OrderType.LIMIT_IF_TOUCHED

    def ticks(price: Number | None, *, up: bool) -> int | None:
        return None if price is None else _rounded(exact(price), instrument.tick, _up if up else _down)

    return OrderRequest(
        symbol=intent.symbol,
        side=intent.side,
        lots=instrument.lots(exact(intent.quantity)),
        type=intent.type,
        time_in_force=intent.time_in_force,
        stop_ticks=ticks(intent.stop, up=buying is not touching),
        limit_ticks=ticks(intent.limit, up=not buying),
        trail_ticks=_distance(intent.trail, instrument.tick),
        trail_ppm=_distance(intent.trail_percent, _MILLIONTH_IN_PERCENT),
        expires_at=_nanoseconds(intent.expires_at, intent.symbol),
        group=intent.group,
        reduce_only=intent.reduce_only,
        then=tuple(placed(child, instrument) for child in intent.then),
        tag=intent.tag,
    )


def resized(request: OrderRequest, lots: int) -> OrderRequest:
    """Return the request for so many lots, and what follows it for no more than them.

    Of the orders that follow, those for the whole quantity stay for the whole of it.
    """
    if lots == request.lots and not request.then:
        return request
    children = tuple(
        resized(child, lots if child.lots >= request.lots else min(child.lots, lots))
        for child in request.then
    )
    return replace(request, lots=lots, then=children)


def replaced(order: Order, intent: Replace) -> OrderRequest:
    """Return what a working order asks for after a replacement, rounded as `placed` does.

    Raises IntentError for a negative quantity and OutOfRange for numbers beyond 64 bits.
    """
    old, instrument = order.request, order.instrument
    wanted = placed(
        Place(
            old.symbol,
            old.side,
            instrument.quantity(old.lots) if intent.quantity is None else intent.quantity,
            old.type,
            stop=intent.stop,
            limit=intent.limit,
            trail=intent.trail,
            trail_percent=_no_trail(old, intent),
        ),
        instrument,
    )
    trailing = old.type is OrderType.TRAILING_STOP and intent.trail is not None
    return replace(
        old,
        lots=wanted.lots,
        stop_ticks=old.stop_ticks if wanted.stop_ticks is None else wanted.stop_ticks,
        limit_ticks=old.limit_ticks if wanted.limit_ticks is None else wanted.limit_ticks,
        trail_ticks=wanted.trail_ticks if trailing else old.trail_ticks,
        trail_ppm=None if trailing else old.trail_ppm,
    )


def _no_trail(old: OrderRequest, intent: Replace) -> int | None:
    """Return a percentage where a trailing stop keeps its distance, because a Place needs one."""
    return 1 if old.type is OrderType.TRAILING_STOP and intent.trail is None else None


def _down(numerator: int, denominator: int) -> int:
    return numerator // denominator


def _up(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


def _rounded(value: Decimal, step: Decimal, rounding: Callable[[int, int], int]) -> int:
    """Return a value in steps; what is within a millionth of a step is that step, for floats."""
    numerator, denominator = steps(value, step)
    nearest = half_even(numerator, denominator)
    if abs(numerator - nearest * denominator) * _MILLION <= denominator:
        return checked(nearest)
    return checked(rounding(numerator, denominator))


def _distance(value: Number | None, step: Decimal) -> int | None:
    """Return a trailing distance in steps; one that is not above zero stays so, for risk to refuse."""
    if value is None:
        return None
    nearest = _rounded(exact(value), step, half_even)
    return max(1, nearest) if value > 0 else nearest


def _nanoseconds(expiry: datetime | None, symbol: str) -> int | None:
    if expiry is None:
        return None
    found = (expiry - _EPOCH) // timedelta(microseconds=1) * 1000
    if abs(found) > INT64_MAX:
        raise IntentError(f"An order for {symbol} expires at {expiry}; name a moment from 1678 to 2261.")
    return found

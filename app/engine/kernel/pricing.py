"""At what price a bar fills an order, and how far slippage moves it; the sign of a side mirrors the rules."""

from math import sqrt
from typing import Any

from app.engine.kernel.layout import (
    A_FAULT,
    A_LIMIT,
    B_DAY_LOTS,
    B_LOTS,
    B_SIGMA,
    FIXED_BPS,
    FIXED_TICKS,
    LIMIT,
    LIMIT_IF_TOUCHED,
    MARKET,
    MARKET_ON_CLOSE,
    MARKET_ON_OPEN,
    NO_SLIPPAGE,
    O_KIND,
    O_LIMIT,
    O_SIDE,
    O_STOP,
    O_TRAIL,
    O_TRAIL_PPM,
    O_TRIGGERED,
    O_WATERMARK,
    STOP,
    STOP_LIMIT,
    TOO_LARGE,
    TRAILING_STOP,
    V_SLIP,
    V_SLIP_OF,
    V_SLIPPAGE,
    VOLUME_SHARE,
)

MILLION = 1_000_000
BILLION = 1_000_000_000
MOST_SHARE = 25_000  # millionths: the share of volume, 2.5 %, from which on its model sees no more impact


def beats(side: int, limit: int, price: int, touch: int) -> bool:
    """Return whether a price is through a limit, or, if a touch is enough, at it."""
    room = side * (limit - price)
    return room > 0 or (room == 0 and touch == 1)


def triggers(order: Any, price: int) -> bool:
    """Return whether the market at a price triggers a stop, or touches what waits to be touched."""
    kind = order[O_KIND]
    beyond = order[O_SIDE] * (price - order[O_STOP])
    if kind == LIMIT_IF_TOUCHED:
        return beyond <= 0
    return (kind in (STOP, STOP_LIMIT, TRAILING_STOP)) and beyond >= 0


def open_fill(order: Any, price: int, starts: int, touch: int) -> int:
    """Return the price if the market, opening there, fills the order, else 0; `starts` a session or not."""
    kind = order[O_KIND]
    if kind == MARKET:
        return price
    if kind == MARKET_ON_OPEN:
        return price if starts == 1 else 0
    if kind == MARKET_ON_CLOSE:
        return 0
    if kind != LIMIT and order[O_TRIGGERED] == 0 and not triggers(order, price):
        return 0
    if kind in (STOP, TRAILING_STOP):
        return price
    return price if beats(order[O_SIDE], order[O_LIMIT], price, touch) else 0


def range_fill(order: Any, triggered: bool, high: int, low: int, close: int, touch: int) -> int:
    """Return the price at which a range fills an order that the open did not fill, else 0."""
    kind = order[O_KIND]
    side = order[O_SIDE]
    limit = order[O_LIMIT]
    stop = order[O_STOP]
    better = low if side > 0 else high
    worse = high if side > 0 else low
    if kind == LIMIT:
        return limit if beats(side, limit, better, touch) else 0
    if kind in (STOP, TRAILING_STOP):
        # One that the open has triggered, without volume for it, trades on at the next open.
        return stop if not triggered and side * (worse - stop) >= 0 else 0
    if kind == STOP_LIMIT:
        if triggered:
            return limit if beats(side, limit, better, touch) else 0
        if side * (worse - stop) < 0:
            return 0
        if beats(side, limit, stop, touch):
            return stop
        return limit if beats(side, limit, close, touch) else 0
    if kind == LIMIT_IF_TOUCHED:
        if not triggered:
            if side * (better - stop) > 0:
                return 0
            if beats(side, limit, stop, touch):
                return stop
        return limit if beats(side, limit, better, touch) else 0
    return 0


def range_triggers(order: Any, high: int, low: int) -> bool:
    """Return whether a range triggers or touches an order."""
    return triggers(order, high) or triggers(order, low)


def trail_stop(order: Any, account: Any) -> int:
    """Return the stop of a trailing order for its watermark: down for a sell, up for a buy, at least 1."""
    mark = order[O_WATERMARK]
    side = order[O_SIDE]
    if order[O_TRAIL_PPM] == 0:
        return max(1, mark + side * order[O_TRAIL])
    if abs(1.0 * mark * (MILLION + order[O_TRAIL_PPM])) > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return 1
    moved = mark * (MILLION + side * order[O_TRAIL_PPM])
    return max(1, -(-moved // MILLION) if side > 0 else moved // MILLION)


def slipped(price: int, side: int, lots: int, bar: Any, venue: Any, account: Any) -> int:
    """Return the price after slippage: a buy's rounded up, a sell's down to the tick, at least 1.

    Source of `volume_share`: the VolumeShareSlippage of Quantopian's zipline; of `square_root`: Almgren et
    al., "Direct Estimation of Equity Market Impact" (2005), in its common square-root form.
    """
    model = venue[V_SLIPPAGE]
    if model == NO_SLIPPAGE:
        return price
    if model == FIXED_BPS:
        part, whole = venue[V_SLIP], venue[V_SLIP_OF]
    elif model == FIXED_TICKS:
        part, whole = venue[V_SLIP], venue[V_SLIP_OF] * price
    else:
        part, whole = _impact(lots, bar, venue), BILLION
    if abs(1.0 * price * (whole + part)) > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return price
    if side > 0:
        return -(-price * (whole + part) // whole)
    return max(1, price * (whole - part) // whole)


def _impact(lots: int, bar: Any, venue: Any) -> int:
    """Return the impact of a fill in billionths of the price; 0 where the volume is not known."""
    if venue[V_SLIPPAGE] == VOLUME_SHARE:
        if bar[B_LOTS] == 0:
            return 0
        part = min(MOST_SHARE, int(1.0 * lots / bar[B_LOTS] * MILLION))
        return min(BILLION - 1, int(1.0 * venue[V_SLIP] / venue[V_SLIP_OF] * part * part / 1000))
    if bar[B_DAY_LOTS] == 0:
        return 0
    size = 1.0 * venue[V_SLIP] / venue[V_SLIP_OF]
    return min(BILLION - 1, int(size * bar[B_SIGMA] * sqrt(lots / bar[B_DAY_LOTS])))

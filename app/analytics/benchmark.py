"""What doing nothing would have earned: buy every symbol once and hold it."""

from collections.abc import Mapping, Sequence

import numpy as np

from app.analytics.returns import Float64, Int64
from app.domain.events import CorporateAction, Delisting, Dividend, Split


def buy_and_hold(
    prices: Mapping[str, tuple[Int64, Float64]],
    actions: Sequence[CorporateAction],
    times: Int64,
    capital: float,
) -> Float64:
    """Return the value, at each of `times`, of `capital` put into equal parts of the symbols and held.

    `prices` holds each symbol's bar times (UTC nanoseconds, ascending) and raw closes, above zero and in the
    same unit as the dividends' amounts; the result is in the unit of `capital`, whichever that is. Each
    symbol gets capital / N at its first close, in fractional shares and without costs; until then its part
    is idle cash. Splits multiply the shares; dividends are kept as cash from their ex-date. An action takes
    effect at the symbol's first bar at or after its ex-time, and one that is not later than the first bar
    concerns nobody. Values are taken at the last known close; from a delisting on, at the money paid for it.
    """
    part = capital / max(1, len(prices))
    total = np.full(len(times), 0.0 if prices else capital, np.float64)
    for symbol, (stamps, closes) in prices.items():
        own = [action for action in actions if action.symbol == symbol]
        total += _held(stamps, closes, own, times, part)
    return total


def _held(
    stamps: Int64, closes: Float64, actions: Sequence[CorporateAction], times: Int64, part: float
) -> Float64:
    """Return what one symbol's part is worth at each of `times`."""
    if len(stamps) == 0:
        return np.full(len(times), part, np.float64)
    shares = np.full(len(stamps), part / float(closes[0]), np.float64)
    cash = np.zeros(len(stamps), np.float64)
    for action in sorted(actions, key=lambda action: (action.ex_time, isinstance(action, Dividend))):
        row = int(np.searchsorted(stamps, action.ex_time, side="left"))
        if action.ex_time <= int(stamps[0]) or row == len(stamps):
            continue
        match action:
            case Split():
                shares[row:] *= action.numerator / action.denominator
            case Dividend():
                cash[row:] += shares[row] * float(action.amount)
    rows = np.searchsorted(stamps, times, side="right") - 1
    worth = shares * closes + cash
    value = np.where(rows >= 0, worth[rows], part)
    for action in actions:
        if isinstance(action, Delisting) and action.price is not None and action.ex_time > int(stamps[0]):
            paid = shares[-1] * float(action.price) + cash[-1]
            value = np.where(times >= action.ex_time, paid, value)
    return value

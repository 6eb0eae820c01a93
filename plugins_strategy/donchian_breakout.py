"""Buy new highs and guard them: a close above the channel enters, a resting stop protects, a low leaves."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import nan

import msgspec
from pydantic import Field

from app.indicators.base import Float64, Indicator
from app.indicators.volatility import ATR, DonchianChannels
from app.ports import (
    Bars,
    BarView,
    BookView,
    Cancel,
    Intent,
    Options,
    Order,
    OrderType,
    Place,
    Side,
    Strategy,
    Target,
    exact,
)


class DonchianBreakoutOptions(Options):
    """The two channels and the distance of the stop."""

    entry: int = Field(20, ge=1, description="Bars whose highest high a close must pass to enter.")
    exit: int = Field(10, ge=1, description="Bars whose lowest low a close must pass to leave.")
    atr: int = Field(20, ge=1, description="Bars in the average true range (the Turtles' N).")
    stop_atrs: float = Field(
        2.0, gt=0, allow_inf_nan=False, description="Average true ranges from the entry price to the stop."
    )


class Entry(msgspec.Struct, frozen=True):
    """What was bought: the average price paid, and the steps of its price and quantity."""

    price: Decimal
    tick: Decimal
    lot: Decimal


class DonchianBreakoutState(msgspec.Struct):
    """Purchases by symbol whose stop is still to be placed; what is held and guarded is in the book."""

    entries: dict[str, Entry] = {}


# Rescaling at a split changes the last digits of floats: prices that agree to twelve are equal.
_NOISE = 1e-12
_STOP = "protective stop"


class DonchianBreakout(Strategy):
    """The Turtles' channel breakout, long or flat, for each symbol by itself.

    Highs and lows are those of the bars before this one. The stop is placed when the purchase has been filled
    and stays where it is: a split rescales it, and only another quantity of shares replaces it.
    Source: C. Faith, "The Original Turtle Trading Rules" (2003): System 1 on closes, long only, without its
    filter and additions. The channel is R. Donchian's (1960).
    """

    Options = DonchianBreakoutOptions
    State = DonchianBreakoutState
    plugin_debug_vars = ("entries",)
    options: DonchianBreakoutOptions
    state: DonchianBreakoutState

    @property
    def entries(self) -> dict[str, Entry]:
        """Return the purchases that still want a stop."""
        return self.state.entries

    def indicators(self) -> Mapping[str, Indicator]:
        """Return the two channels and the average true range."""
        options = self.options
        return {
            "entry": DonchianChannels(options.entry),
            "exit": DonchianChannels(options.exit),
            "atr": ATR(options.atr),
        }

    def on_order_update(self, order: Order) -> None:
        """Remember what a purchase has cost."""
        price = order.average_price
        if order.request.side is Side.BUY and price is not None:
            instrument = order.instrument
            self.state.entries[order.symbol] = Entry(price, instrument.tick, instrument.lot)

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return entries, exits and the stops that guard what is held."""
        stops = _working_stops(book.orders.values())
        intents: list[Intent] = []
        for symbol in bars.updated:
            intents += self._decide_one(bars[symbol], book, stops.get(symbol, []))
        return intents

    def _decide_one(self, bar: BarView, book: BookView, stops: Sequence[Order]) -> list[Intent]:
        symbol, close = bar.symbol, bar.close
        entry = self.state.entries.pop(symbol, None)
        if book.expected_lots(symbol) > 0:
            if close < _before(bar.series("exit").lower) * (1 - _NOISE):
                return [*_canceled(stops), Target(symbol, signal=0, tag="new low")]
            return self._guard(bar, book.lots(symbol), stops, entry)
        if bar.atr > 0 and close > _before(bar.series("entry").upper) * (1 + _NOISE):
            return [*_canceled(stops), Target(symbol, signal=1, tag="new high")]
        return _canceled(stops)

    def _guard(self, bar: BarView, held: int, stops: Sequence[Order], entry: Entry | None) -> list[Intent]:
        """Return what leads to one stop for exactly the shares held."""
        if held == sum(stop.leaves for stop in stops):
            return []
        if stops:
            price, lot = stops[0].stop_price, stops[0].instrument.lot
        elif entry is not None:
            price = max(entry.price - exact(self.options.stop_atrs * bar.atr), entry.tick)
            lot = entry.lot
        else:  # somebody else has canceled the stop or bought the shares, and guards them or not
            return []
        stop = Place(bar.symbol, Side.SELL, held * lot, OrderType.STOP, stop=price, tag=_STOP)
        return [*_canceled(stops), stop] if held else _canceled(stops)


def _before(column: Float64) -> float:
    """Return a column's value at the bar before the latest; NaN where there is none."""
    return column.item(-2) if len(column) > 1 else nan


def _working_stops(orders: Iterable[Order]) -> dict[str, list[Order]]:
    stops: dict[str, list[Order]] = {}
    for order in orders:
        if order.request.tag == _STOP:
            stops.setdefault(order.symbol, []).append(order)
    return stops


def _canceled(orders: Iterable[Order]) -> list[Intent]:
    return [Cancel(order.client_id) for order in orders]

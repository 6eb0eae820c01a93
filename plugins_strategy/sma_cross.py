"""Follow the trend: in when the fast average crosses above the slow one, out when it crosses below."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import isnan, nan
from typing import Any

import msgspec
from pydantic import Field, model_validator

from app.indicators.base import Indicator
from app.indicators.sma import SMA
from app.ports import Bars, BookView, Intent, Number, Options, Program, Strategy, Target, compiled


class SmaCrossOptions(Options):
    """The two lengths, in bars, and how far below the signal's close a purchase is protected."""

    fast: int = Field(20, ge=1, description="Bars in the fast average.")
    slow: int = Field(100, ge=2, description="Bars in the slow average; more than in the fast one.")
    stop_percent: Number = Field(
        Decimal(0), ge=0, lt=100, description="Protective stop, in percent below the close; 0 is none."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "SmaCrossOptions":
        if self.fast >= self.slow:
            raise ValueError(f"fast ({self.fast}) must be smaller than slow ({self.slow})")
        return self


# Running sums of floats differ in their last digits: averages that agree to twelve are equal.
_NOISE = 1e-12


@compiled
def crossing(state: Any, columns: Any, row: int, params: Any) -> tuple[float, float, float, float, float]:
    """Decide as `SmaCross.decide` does for one symbol; its memory is the spread.

    Its columns are the two averages and the closes, its parameter is the stop as a share of the close.
    """
    spread = columns[0][row] - columns[1][row]
    if isnan(spread):
        return nan, nan, nan, nan, 0.0
    if abs(spread) <= _NOISE * abs(columns[1][row]):
        spread = 0.0
    before = state[0]
    state[0] = spread
    if before <= 0.0 < spread:
        return 1.0, columns[2][row] * params[0], nan, nan, 1.0
    if before >= 0.0 > spread:
        return 0.0, nan, nan, nan, 2.0
    return nan, nan, nan, nan, 0.0


class SmaCrossState(msgspec.Struct):
    """The difference fast minus slow at each symbol's last bar where both averages existed."""

    spread: dict[str, float] = {}


class SmaCross(Strategy):
    """Crossing of two simple moving averages of the split-adjusted close, long or flat, for each symbol.

    A crossing needs a bar before it: a level that already holds on the first valid bar is no signal.
    """

    Options = SmaCrossOptions
    State = SmaCrossState
    plugin_debug_vars = ("signals", "spread")
    options: SmaCrossOptions
    state: SmaCrossState

    def __init__(self, options: SmaCrossOptions | None = None) -> None:
        super().__init__(options)
        self.signals = 0
        # Nothing times a price is no price: without a stop the product is NaN.
        self._stop = 1 - float(self.options.stop_percent) / 100 if self.options.stop_percent else nan

    @property
    def spread(self) -> dict[str, float]:
        """Return the last fast minus slow of each symbol."""
        return self.state.spread

    def indicators(self) -> Mapping[str, Indicator]:
        """Return the two averages."""
        return {"fast": SMA(self.options.fast), "slow": SMA(self.options.slow)}

    def program(self) -> Program:
        """Return the crossing as a function of the two averages."""
        return Program(
            crossing,
            ("fast", "slow", "closes"),
            state=(nan,),
            params=(self._stop,),
            tags=("crossed above", "crossed below"),
        )

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return a target for each symbol whose averages crossed at this bar."""
        intents: list[Intent] = []
        spreads = self.state.spread
        for symbol in bars.updated:
            bar = bars[symbol]
            slow = bar.slow
            spread = bar.fast - slow
            if not abs(spread) > _NOISE * slow:
                if isnan(spread):
                    continue
                spread = 0.0
            before = spreads.get(symbol, nan)
            spreads[symbol] = spread
            if before <= 0 < spread:
                stop = None if isnan(self._stop) else bar.close * self._stop
                intents.append(Target(symbol, signal=1, tag="crossed above", stop_loss=stop))
            elif before >= 0 > spread:
                intents.append(Target(symbol, signal=0, tag="crossed below"))
        if intents:
            self.signals += len(intents)
        return intents

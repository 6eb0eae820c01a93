"""Follow momentum: in when the MACD line crosses above its signal line, out when it crosses below."""

from collections.abc import Mapping, Sequence
from math import isnan

import msgspec
from pydantic import Field, model_validator

from app.indicators.base import Indicator
from app.indicators.momentum import MACD
from app.ports import Bars, BookView, Intent, Options, Strategy, Target


class MacdTrendOptions(Options):
    """The three lengths, in bars, and a filter."""

    fast: int = Field(12, ge=1, description="Bars in the fast average.")
    slow: int = Field(26, ge=2, description="Bars in the slow average; more than in the fast one.")
    smoothing: int = Field(9, ge=2, description="Bars in the signal line, an average of the MACD line.")
    above_zero: bool = Field(
        False, description="Enter only where the fast average is above the slow one: MACD above zero."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "MacdTrendOptions":
        if self.fast >= self.slow:
            raise ValueError(f"fast ({self.fast}) must be smaller than slow ({self.slow})")
        return self


# Averages of floats differ in their last digits: lines that agree to twelve digits of the price are equal.
_NOISE = 1e-12


class MacdTrendState(msgspec.Struct):
    """The difference MACD minus signal at each symbol's last bar where both existed."""

    histogram: dict[str, float] = {}


class MacdTrend(Strategy):
    """Crossing of the MACD line and its signal line, long or flat, for each symbol by itself.

    A crossing needs a bar before it, and one that the filter refuses is not made up for later.
    Source: G. Appel, "Technical Analysis: Power Tools for Active Investors" (2005), chapter 8.
    """

    Options = MacdTrendOptions
    State = MacdTrendState
    plugin_debug_vars = ("histogram",)
    options: MacdTrendOptions
    state: MacdTrendState

    @property
    def histogram(self) -> dict[str, float]:
        """Return the last MACD minus signal of each symbol."""
        return self.state.histogram

    def indicators(self) -> Mapping[str, Indicator]:
        """Return the two lines."""
        return {"macd": MACD(self.options.fast, self.options.slow, self.options.smoothing)}

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return a target for each symbol whose lines crossed at this bar."""
        intents: list[Intent] = []
        for symbol in bars.updated:
            bar = bars[symbol]
            lines, noise = bar.macd, _NOISE * bar.close
            if isnan(lines.histogram):
                continue
            histogram = lines.histogram if abs(lines.histogram) > noise else 0.0
            before = self.state.histogram.get(symbol)
            self.state.histogram[symbol] = histogram
            if before is None:
                continue
            if before <= 0 < histogram:
                if lines.macd > noise or not self.options.above_zero:
                    intents.append(Target(symbol, signal=1, tag="MACD above its signal"))
            elif before >= 0 > histogram:
                intents.append(Target(symbol, signal=0, tag="MACD below its signal"))
        return intents

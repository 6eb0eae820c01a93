"""Buy what has fallen unusually far: in below the lower Bollinger band, out at the middle."""

from collections.abc import Mapping, Sequence
from math import isnan, sqrt

import msgspec
from pydantic import Field, model_validator

from app.indicators.base import Indicator
from app.indicators.volatility import BollingerBands
from app.ports import Bars, BookView, Intent, Options, Strategy, Target


class BollingerReversionOptions(Options):
    """The bands."""

    length: int = Field(
        20, ge=2, description="Bars in the middle band, a simple average, and in the deviation."
    )
    deviations: float = Field(
        2.0, gt=0, allow_inf_nan=False, description="Standard deviations from the middle to the lower band."
    )

    @model_validator(mode="after")
    def _reachable(self) -> "BollingerReversionOptions":
        # One of n values lies at most sqrt(n - 1) population deviations from their mean (Samuelson 1968).
        if self.deviations >= sqrt(self.length - 1):
            raise ValueError(
                f"deviations ({self.deviations:g}) must be smaller than the square root of length - 1 "
                f"({sqrt(self.length - 1):.3g}): no close of {self.length} can lie that far from their mean"
            )
        return self


# Rescaling at a split changes the last digits of floats: closes that agree to twelve are equal.
_NOISE = 1e-12


class BollingerReversionState(msgspec.Struct):
    """The symbols that are wanted, each with True."""

    wanted: dict[str, bool] = {}  # rather than a set, because it keeps their order


class BollingerReversion(Strategy):
    """Return to the mean of the split-adjusted close, long or flat, for each symbol by itself.

    Source: J. Bollinger, "Bollinger on Bollinger Bands" (2001), of which this is the plainest use.
    """

    Options = BollingerReversionOptions
    State = BollingerReversionState
    plugin_debug_vars = ("wanted",)
    options: BollingerReversionOptions
    state: BollingerReversionState

    @property
    def wanted(self) -> list[str]:
        """Return the symbols that are wanted now."""
        return list(self.state.wanted)

    def indicators(self) -> Mapping[str, Indicator]:
        """Return the bands."""
        return {"bands": BollingerBands(self.options.length, self.options.deviations)}

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return a target for each symbol that has left its lower band or come back to the middle."""
        intents: list[Intent] = []
        for symbol in bars.updated:
            bar = bars[symbol]
            bands, close = bar.bands, bar.close
            if isnan(bands.middle):
                continue
            if symbol in self.state.wanted:
                if close >= bands.middle * (1 - _NOISE):
                    del self.state.wanted[symbol]
                    intents.append(Target(symbol, signal=0, tag="back at the middle"))
            elif close < bands.lower - _NOISE * bands.middle:
                self.state.wanted[symbol] = True
                intents.append(Target(symbol, signal=1, tag="below the lower band"))
        return intents

"""Buy weakness that ends: in when the relative strength index comes back from oversold, out at its middle."""

from collections.abc import Mapping, Sequence
from math import isnan

import msgspec
from pydantic import Field, model_validator

from app.indicators.base import Indicator
from app.indicators.momentum import RSI
from app.ports import Bars, BookView, Intent, Options, Strategy, Target


class RsiReversionOptions(Options):
    """The index, its three levels, and whether to sell short as well."""

    length: int = Field(14, ge=2, description="Bars in the index.")
    oversold: float = Field(30.0, gt=0, lt=100, description="Coming back to this level from below buys.")
    exit: float = Field(50.0, gt=0, lt=100, description="The level at which a position is closed.")
    overbought: float = Field(
        70.0, gt=0, lt=100, description="Coming back to this level from above sells short, if allowed."
    )
    allow_short: bool = Field(
        False, description="Sell short as well; a cash account denies it (short_sale_not_allowed)."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "RsiReversionOptions":
        if not self.oversold < self.exit < self.overbought:
            raise ValueError(
                f"oversold ({self.oversold:g}), exit ({self.exit:g}) and overbought ({self.overbought:g}) "
                "must ascend"
            )
        return self


class RsiReversionState(msgspec.Struct):
    """Each symbol's last index, and the side that is wanted: 1 long, -1 short, 0 or absent flat."""

    rsi: dict[str, float] = {}
    side: dict[str, int] = {}


_TAGS = {1: "back from oversold", 0: "back at the exit level", -1: "back from overbought"}


class RsiReversion(Strategy):
    """Wilder's index as a signal of reversal, for each symbol by itself.

    Being oversold is no signal; the return from there is, where it stops short of the exit level.
    Source: J. W. Wilder, "New Concepts in Technical Trading Systems" (1978), chapter 6.
    """

    Options = RsiReversionOptions
    State = RsiReversionState
    plugin_debug_vars = ("rsi", "side")
    options: RsiReversionOptions
    state: RsiReversionState

    @property
    def rsi(self) -> dict[str, float]:
        """Return the last index of each symbol."""
        return self.state.rsi

    @property
    def side(self) -> dict[str, int]:
        """Return the side that is wanted of each symbol that has had a signal."""
        return self.state.side

    def indicators(self) -> Mapping[str, Indicator]:
        """Return the index."""
        return {"rsi": RSI(self.options.length)}

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return a target for each symbol whose index says so at this bar."""
        intents: list[Intent] = []
        for symbol in bars.updated:
            rsi = bars[symbol].rsi
            if isnan(rsi):
                continue
            before = self.state.rsi.get(symbol)
            self.state.rsi[symbol] = rsi
            if before is None:
                continue
            side = self.state.side.get(symbol, 0)
            wanted = self._wanted(side, before, rsi)
            if wanted != side:
                self.state.side[symbol] = wanted
                intents.append(Target(symbol, signal=wanted, tag=_TAGS[wanted]))
        return intents

    def _wanted(self, side: int, before: float, rsi: float) -> int:
        options = self.options
        if side:
            out = rsi >= options.exit if side > 0 else rsi <= options.exit
            return 0 if out else side
        if before < options.oversold <= rsi < options.exit:
            return 1
        if options.allow_short and before > options.overbought >= rsi > options.exit:
            return -1
        return 0

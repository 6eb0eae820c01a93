"""Trade two symbols against each other: in when their spread is unusually wide, out when it has closed."""

from collections.abc import Sequence
from math import log, sqrt

import msgspec
from pydantic import Field, model_validator

from app.indicators.recurrences import joint_sums, offsets
from app.ports import Bars, BarView, BookView, Intent, Options, Strategy, Target


class PairsOptions(Options):
    """The two symbols, the window of the regression, and when to enter and leave."""

    first: str = Field("", description="The symbol that is hedged; empty: the first of the data.")
    second: str = Field("", description="The symbol that it is hedged with; empty: the second of the data.")
    window: int = Field(60, ge=10, description="Bars of both in the regression, this one included.")
    entry: float = Field(
        2.0, gt=0, allow_inf_nan=False, description="Enter where the z-score is further than this from 0."
    )
    exit: float = Field(
        0.5, ge=0, allow_inf_nan=False, description="Leave where it has come within this of 0; below `entry`."
    )
    long_only: bool = Field(
        True,
        description="Buy the cheap symbol only; without it the dear one is sold short, which a cash account "
        "denies (short_sale_not_allowed).",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "PairsOptions":
        if bool(self.first) != bool(self.second) or (self.first and self.first == self.second):
            raise ValueError("first and second must be two different symbols, or both be empty")
        if self.exit >= self.entry:
            raise ValueError(f"exit ({self.exit:g}) must be smaller than entry ({self.entry:g})")
        # One of n values lies at most sqrt(n - 1) population deviations from their mean (Samuelson 1968).
        if self.entry >= sqrt(self.window - 1):
            raise ValueError(
                f"entry ({self.entry:g}) must be smaller than the square root of window - 1 "
                f"({sqrt(self.window - 1):.3g}): no z-score is larger"
            )
        return self


class PairsState(msgspec.Struct):
    """What the pair has done so far.

    `seen` counts the bars of each symbol, `shared` holds these counts at the last bars that both had at one
    time, `side` is 1 where the first is held as the cheap one, -1 where the second is, 0 where neither is.
    """

    seen: tuple[int, int] = (0, 0)
    shared: list[tuple[int, int]] = []
    side: int = 0
    z: float = 0.0
    hedge: float = 0.0


# A deviation of log prices below this is rounding; so is one that is this part of the movement itself.
_NOISE = 1e-12


class Pairs(Strategy):
    """Reversion of log(first) - hedge * log(second) to its mean, the hedge ratio fitted anew at every bar.

    Both the ratio and the z-score come from the last `window` bars that the two symbols shared. There is no
    entry while the ratio is not positive, for then they do not move together.
    Sources: G. Vidyamurthy, "Pairs Trading" (2004), for the regression of log prices; E. Chan, "Algorithmic
    Trading" (2013), chapter 3, for the rolling ratio and z-score.
    """

    Options = PairsOptions
    State = PairsState
    plugin_debug_vars = ("z", "hedge", "side")
    options: PairsOptions
    state: PairsState

    @property
    def z(self) -> float:
        """Return the last z-score of the spread; 0 before there is one."""
        return self.state.z

    @property
    def hedge(self) -> float:
        """Return the last hedge ratio; 0 before there is one."""
        return self.state.hedge

    @property
    def side(self) -> int:
        """Return 1 where the first symbol is wanted as the cheap one, -1 for the second, 0 for neither."""
        return self.state.side

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return targets for both symbols where the spread says to enter, leave or turn."""
        options, state = self.options, self.state
        names = (options.first, options.second) if options.first else tuple(bars)[:2]
        if not self._both_have_traded(names, bars):
            return ()
        first, second = (self._logs(bars[name], leg) for leg, name in enumerate(names))
        state.hedge, state.z = hedge_and_z(first, second)
        wanted = self._wanted()
        if wanted == state.side:
            return ()
        state.side = wanted
        return [
            Target(name, signal=signal, tag=f"spread at z {state.z:.2f}")
            for name, signal in zip(names, self._signals(wanted), strict=True)
        ]

    def _both_have_traded(self, names: Sequence[str], bars: Bars) -> bool:
        """Count the new bars; return whether both have one and the window is full."""
        state = self.state
        new = [name in bars.updated for name in names]
        if len(new) < 2 or not any(new):
            return False
        state.seen = (state.seen[0] + new[0], state.seen[1] + new[1])
        if not all(new):
            return False
        state.shared = [*state.shared, state.seen][-self.options.window :]
        return len(state.shared) == self.options.window

    def _logs(self, bar: BarView, leg: int) -> list[float]:
        """Return the logarithms of the shared closes, found from the latest one back in current shares."""
        latest = self.state.seen[leg] + 1
        return [
            log(close) for close in bar.closes[[seen[leg] - latest for seen in self.state.shared]].tolist()
        ]

    def _wanted(self) -> int:
        options, state = self.options, self.state
        if state.hedge > 0 and abs(state.z) > options.entry:
            return 1 if state.z < 0 else -1
        wide_still = -state.side * state.z > options.exit
        return state.side if wide_still else 0

    def _signals(self, side: int) -> tuple[float, float]:
        if self.options.long_only:
            return max(side, 0), max(-side, 0)
        larger = max(1.0, self.state.hedge)
        return side / larger, -side * self.state.hedge / larger


def hedge_and_z(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Return the slope of `first` over `second` by least squares, and the last residual in deviations.

    The deviation is that of the residuals as a population. Where `second` does not move the slope is 0, and
    where nothing is left over the z-score is 0.
    """
    last, length = len(first) - 1, len(first)
    xx, yy, xy = joint_sums(second, first, last, length)
    hedge = xy / xx if xx > length * _NOISE**2 else 0.0
    left = (yy - hedge * xy) / length
    if left <= max(_NOISE**2, _NOISE * yy / length):
        return hedge, 0.0
    below_first, _ = offsets(first, last, length)
    below_second, _ = offsets(second, last, length)
    return hedge, (hedge * below_second - below_first) / sqrt(left)

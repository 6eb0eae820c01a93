"""Hold the past winners: each month the symbols that rose most over the last year, in equal parts."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
from pydantic import Field, model_validator

from app.ports import Bars, BookView, Intent, Options, Strategy, Target

_DAY = 86_400_000_000_000  # nanoseconds
_EPOCH = date(1970, 1, 1)


class MomentumRotationOptions(Options):
    """Over how many bars momentum is measured, and how many symbols are held."""

    lookback: int = Field(252, ge=1, description="Bars back to where momentum begins; more than skip.")
    skip: int = Field(21, ge=0, description="Latest bars left out: a last month's rise tends to reverse.")
    top: int = Field(2, ge=1, description="Symbols held, each with an equal part of the invested equity.")
    invested: float = Field(
        0.98, gt=0, le=1, description="Share of equity invested; the rest pays fees and higher opens."
    )

    @model_validator(mode="after")
    def _ordered(self) -> "MomentumRotationOptions":
        if self.skip >= self.lookback:
            raise ValueError(f"skip ({self.skip}) must be smaller than lookback ({self.lookback})")
        return self


class MomentumRotationState(msgspec.Struct):
    """The month of the last timestamp, in months since 1970, and the symbols that were chosen last."""

    month: int | None = None
    held: list[str] = []


class MomentumRotation(Strategy):
    """Cross-sectional momentum, long only.

    With the first bar of each month the symbols are ranked by their momentum, adjusted for splits: close
    `skip` bars ago / close `lookback` bars ago - 1. The best `top` get the weight invested / top each, and
    what is no longer among them is sold. Places for which no symbol has enough bars stay in cash. Equals
    stand by name, and a symbol without a bar for a week is not ranked. In the month in which the data begin
    nothing is done.

    Source: N. Jegadeesh and S. Titman, "Returns to Buying Winners and Selling Losers: Implications for Stock
    Market Efficiency", Journal of Finance 48 (1993), 65-91, of which this is the winners' side with a
    holding period of one month; leaving out the latest month follows N. Jegadeesh, "Evidence of Predictable
    Behavior of Security Returns", Journal of Finance 45 (1990), 881-898, which found it to reverse.
    """

    Options = MomentumRotationOptions
    State = MomentumRotationState
    plugin_debug_vars = ("held", "momentum")
    options: MomentumRotationOptions
    state: MomentumRotationState

    def __init__(self, options: MomentumRotationOptions | None = None) -> None:
        super().__init__(options)
        self.momentum: dict[str, float] = {}

    @property
    def held(self) -> list[str]:
        """Return the symbols that were chosen last, the strongest first."""
        return self.state.held

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return the targets of a new month with its first bar, otherwise nothing."""
        month = _month(bars.time)
        before, self.state.month = self.state.month, month
        if before is None or before == month:
            return ()
        return self._rotated(bars)

    def _rotated(self, bars: Bars) -> list[Intent]:
        options = self.options
        self.momentum = {
            symbol: float(closes[-1 - options.skip] / closes[-1 - options.lookback] - 1)
            for symbol in bars
            if bars.time - bars[symbol].time < 7 * _DAY
            and len(closes := bars[symbol].closes) > options.lookback
        }
        ranked = sorted(self.momentum, key=lambda symbol: (-self.momentum[symbol], symbol))
        winners = ranked[: options.top]
        losers = [symbol for symbol in self.state.held if symbol not in winners]
        self.state.held = winners
        weight = options.invested / options.top
        sales: list[Intent] = [Target(symbol, weight=0, tag="no longer a winner") for symbol in losers]
        return sales + [Target(symbol, weight=weight, tag="past winner") for symbol in winners]


def _month(time: int) -> int:
    """Return the number of months from January 1970 to a time in UTC nanoseconds."""
    day = _EPOCH + timedelta(days=time // _DAY)
    return (day.year - 1970) * 12 + day.month - 1

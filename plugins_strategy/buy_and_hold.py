"""Buy each symbol at its first bar and keep it."""

from collections.abc import Sequence

import msgspec

from app.ports import Bars, BookView, Intent, Strategy, Target


class BuyAndHoldState(msgspec.Struct):
    """The symbols that have been asked for, each with True."""

    bought: dict[str, bool] = {}  # rather than a set, because it keeps their order


class BuyAndHold(Strategy):
    """The strategy that every other one is compared with."""

    State = BuyAndHoldState
    plugin_debug_vars = ("bought",)
    state: BuyAndHoldState

    @property
    def bought(self) -> list[str]:
        """Return the symbols that have been asked for."""
        return list(self.state.bought)

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return a full target for each symbol at its first bar."""
        bought = self.state.bought
        new = [symbol for symbol in bars.updated if symbol not in bought]
        if not new:
            return ()
        bought.update(dict.fromkeys(new, True))
        return [Target(symbol, signal=1, tag="first bar") for symbol in new]

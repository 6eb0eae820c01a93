"""One price for a whole bar."""

from dataclasses import dataclass

from app.indicators.base import Columns, Indicator


@dataclass(frozen=True)
class TypicalPrice(Indicator):
    """The typical price of a bar: the mean of its high, low and close, in price units.

    TP = (high + low + close) / 3. Warm-up: 1 bar.
    """

    inputs = ("highs", "lows", "closes")
    window = 1
    start = ()

    @staticmethod
    def step(_state: tuple[()], row: int, columns: Columns, _params: tuple[()]) -> tuple[tuple[()], float]:
        """Remember nothing."""
        return (), (columns[0][row] + columns[1][row] + columns[2][row]) / 3.0


TYPICAL_PRICE = TypicalPrice()

"""The same share of equity for every symbol."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from pydantic import Field

from app.ports import (
    Bars,
    BookView,
    Instrument,
    Number,
    OrderRequest,
    Portfolio,
    PortfolioOptions,
    SignalSizing,
    Target,
    Weights,
    exact,
    last_price,
    lots_for,
    share_of,
    size_targets,
    within_cash,
)

_FEW = 1_000_000


class EqualWeightOptions(PortfolioOptions):
    """What is kept back from being divided."""

    cash_buffer: Number = Field(
        Decimal("0.02"),
        ge=0,
        lt=1,
        description="Share of equity kept as cash, for fees and for opens above the last close.",
    )


class EqualWeight(Portfolio):
    """Each of n symbols is allotted 1/n of equity less the buffer; a signal takes its share of that.

    Only the symbols with a target are traded; the others keep their quantity, so after a drift there may be
    less cash than the allotment asks for: the purchase is then cut to the cash above the buffer.
    """

    Options = EqualWeightOptions
    plugin_debug_vars = ("weights",)
    options: EqualWeightOptions

    def __init__(self, options: EqualWeightOptions | None = None) -> None:
        super().__init__(options)
        self.weights: dict[str, float] = {}

    def allocate(
        self, targets: Sequence[Target], bars: Bars, book: BookView, instruments: Mapping[str, Instrument]
    ) -> Weights:
        """Return 1/n for each symbol of the portfolio."""
        self.weights = dict.fromkeys(instruments, 1 / len(instruments))
        return self.weights

    def signal_sizing(self, instruments: Mapping[str, Instrument]) -> SignalSizing | None:
        """Return the sizing of `size`, where 1/n has few enough digits to be the same number."""
        share = Fraction(exact(1 / len(instruments)))
        if share.denominator > _FEW:
            return None
        spend = Fraction(1 - self.options.cash_buffer)
        return SignalSizing(spend=spend, share=share, within_cash=True)

    def size(
        self,
        targets: Sequence[Target],
        weights: Weights,
        bars: Bars,
        book: BookView,
        instruments: Mapping[str, Instrument],
    ) -> Sequence[OrderRequest]:
        """Return market orders to whole lots that the allotted money, and the cash, pay for."""
        equity = book.equity
        spendable = share_of(equity, 1 - self.options.cash_buffer)

        def lots(target: Target, instrument: Instrument) -> int:
            share = exact(weights[target.symbol]) * exact(target.signal or 0)
            return lots_for(instrument, share_of(spendable, share), last_price(book, target.symbol))

        requests = size_targets(targets, book, instruments, lots)
        return within_cash(requests, book, instruments, keep=equity - spendable)

"""A fixed number of shares per signal."""

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
    size_targets,
)


class FixedQuantityOptions(PortfolioOptions):
    """How much one full signal buys."""

    quantity: Number = Field(Decimal(100), gt=0, description="Shares for a signal of 1.")


class FixedQuantity(Portfolio):
    """A signal of s holds s times `quantity` shares, whatever the equity; weights and quantities as given."""

    Options = FixedQuantityOptions
    options: FixedQuantityOptions

    def allocate(
        self, targets: Sequence[Target], bars: Bars, book: BookView, instruments: Mapping[str, Instrument]
    ) -> Weights:
        """Return nothing: quantities do not depend on weights."""
        return {}

    def signal_sizing(self, instruments: Mapping[str, Instrument]) -> SignalSizing | None:
        """Return the sizing of `size`, where all instruments have one lot."""
        lots = {Fraction(self.options.quantity) / Fraction(each.lot) for each in instruments.values()}
        return SignalSizing(lots=lots.pop()) if len(lots) == 1 else None

    def size(
        self,
        targets: Sequence[Target],
        weights: Weights,
        bars: Bars,
        book: BookView,
        instruments: Mapping[str, Instrument],
    ) -> Sequence[OrderRequest]:
        """Return market orders to the wanted quantities, toward zero to whole lots."""

        def lots(target: Target, instrument: Instrument) -> int:
            return instrument.lots(self.options.quantity * exact(target.signal or 0))

        return size_targets(targets, book, instruments, lots)

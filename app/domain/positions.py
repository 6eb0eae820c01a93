"""What is held, and the read-only book that strategies, portfolios and risk rules decide by."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.domain.instruments import Instrument
from app.domain.orders import Order


@dataclass(frozen=True, slots=True)
class Position:
    """A holding: signed lots, and their total cost in minor units (negative for a short position).

    `realised` (before fees), `fees` and `dividends` add up over the whole run, in minor units.
    """

    instrument: Instrument
    lots: int = 0
    cost: int = 0
    realised: int = 0
    fees: int = 0
    dividends: int = 0
    opened_at: int | None = None
    closed_at: int | None = None

    @property
    def quantity(self) -> Decimal:
        """Return the signed quantity."""
        return self.instrument.quantity(self.lots)


class BookView(Protocol):
    """Cash, positions and working orders as of now; valid during the call that it was handed to."""

    @property
    def cash(self) -> int:
        """Return the account's cash in minor units."""
        ...

    @property
    def reserved(self) -> int:
        """Return the cash promised to working buy orders, fees included, in minor units."""
        ...

    @property
    def equity(self) -> int:
        """Return cash plus positions at their last raw close, in minor units."""
        ...

    @property
    def exposure(self) -> int:
        """Return the sum of the absolute values of the positions at their last raw closes, in minor units."""
        ...

    @property
    def opening(self) -> int:
        """Return the value of the working orders that may add to a position, in minor units."""
        ...

    @property
    def orders(self) -> Mapping[str, Order]:
        """Return the working orders by client order id, in the order of their sequence."""
        ...

    def lots(self, symbol: str) -> int:
        """Return the signed lots held; 0 where nothing is."""
        ...

    def expected_lots(self, symbol: str) -> int:
        """Return the signed lots held plus those in flight as market orders."""
        ...

    def last_ticks(self, symbol: str) -> int | None:
        """Return the last raw close in ticks, or None before the symbol's first bar."""
        ...

    def listed(self, symbol: str) -> bool:
        """Return whether a symbol still trades; False from its delisting on."""
        ...

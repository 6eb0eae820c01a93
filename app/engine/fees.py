"""What a venue charges."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from app.domain.money import bounded, half_even


@dataclass(frozen=True)
class BpsOfNotional:
    """A commission in basis points (hundredths of a percent) of price times quantity.

    Raises OutOfRange for a rate that is absurdly small or large.
    """

    bps: Decimal

    def __post_init__(self) -> None:
        bounded(self.bps)

    @cached_property
    def _ratio(self) -> tuple[int, int]:
        numerator, denominator = self.bps.as_integer_ratio()
        return numerator, denominator * 10_000

    def charge(self, value: int) -> int:
        """Return the fee on a notional, both in minor units, rounded half to even once."""
        numerator, denominator = self._ratio
        return half_even(value * numerator, denominator)


@dataclass(frozen=True)
class VenueModel:
    """How a broker's venue is simulated."""

    commission: BpsOfNotional

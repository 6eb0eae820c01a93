"""What can be traded, and the exact size of its smallest price and quantity steps."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from app.domain.errors import InputError
from app.domain.money import EXACT, bounded, checked, currency_exponent, half_even, steps


@dataclass(frozen=True)
class Instrument:
    """A tradable symbol: `tick` is its price step, `lot` its quantity step, both exact decimals above zero.

    Raises InputError when tick, lot or multiplier is not a positive finite number, OutOfRange when one is
    absurdly small or large.
    """

    symbol: str
    currency: str = "USD"
    tick: Decimal = Decimal("0.01")
    lot: Decimal = Decimal(1)
    multiplier: Decimal = Decimal(1)
    exchange: str = ""
    asset_class: str = "equity"

    def __post_init__(self) -> None:
        for name in ("tick", "lot", "multiplier"):
            size = getattr(self, name)
            if not (size.is_finite() and bounded(size) > 0):
                raise InputError(f"{self.symbol}: {name} is {size}; it must be a number above zero.")

    @cached_property
    def unit_value(self) -> tuple[int, int]:
        """Return what one tick times one lot is worth in minor units, as numerator and denominator."""
        minor = Fraction(self.tick) * Fraction(self.lot) * Fraction(self.multiplier)
        minor *= 10 ** currency_exponent(self.currency)
        return minor.numerator, minor.denominator

    @cached_property
    def price_exponent(self) -> int:
        """Return the decimals with which a price of this instrument is written."""
        return max(0, -int(self.tick.normalize().as_tuple().exponent))

    def value(self, ticks: int, lots: int) -> int:
        """Return price times quantity in the currency's minor units, rounded half to even once.

        Raises OutOfRange when it does not fit 64 bits.
        """
        numerator, denominator = self.unit_value
        return checked(half_even(ticks * lots * numerator, denominator))

    def ticks(self, price: Decimal) -> int:
        """Return a price as ticks, rounded half to even. Raises OutOfRange when it does not fit 64 bits."""
        return checked(half_even(*steps(price, self.tick)))

    def price(self, ticks: int) -> Decimal:
        """Return a number of ticks as a price."""
        return EXACT.multiply(self.tick, ticks)

    def lots(self, quantity: Decimal) -> int:
        """Return a quantity as whole lots, rounded toward zero. Raises OutOfRange beyond 64 bits."""
        numerator, denominator = steps(quantity, self.lot)
        whole = abs(numerator) // denominator
        return checked(whole if numerator >= 0 else -whole)

    def quantity(self, lots: int) -> Decimal:
        """Return a number of lots as a quantity."""
        return EXACT.multiply(self.lot, lots)

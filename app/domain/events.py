"""What happens to instruments and to runs, in the past tense, with UTC nanoseconds."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Split:
    """On the ex-date every `denominator` old shares became `numerator` new ones (2 for 1: ratio 2/1)."""

    symbol: str
    ex_time: int
    numerator: int
    denominator: int

    @property
    def ratio(self) -> Fraction:
        """Return new shares per old share."""
        return Fraction(self.numerator, self.denominator)


@dataclass(frozen=True)
class Dividend:
    """Cash per share for holders at the open of the ex-date, paid at `pay_time`, never before it."""

    symbol: str
    ex_time: int
    pay_time: int
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Delisting:
    """The symbol trades no more from `ex_time` on; holders get `price` a share, or its last close if None."""

    symbol: str
    ex_time: int
    price: Decimal | None = None


CorporateAction = Split | Dividend | Delisting

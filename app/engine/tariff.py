"""One charge of a fee schedule, as a person writes it, and the integer rows that it becomes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import lcm

from app.domain.errors import InputError, OutOfRange
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.money import INT64_MAX, bounded, currency_exponent, half_even
from app.engine import charges

Table = tuple[tuple[int, ...], ...]
"""Rows of the columns that `app.engine.charges` names."""


class Basis(StrEnum):
    """What a charge's rate is applied to."""

    VALUE = "share of the order's value"
    QUANTITY = "money per unit of quantity"
    ORDER = "money per order"
    CHARGES = "share of other charges"


class Liquidity(StrEnum):
    """Which fills a charge is for."""

    ANY = "any"
    MAKER = "maker"
    TAKER = "taker"


@dataclass(frozen=True)
class Tier:
    """The rate of what is traded `above` a quantity in the calendar month, up to the next tier."""

    above: Decimal
    rate: Decimal


@dataclass(frozen=True)
class Charge:
    """One charge: `rate` of its basis, within limits per order, in the instrument's currency.

    Shares are fractions (0.001 is 0.1 %), other rates and limits are money. Without a side it holds for
    purchases and sales. It holds from the start of `since` to the start of `until`, both UTC days; without
    them always. `tiers` follow on `rate` as the month's quantity grows, each for its own part of it.
    `on` names the charges that a charge of basis CHARGES is a share of. Where a minimum is above a maximum
    by share, the maximum wins.

    Raises InputError for a charge that contradicts itself, OutOfRange for an absurdly small or large rate.
    """

    name: str
    rate: Decimal
    basis: Basis = Basis.VALUE
    side: Side | None = None
    minimum: Decimal = Decimal(0)
    maximum: Decimal | None = None
    maximum_share: Decimal | None = None
    tiers: tuple[Tier, ...] = ()
    since: date | None = None
    until: date | None = None
    on: tuple[str, ...] = ()
    liquidity: Liquidity = Liquidity.ANY

    def __post_init__(self) -> None:
        amounts = {"rate": self.rate, "minimum": self.minimum}
        if self.maximum is not None:
            amounts["maximum"] = self.maximum
        if self.maximum_share is not None:
            amounts["maximum share"] = self.maximum_share
        for number, tier in enumerate(self.tiers, 1):
            amounts |= {f"start of tier {number}": tier.above, f"rate of tier {number}": tier.rate}
        for what, amount in amounts.items():
            if bounded(amount) < 0:
                raise InputError(f"Charge '{self.name}': its {what} is {amount}; it must not be negative.")
        for problem in self._contradictions():
            raise InputError(f"Charge '{self.name}': {problem}.")

    def _contradictions(self) -> Iterator[str]:
        if self.basis in {Basis.VALUE, Basis.CHARGES} and self.rate > 1:
            yield f"a rate of {self.rate} is more than the whole; a share of 0.1 % is 0.001"
        if self.maximum_share is not None and self.maximum_share > 1:
            yield f"a maximum of {self.maximum_share} is more than the whole value; 1 % is 0.01"
        if self.maximum is not None and self.minimum > self.maximum:
            yield f"its minimum {self.minimum} is above its maximum {self.maximum}"
        if self.since is not None and self.until is not None and self.since >= self.until:
            yield f"it ends on {self.until}, before it begins on {self.since}"
        if (self.basis is Basis.CHARGES) != bool(self.on):
            yield "a share of other charges, and no other, names them in 'on'"
        starts = [Decimal(0), *(tier.above for tier in self.tiers)]
        if any(one >= other for one, other in pairwise(starts)):
            yield "its tiers must start above zero and rise"
        if self.tiers and self.basis is not Basis.QUANTITY:
            yield "only a charge per unit of quantity has tiers"

    def overlaps(self, other: "Charge") -> bool:
        """Return whether one fill could be charged under both."""
        return bool(self.sides & other.sides) and not (
            (self.until is not None and other.since is not None and self.until <= other.since)
            or (other.until is not None and self.since is not None and other.until <= self.since)
        )

    @property
    def sides(self) -> int:
        """Return the fills that the charge is for, as the bits of `charges.SIDES`."""
        purchases = charges.TAKEN_PURCHASE | charges.MADE_PURCHASE
        sales = charges.TAKEN_SALE | charges.MADE_SALE
        made = charges.MADE_PURCHASE | charges.MADE_SALE
        taken = charges.TAKEN_PURCHASE | charges.TAKEN_SALE
        side = {None: purchases | sales, Side.BUY: purchases, Side.SELL: sales}[self.side]
        return (
            side
            & {Liquidity.ANY: made | taken, Liquidity.MAKER: made, Liquidity.TAKER: taken}[self.liquidity]
        )

    def rows(self, instrument: Instrument, counts: int) -> Table:
        """Return the charge's rows, `counts` being what they count towards; none if it is always zero.

        Raises OutOfRange for a rate or limit that does not fit 64 bits exactly, InputError for a tier that
        does not start on a whole lot.
        """
        if not (self.rate or self.minimum or any(tier.rate for tier in self.tiers)):
            return ()
        money = 10 ** currency_exponent(instrument.currency)
        if self.basis is Basis.ORDER:
            rates = [Fraction(self._units(self.rate, money))]
        elif self.basis is Basis.QUANTITY:
            per_lot = money * Fraction(instrument.lot)
            rates = [Fraction(rate) * per_lot for rate in (self.rate, *(tier.rate for tier in self.tiers))]
        else:
            rates = [Fraction(self.rate)]
        denominator = lcm(*(rate.denominator for rate in rates))
        numerators = [rate.numerator * (denominator // rate.denominator) for rate in rates]
        cap = (0, 0) if self.maximum_share is None else self.maximum_share.as_integer_ratio()
        for numerator, divisor in (*((each, denominator) for each in numerators), cap):
            self._fits(numerator, divisor)
        bounds = [0, *(self._whole_lots(tier.above, instrument) for tier in self.tiers), INT64_MAX]
        maximum = charges.MOST if self.maximum is None else self._units(self.maximum, money)
        return tuple(
            (
                _KINDS[self.basis],
                self.sides,
                nanoseconds(self.since, -INT64_MAX),
                nanoseconds(self.until, INT64_MAX),
                numerator,
                denominator,
                _reach(numerator, denominator),
                bounds[number],
                bounds[number + 1],
                int(number == len(numerators) - 1),
                self._units(self.minimum, money),
                maximum,
                *cap,
                counts,
            )
            for number, numerator in enumerate(numerators)
        )

    def _units(self, amount: Decimal, money: int) -> int:
        numerator, denominator = amount.as_integer_ratio()
        units = half_even(numerator * money, denominator)
        if units > charges.MOST:
            raise OutOfRange(f"Charge '{self.name}': the amount {amount:.6e} does not fit 64 bits.")
        return units

    def _fits(self, numerator: int, denominator: int) -> None:
        if numerator > charges.MOST // 2 or denominator * (max(numerator, 1) + 1) > INT64_MAX:
            raise OutOfRange(
                f"Charge '{self.name}': the rate {numerator} / {denominator} in minor units does not fit "
                "64 bits.",
                "Use fewer decimals, or a lot and currency in which it is of ordinary size.",
            )

    def _whole_lots(self, quantity: Decimal, instrument: Instrument) -> int:
        lots = Fraction(quantity) / Fraction(instrument.lot)
        if lots.denominator != 1 or lots > INT64_MAX:
            raise InputError(
                f"Charge '{self.name}': its tier above {quantity} does not start on a whole lot of "
                f"{instrument.lot} {instrument.symbol}."
            )
        return lots.numerator


_KINDS = {
    Basis.VALUE: charges.VALUE,
    Basis.QUANTITY: charges.LOTS,
    Basis.ORDER: charges.ORDER,
    Basis.CHARGES: charges.LEVY,
}

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def nanoseconds(day: date | None, otherwise: int) -> int:
    """Return the start of a UTC day in nanoseconds since 1970, held within 64 bits."""
    if day is None:
        return otherwise
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) - _EPOCH
    return max(-INT64_MAX, min(INT64_MAX, since // timedelta(microseconds=1) * 1_000))


def dated(charge: Charge, *steps: tuple[date, str] | tuple[date, str, str]) -> tuple[Charge, ...]:
    """Return the charge at each of its (since, rate) or (since, rate, maximum), each until the next one."""
    ends: Iterable[date | None] = (*(step[0] for step in steps[1:]), charge.until)
    return tuple(
        replace(
            charge,
            rate=Decimal(step[1]),
            maximum=Decimal(step[2]) if len(step) == 3 else charge.maximum,
            since=step[0],
            until=end,
        )
        for step, end in zip(steps, ends, strict=True)
    )


def _reach(numerator: int, denominator: int) -> int:
    if not numerator:
        return INT64_MAX
    return min(INT64_MAX, (2 * charges.MOST // numerator - 1) * denominator)

"""What a venue charges: fee schedules, and the tables of integers that the engine evaluates.

What an order has been charged is a function of what it has filled in all, so a fill is charged what is due
after it less what was due before it. Partial fills then never cost more than one whole fill, a minimum
is charged once, and no fee is negative.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Protocol

from app.domain.errors import InputError
from app.domain.instruments import Instrument
from app.domain.money import EXACT, bounded, half_even
from app.engine import charges
from app.engine.charges import charged
from app.engine.tariff import Basis, Charge, Liquidity, Table, Tier, dated

__all__ = [
    "Basis",
    "BpsOfNotional",
    "Charge",
    "FeeModel",
    "FeeSchedule",
    "Liquidity",
    "Table",
    "Tier",
    "charged",
    "dated",
]


class FeeModel(Protocol):
    """Anything that says what an instrument's orders are charged, as a table for `charged`."""

    def table(self, instrument: Instrument) -> Table:
        """Return the charges of one instrument: at least one row of `charges.COLUMNS` integers."""


@dataclass(frozen=True)
class FeeSchedule:
    """Charges that are levied together, and the document that they were published in.

    A schedule with a currency refuses instruments of any other. Charges of one name are one charge whose
    terms differ by date, side or liquidity. Raises InputError if two of one name could hold for the same
    fill, or if a share of other charges names one that is missing or is itself such a share.
    """

    name: str
    charges: tuple[Charge, ...]
    source: str
    currency: str = ""

    def __post_init__(self) -> None:
        for one, other in combinations(self.charges, 2):
            if one.name == other.name and one.overlaps(other):
                raise InputError(
                    f"Fee schedule '{self.name}': two charges '{one.name}' hold at the same time.",
                    "Give the older one an 'until', or the two different names.",
                )
        plain = {charge.name for charge in self.charges if charge.basis is not Basis.CHARGES}
        for charge in self.charges:
            missing = ", ".join(sorted(set(charge.on) - plain))
            if missing:
                raise InputError(
                    f"Fee schedule '{self.name}': '{charge.name}' is a share of {missing}, which is not "
                    "in the schedule or is a share of other charges itself."
                )

    @property
    def holds_from(self) -> date | None:
        """Return the first day on which all of its charges are known, or None if they hold always."""
        first: dict[str, date] = {}
        for charge in self.charges:
            since = charge.since or date.min
            first[charge.name] = min(since, first.get(charge.name, since))
        latest = max(first.values(), default=date.min)
        return None if latest == date.min else latest

    def table(self, instrument: Instrument) -> Table:
        """Return the charges as rows of `charges.COLUMNS` integers, of which there is at least one.

        Raises InputError for an instrument of another currency and for more than `charges.MOST_ROWS` rows,
        OutOfRange for a rate that 64 bits cannot hold exactly.
        """
        if self.currency not in {"", instrument.currency}:
            raise InputError(
                f"Fee schedule '{self.name}' is in {self.currency}, but {instrument.symbol} trades in "
                f"{instrument.currency}.",
                "Choose a schedule of the instrument's currency.",
            )
        rows = tuple(self._rows(instrument))
        if len(rows) > charges.MOST_ROWS:
            raise InputError(
                f"Fee schedule '{self.name}' makes {len(rows)} rows; {charges.MOST_ROWS} are the most.",
                "Leave out charges of years that are not needed.",
            )
        if not rows:
            return (_nothing(),)
        return (_plain(rows[0]),) if len(rows) == 1 else rows

    def _rows(self, instrument: Instrument) -> Iterator[tuple[int, ...]]:
        """Each levy follows what it is a share of; what an earlier levy has counted is repeated, not owed."""
        pending = [charge for charge in self.charges if charge.basis is not Basis.CHARGES]
        for levy in self.charges:
            # A levy without rows would leave what it counts to the next one.
            share = levy.rows(instrument, charges.OWED) if levy.basis is Basis.CHARGES else ()
            if not share:
                continue
            for charge in self.charges:
                if charge.name in levy.on:
                    owed = charges.OWED if charge in pending else 0
                    yield from charge.rows(instrument, owed | charges.LEVIED)
            pending = [charge for charge in pending if charge.name not in levy.on]
            yield from share
        for charge in pending:
            yield from charge.rows(instrument, charges.OWED)

    def itemised(
        self, instrument: Instrument, side: int, lots: int, value: int, time: int, *, month_lots: int = 0
    ) -> Mapping[str, int]:
        """Return what `charged` adds up to, by charge, in minor units; it takes the same arguments."""
        order = (side, lots, value, time, month_lots)
        items: dict[str, int] = {}
        for charge in self.charges:
            base = tuple(each for each in self.charges if each.name in charge.on)
            amount = charged(self._only((*base, charge)).table(instrument), *order)
            items[charge.name] = items.get(charge.name, 0) + amount
            if base:
                items[charge.name] -= charged(self._only(base).table(instrument), *order)
        return items

    def _only(self, some: Iterable[Charge]) -> "FeeSchedule":
        return FeeSchedule(self.name, tuple(some), self.source, self.currency)


def _nothing() -> tuple[int, ...]:
    row = [0] * charges.COLUMNS
    row[charges.DENOMINATOR] = 1
    return tuple(row)


def _plain(row: tuple[int, ...]) -> tuple[int, ...]:
    """Return the only row of a table, marked PLAIN if nothing but a share of the value is in it."""
    free = Charge("", Decimal(1)).rows(Instrument("FREE"), charges.OWED)[0]
    fixed = [column for column in range(charges.COLUMNS) if column not in _RATE]
    if any(row[column] != free[column] for column in fixed):
        return row
    return (charges.PLAIN, *row[1:])


_RATE = frozenset({charges.NUMERATOR, charges.DENOMINATOR, charges.REACH})


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

    def table(self, instrument: Instrument) -> Table:
        """Return the commission as a table for `charged`; raises InputError for more than the whole value."""
        share = Charge("commission", self.bps.scaleb(-4, EXACT))
        return FeeSchedule("bps_of_notional", (share,), "as configured").table(instrument)

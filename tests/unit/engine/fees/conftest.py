"""Random schedules and orders, and what they owe by the definition, in fractions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from app.domain.errors import InputError, OutOfRange
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.money import currency_exponent
from app.engine.fees import Basis, Charge, FeeSchedule, Liquidity, Tier

DAY = 86_400_000_000_000
FIRST_DAY = date(2024, 1, 1)
FIRST = 19_723 * DAY
LARGEST = 2**56


def amounts(largest: int, places: int) -> SearchStrategy[Decimal]:
    return st.one_of(
        st.decimals(0, largest, places=places),
        st.sampled_from([Decimal(0), Decimal(largest), Decimal(1).scaleb(-places)]),
    )


dates = st.none() | st.integers(0, 9).map(lambda days: FIRST_DAY + timedelta(days))


@st.composite
def charge(draw: DrawFn, name: str) -> Charge:
    basis = draw(st.sampled_from([Basis.VALUE, Basis.QUANTITY, Basis.ORDER]))
    rate = draw(amounts(1, 9) if basis is Basis.VALUE else amounts(50, 6))
    tiers = []
    if basis is Basis.QUANTITY:
        starts = draw(st.lists(st.integers(1, 10**5), max_size=4, unique=True))
        tiers = [Tier(Decimal(100 * start), draw(amounts(5, 6))) for start in sorted(starts)]
    one, other = draw(dates), draw(dates)
    if one is not None and other is not None:
        one, other = min(one, other), max(one, other) + timedelta(1)
    minimum = draw(st.just(Decimal(0)) | amounts(20, 3))
    above = draw(st.none() | amounts(100, 3))
    return Charge(
        name,
        rate,
        basis,
        side=draw(st.sampled_from([None, None, Side.BUY, Side.SELL])),
        minimum=minimum,
        maximum=None if above is None else minimum + above,
        maximum_share=draw(st.none() | amounts(1, 4)),
        tiers=tuple(tiers),
        since=one,
        until=other,
        liquidity=draw(st.sampled_from([Liquidity.ANY, Liquidity.ANY, Liquidity.MAKER, Liquidity.TAKER])),
    )


@st.composite
def schedule(draw: DrawFn) -> FeeSchedule:
    names = [f"charge {number}" for number in range(draw(st.integers(0, 4)))]
    charges = [draw(charge(name)) for name in names]
    for number in range(draw(st.integers(0, 2)) if names else 0):
        on = draw(st.lists(st.sampled_from(names), min_size=1, unique=True))
        limited = draw(charge(f"levy {number}"))
        levy = replace(limited, rate=draw(amounts(1, 4)), basis=Basis.CHARGES, tiers=(), on=tuple(on))
        charges.insert(draw(st.integers(0, len(charges))), levy)
    return FeeSchedule("random", tuple(charges), "drawn at random")


instruments = st.builds(
    Instrument,
    st.just("ANY"),
    currency=st.sampled_from(["USD", "JPY", "BTC"]),
    lot=st.sampled_from([Decimal(1), Decimal(100), Decimal("0.001")]),
)

counts = st.one_of(st.integers(0, 2_000), st.integers(0, 10**7), st.integers(0, 2**53))


@st.composite
def order(draw: DrawFn) -> tuple[int, int, int, int, int]:
    """Draw side, lots, value, time and month's lots, as `charged` takes them."""
    side = draw(st.sampled_from([1, -1, 2, -2]))
    time = FIRST + DAY * draw(st.integers(-1, 10)) + draw(st.sampled_from([0, DAY - 1]))
    return side, draw(counts), draw(counts), time, draw(counts)


def holds(each: Charge, side: int, time: int) -> bool:
    day = FIRST_DAY + timedelta(days=(time - FIRST) // DAY)
    return (
        each.side in {None, Side.BUY if side > 0 else Side.SELL}
        and each.liquidity in {Liquidity.ANY, Liquidity.TAKER if abs(side) == 1 else Liquidity.MAKER}
        and (each.since is None or each.since <= day)
        and (each.until is None or day < each.until)
    )


def by_quantity(each: Charge, before: Fraction, after: Fraction) -> Fraction:
    """Return the money for what was traded between two quantities of the month, tier by tier."""
    starts = [Fraction(0), *(Fraction(tier.above) for tier in each.tiers)]
    rates = [each.rate, *(tier.rate for tier in each.tiers)]
    money = Fraction(0)
    for start, end, rate in zip(starts, [*starts[1:], after], rates, strict=True):
        money += max(Fraction(0), min(after, end) - max(before, start)) * Fraction(rate)
    return money


def owed(charges: FeeSchedule, instrument: Instrument, *placed: int) -> int:
    """Return what the charges come to, from their definition and not from their tables."""
    side, lots, value, time, month_lots = placed
    money = 10 ** currency_exponent(instrument.currency)
    lot = Fraction(instrument.lot)

    def amount(each: Charge) -> int:
        if not holds(each, side, time):
            return 0
        base = sum(amount(other) for other in charges.charges if other.name in each.on)
        exact = {
            Basis.VALUE: Fraction(each.rate) * value,
            Basis.ORDER: Fraction(each.rate) * money,
            Basis.CHARGES: Fraction(each.rate) * base,
            Basis.QUANTITY: by_quantity(each, month_lots * lot, (month_lots + lots) * lot) * money,
        }[each.basis]
        exact = max(exact, Fraction(each.minimum) * money)
        if each.maximum is not None:
            exact = min(exact, Fraction(each.maximum) * money)
        if each.maximum_share is not None:
            exact = min(exact, Fraction(each.maximum_share) * value)
        return round(min(exact, Fraction(LARGEST)))

    return sum(amount(each) for each in charges.charges) if lots else 0


def tabled(drawn: tuple[FeeSchedule, Instrument]) -> bool:
    try:
        return bool(drawn[0].table(drawn[1]))
    except (InputError, OutOfRange):
        return False


@pytest.fixture(scope="session")
def cases() -> SearchStrategy[tuple[FeeSchedule, Instrument]]:
    """Schedules with an instrument for which they have a table."""
    return st.tuples(schedule(), instruments).filter(tabled)


@pytest.fixture(scope="session")
def orders() -> SearchStrategy[tuple[int, int, int, int, int]]:
    return order()


@pytest.fixture(scope="session")
def definition() -> Callable[..., int]:
    return owed


@pytest.fixture(scope="session")
def at() -> Callable[[str], int]:
    """Return a function from a day to the nanosecond of its noon."""

    def noon(day: str) -> int:
        return (date.fromisoformat(day) - date(1970, 1, 1)).days * DAY + DAY // 2

    return noon


@pytest.fixture(scope="session")
def owes(at: Callable[[str], int]) -> Callable[..., Decimal]:
    """Return a function from a schedule and an order in plain figures to the money owed."""
    from app.engine.fees import charged

    def money(
        of: FeeSchedule, side: str, quantity: int, price: str, day: str = "2024-06-03", **more: Any
    ) -> Decimal:
        instrument = Instrument("ANY", currency=more.pop("currency", of.currency or "USD"))
        direction = {"buy": 1, "sell": -1}[side] * (2 if more.pop("making", False) else 1)
        value = instrument.value(instrument.ticks(Decimal(price)), quantity)
        placed = (direction, quantity, value, at(day))
        total = charged(of.table(instrument), *placed, more.pop("month", 0))
        assert not more
        return Decimal(total).scaleb(-currency_exponent(instrument.currency))

    return money

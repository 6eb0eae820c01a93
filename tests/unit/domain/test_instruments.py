"""Prices in ticks, quantities in lots, and what they are worth."""

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InputError, OutOfRange
from app.domain.instruments import Instrument

pytestmark = pytest.mark.unit

sizes = st.sampled_from(
    [Decimal(text) for text in ("0.01", "0.0001", "0.05", "0.25", "1", "5", "0.00000001")]
)
amounts = st.decimals(-(10**6), 10**6, places=10)


@given(sizes, st.integers(-(10**15), 10**15))
def test_ticks_come_back_from_the_price_that_they_make(tick, ticks):
    instrument = Instrument("AAA", tick=tick)
    assert instrument.ticks(instrument.price(ticks)) == ticks


@given(sizes, st.integers(-(10**15), 10**15))
def test_lots_come_back_from_the_quantity_that_they_make(lot, lots):
    instrument = Instrument("AAA", lot=lot)
    assert instrument.lots(instrument.quantity(lots)) == lots


@given(sizes, amounts)
def test_a_price_is_rounded_half_to_even_to_the_tick(tick, price):
    with localcontext(prec=60):
        expected = int((price / tick).to_integral_value(ROUND_HALF_EVEN))
    assert Instrument("AAA", tick=tick).ticks(price) == expected


@given(sizes, amounts)
def test_a_quantity_is_rounded_toward_zero_to_the_lot(lot, quantity):
    with localcontext(prec=60):
        expected = int((quantity / lot).to_integral_value(ROUND_DOWN))
    assert Instrument("AAA", lot=lot).lots(quantity) == expected


def test_a_quantity_a_hair_below_a_lot_is_no_lot():
    assert Instrument("AAA").lots(Decimal("0." + 40 * "9")) == 0


def test_a_price_a_hair_below_half_a_tick_is_rounded_once():
    assert Instrument("AAA", tick=Decimal(1)).ticks(Decimal("1.4" + 40 * "9")) == 1


@given(sizes, sizes, st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_a_value_is_price_times_quantity_rounded_once(tick, lot, lots, ticks):
    instrument = Instrument("AAA", tick=tick, lot=lot, multiplier=Decimal(50))
    with localcontext(prec=60):
        exact = instrument.price(ticks) * instrument.quantity(lots) * 50
        assert instrument.value(ticks, lots) == int((exact * 100).to_integral_value(ROUND_HALF_EVEN))


@pytest.mark.parametrize(
    ("currency", "value"), [("USD", 1_234), ("JPY", 12), ("KWD", 12_340), ("BTC", 1_234_000_000)]
)
def test_a_value_is_in_the_minor_units_of_the_currency(currency, value):
    assert Instrument("AAA", currency).value(1_234, 1) == value


@pytest.mark.parametrize("name", ["tick", "lot", "multiplier"])
@pytest.mark.parametrize("size", ["0", "-0.01", "NaN", "Infinity"])
def test_steps_that_are_not_above_zero_are_refused(name, size):
    with pytest.raises(InputError, match=f"AAA: {name} is {size}"):
        Instrument("AAA", **{name: Decimal(size)})


@pytest.mark.parametrize(
    "convert",
    [
        lambda instrument: instrument.ticks(Decimal("1e30")),
        lambda instrument: instrument.ticks(Decimal("NaN")),
        lambda instrument: instrument.lots(Decimal("1e5000")),
        lambda instrument: instrument.lots(Decimal("-1e20")),
        lambda instrument: instrument.value(2**40, 2**40),
    ],
)
def test_what_does_not_fit_64_bits_is_rejected(convert):
    with pytest.raises(OutOfRange):
        convert(Instrument("AAA"))


@pytest.mark.parametrize(("tick", "places"), [("0.01", 2), ("0.0500", 2), ("1", 0), ("10", 0), ("1e-8", 8)])
def test_prices_are_written_with_the_places_of_the_tick(tick, places):
    assert Instrument("AAA", tick=Decimal(tick)).price_exponent == places

"""The table and its evaluation, against the definition in fractions and against compiled code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from app.domain.instruments import Instrument
from app.engine import charges
from app.engine.fees import BpsOfNotional, charged
from app.engine.schedules import SCHEDULES, schedule

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]


@pytest.fixture(scope="module")
def compiled():
    return njit(charged)


def columns(table):
    return np.array(table, dtype=np.int64).reshape(-1, charges.COLUMNS)


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_charges_are_what_their_definition_says_interpreted_and_compiled(
    cases, orders, definition, compiled, data
):
    of, instrument = data.draw(cases)
    table = of.table(instrument)
    for _ in range(3):
        order = data.draw(orders)
        expected = definition(of, instrument, *order)
        assert charged(table, *order) == expected
        assert compiled(columns(table), *order) == expected


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_sum_leaves_64_bits_whatever_the_order(cases, compiled, data):
    of, instrument = data.draw(cases)
    most = st.integers(2**53, 2**62 - 1)
    order = (data.draw(st.sampled_from([1, -1])), data.draw(most), 2 * data.draw(most), 0, data.draw(most))
    table = of.table(instrument)
    total = charged(table, *order)
    assert 0 <= total <= 2**63 - 1
    assert compiled(columns(table), *order) == total


@settings(max_examples=100, deadline=None)
@given(st.decimals(0, 10_000, places=5), st.integers(0, 2**53))
def test_a_share_with_large_denominators_is_exact_up_to_2_to_the_53(compiled, bps, value):
    model = BpsOfNotional(bps)
    table = model.table(Instrument("ANY"))
    assert len(table) == 1
    assert charged(table, 1, 1, value, 0, 0) == model.charge(value)
    assert compiled(columns(table), 1, 1, value, 0, 0) == model.charge(value)


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_the_items_add_up_to_the_charge(cases, orders, data):
    of, instrument = data.draw(cases)
    side, lots, value, time, month = data.draw(orders)
    items = of.itemised(instrument, side, lots, value, time, month_lots=month)
    assert set(items) == {charge.name for charge in of.charges}
    assert sum(items.values()) == charged(of.table(instrument), side, lots, value, time, month)
    assert min(items.values(), default=0) >= 0


def test_a_commission_in_basis_points_is_one_plain_row():
    for of in (schedule("bps_of_notional", bps=10), schedule("zero")):
        table = of.table(Instrument("ANY"))
        assert [row[charges.KIND] for row in table] == [charges.PLAIN]


def test_every_table_has_the_columns_that_are_documented():
    for name in ("ibkr_us_tiered", "us_regulatory", "india_options", "zero"):
        of = SCHEDULES[name]()
        table = of.table(Instrument("ANY", currency=of.currency or "USD"))
        assert {len(row) for row in table} == {charges.COLUMNS}

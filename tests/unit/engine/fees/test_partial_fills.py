"""What an order has been charged depends on what it has filled in all, not on how."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.instruments import Instrument
from app.engine.fees import charged
from app.engine.schedules import SCHEDULES, schedule

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

OPTIONS = {
    "bps_of_notional": {"bps": "7.5", "minimum": 1},
    "per_share": {"rate": "0.005", "minimum": 1, "maximum_share": "0.01"},
    "per_order": {"amount": 20},
    "per_contract": {"rate": "0.65", "minimum": 1},
    "maker_taker": {"maker_bps": 1, "taker_bps": 5},
}


@settings(deadline=None)
@given(data=st.data())
def test_fills_in_any_parts_cost_what_one_fill_costs(cases, orders, data):
    of, instrument = data.draw(cases)
    side, _, _, time, month = data.draw(orders)
    table = of.table(instrument)
    fills = data.draw(
        st.lists(st.tuples(st.integers(1, 10**6), st.integers(0, 10**9)), min_size=1, max_size=6)
    )
    lots = value = due = paid = 0
    for filled, worth in fills:
        lots, value = lots + filled, value + worth
        before, due = due, charged(table, side, lots, value, time, month)
        assert due >= before
        paid += due - before
    assert paid == charged(table, side, sum(f for f, _ in fills), sum(w for _, w in fills), time, month)


@settings(max_examples=25, deadline=None)
@pytest.mark.parametrize("name", sorted(SCHEDULES))
@given(data=st.data())
def test_no_shipped_schedule_charges_less_for_more(orders, at, name, data):
    of = schedule(name, **OPTIONS.get(name, {}))
    table = of.table(Instrument("ANY", currency=of.currency or "USD"))
    side, lots, value, _, month = data.draw(orders)
    time = at(data.draw(st.dates().map(str)))
    more = charged(table, side, lots + data.draw(st.integers(0, 10**6)), value, time, month)
    worth_more = charged(table, side, lots, value + data.draw(st.integers(0, 10**9)), time, month)
    assert 0 <= charged(table, side, lots, value, time, month) <= min(more, worth_more)


def test_a_minimum_is_charged_once_an_order(at):
    table = schedule("ibkr_us_fixed").table(Instrument("ANY"))
    due = [charged(table, 1, lots, lots * 5_000, at("2024-06-03"), 0) for lots in (0, 100, 200, 300)]
    assert due == [0, 100, 100, 150]


def test_an_order_that_filled_nothing_owes_nothing(at):
    for name in SCHEDULES:
        of = schedule(name, **OPTIONS.get(name, {}))
        table = of.table(Instrument("ANY", currency=of.currency or "USD"))
        assert charged(table, 1, 0, 0, at("2024-06-03"), 0) == 0

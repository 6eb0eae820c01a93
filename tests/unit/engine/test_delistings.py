"""A symbol that trades no more: when that acts, what holders get, and what the benchmark makes of it."""

from decimal import Decimal

import numpy as np
import pytest

from app.analytics.benchmark import buy_and_hold
from app.engine.timeline import Timeline, due_actions
from app.ports import Delisting, Place, Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005")]

BARS = {"AAA": [10, 11, None, None], "BBB": [20, 20, 20, 20]}


@pytest.mark.parametrize(("number", "step"), [(2, 2), (3, 3), (4, None)])
def test_it_acts_at_the_first_timestamp_of_any_symbol(small, day, number, step):
    delisting = Delisting("AAA", day(number))
    market = small(BARS, actions=[delisting])
    found = due_actions(market, Timeline(market), market.actions)
    assert found == ({} if step is None else {step: [delisting]})


@pytest.mark.parametrize(("price", "paid"), [(None, 1100), (Decimal("0.40"), 40)])
def test_holders_get_its_price_or_the_last_close(small, day, replay, price, paid):
    market = small(BARS, actions=[Delisting("AAA", day(2), price)])
    result = replay(market, {0: [Place("AAA", Side.BUY, 1)]}).result
    assert [(entry.kind.value, entry.amount) for entry in result.cash][-1] == ("delisting", paid)
    assert result.positions[0].lots == 0


def test_the_benchmark_is_worth_what_was_paid_from_then_on(day):
    times = np.array([day(number) for number in range(4)])
    prices = {"AAA": (times[:2], np.array([10.0, 11.0])), "BBB": (times, np.full(4, 20.0))}
    paid = [Delisting("AAA", day(2), Decimal("0.40"))]
    assert buy_and_hold(prices, paid, times, 200).tolist() == pytest.approx([200, 210, 104, 104])
    last_close = [Delisting("AAA", day(2), None)]
    assert buy_and_hold(prices, last_close, times, 200).tolist() == pytest.approx([200, 210, 210, 210])

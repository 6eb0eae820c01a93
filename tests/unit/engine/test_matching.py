"""At what price a bar fills an order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.matching import fill_at_open, fill_in_range
from app.ports import OrderType, Side

pytestmark = pytest.mark.unit

ticks = st.integers(1, 1_000)


@given(st.sampled_from(Side), ticks)
def test_a_market_order_takes_the_open(side, open_):
    assert fill_at_open(OrderType.MARKET, side, 0, open_) == open_


@pytest.mark.parametrize(
    ("side", "open_", "price"),
    [
        (Side.BUY, 99, None),
        (Side.BUY, 100, 100),
        (Side.BUY, 101, 101),
        (Side.SELL, 101, None),
        (Side.SELL, 100, 100),
        (Side.SELL, 99, 99),
    ],
)
def test_a_stop_takes_the_open_where_the_open_has_reached_it(side, open_, price):
    assert fill_at_open(OrderType.STOP, side, 100, open_) == price


@pytest.mark.parametrize(
    ("side", "high", "low", "price"),
    [
        (Side.BUY, 99, 90, None),
        (Side.BUY, 100, 90, 100),
        (Side.BUY, 110, 90, 100),
        (Side.SELL, 110, 101, None),
        (Side.SELL, 110, 100, 100),
        (Side.SELL, 110, 90, 100),
    ],
)
def test_a_stop_that_the_range_reaches_takes_its_price(side, high, low, price):
    assert fill_in_range(side, 100, high, low) == price


@given(st.sampled_from(Side), ticks, ticks, ticks, ticks)
def test_a_stop_fills_inside_the_bar_and_never_better_than_its_price(side, stop, open_, above, below):
    high, low = open_ + above, open_ - below
    price = fill_at_open(OrderType.STOP, side, stop, open_)
    if price is None:
        price = fill_in_range(side, stop, high, low)
    if price is not None:
        assert low <= price <= high
        assert price >= stop if side is Side.BUY else price <= stop

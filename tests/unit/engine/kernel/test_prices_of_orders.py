"""At what price a bar fills an order: the tables of phases A and B, and what holds for all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.kernel import layout as at
from app.engine.kernel.pricing import open_fill, range_fill, range_triggers, trail_stop, triggers

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

ticks = st.integers(1, 1_000)
sides = st.sampled_from([1, -1])
touches = st.sampled_from([0, 1])
LIMITED = (at.LIMIT, at.STOP_LIMIT, at.LIMIT_IF_TOUCHED)
STOPPED = (at.STOP, at.TRAILING_STOP, at.STOP_LIMIT, at.LIMIT_IF_TOUCHED)


def order(kind, side, *, stop=0, limit=0, triggered=False):
    row = [0] * at.ORDER_COLUMNS
    row[at.O_KIND], row[at.O_SIDE], row[at.O_STOP], row[at.O_LIMIT] = kind, side, stop, limit
    row[at.O_TRIGGERED] = int(triggered)
    return row


@given(sides, ticks, touches)
def test_a_market_order_takes_the_open(side, open_, touch):
    assert open_fill(order(at.MARKET, side), open_, 0, touch) == open_


@pytest.mark.parametrize(
    ("side", "open_", "price"),
    [(1, 99, 0), (1, 100, 100), (1, 101, 101), (-1, 101, 0), (-1, 100, 100), (-1, 99, 99)],
)
def test_a_stop_takes_the_open_where_the_open_has_reached_it(side, open_, price):
    assert open_fill(order(at.STOP, side, stop=100), open_, 0, 0) == price


@pytest.mark.parametrize(
    ("side", "high", "low", "price"),
    [
        (1, 99, 90, 0),
        (1, 100, 90, 100),
        (1, 110, 90, 100),
        (-1, 110, 101, 0),
        (-1, 110, 100, 100),
        (-1, 110, 90, 100),
    ],
)
def test_a_stop_that_the_range_reaches_takes_its_price(side, high, low, price):
    assert range_fill(order(at.STOP, side, stop=100), False, high, low, 0, 0) == price


@st.composite
def cases(draw):
    """Draw an order, as yet triggered or not, and a bar around it."""
    kind = draw(st.sampled_from((*LIMITED, at.STOP, at.TRAILING_STOP)))
    made = order(
        kind,
        draw(sides),
        stop=draw(st.integers(40, 60)) if kind in STOPPED else 0,
        limit=draw(st.integers(40, 60)) if kind in LIMITED else 0,
        triggered=kind in STOPPED and draw(st.booleans()),
    )
    open_, close = draw(st.integers(35, 65)), draw(st.integers(35, 65))
    high = max(open_, close) + draw(st.integers(0, 10))
    low = min(open_, close) - draw(st.integers(0, 10))
    return made, (open_, high, low, close), draw(touches)


def fill_of(made, bar, touch):
    """Return the price at which a whole bar fills an order, and whether it was the open's."""
    price = open_fill(made, bar[0], 0, touch)
    if price:
        return price, True
    triggered = bool(made[at.O_TRIGGERED]) or triggers(made, bar[0])
    return range_fill(made, triggered, bar[1], bar[2], bar[3], touch), False


@given(cases())
def test_what_fills_lies_inside_the_bar_and_never_beyond_the_limit_nor_short_of_the_stop(case):
    made, bar, touch = case
    price, _ = fill_of(made, bar, touch)
    if not price:
        return
    side = made[at.O_SIDE]
    assert bar[2] <= price <= bar[1]
    if made[at.O_LIMIT]:
        assert side * price <= side * made[at.O_LIMIT]
    if made[at.O_KIND] in (at.STOP, at.TRAILING_STOP) and not made[at.O_TRIGGERED]:
        assert side * price >= side * made[at.O_STOP]


@given(cases())
def test_a_sale_is_a_purchase_in_the_mirror(case):
    made, (open_, high, low, close), touch = case
    far = 1_000
    mirrored = list(made)
    mirrored[at.O_SIDE] = -made[at.O_SIDE]
    for column in (at.O_STOP, at.O_LIMIT):
        mirrored[column] = far - made[column] if made[column] else 0
    price, at_open = fill_of(made, (open_, high, low, close), touch)
    seen = fill_of(mirrored, (far - open_, far - low, far - high, far - close), touch)
    assert seen == (far - price if price else 0, at_open)


@given(cases())
def test_what_fills_through_fills_by_a_touch_and_no_worse(case):
    made, bar, _ = case
    through, at_open = fill_of(made, bar, 0)
    touched, touched_at_open = fill_of(made, bar, 1)
    if through:
        assert touched
        assert touched_at_open or not at_open
        assert made[at.O_SIDE] * touched <= made[at.O_SIDE] * through


@given(cases())
def test_what_waits_for_its_stop_fills_only_in_a_bar_that_triggers_it(case):
    made, bar, touch = case
    if made[at.O_KIND] in STOPPED and not made[at.O_TRIGGERED]:
        price, _ = fill_of(made, bar, touch)
        assert not price or range_triggers(made, bar[1], bar[2])


@given(sides, ticks, st.integers(1, 100), st.sampled_from([0, 1, 10_000, 999_999]))
def test_a_trailing_stop_lies_beyond_its_watermark_by_its_distance_and_is_at_least_one_tick(
    side, mark, trail, ppm
):
    account = [0] * at.ACCOUNT_COLUMNS
    account[at.A_LIMIT] = 10**30
    row = order(at.TRAILING_STOP, side)
    row[at.O_WATERMARK], row[at.O_TRAIL], row[at.O_TRAIL_PPM] = mark, trail, ppm
    stop = trail_stop(row, account)
    assert stop >= 1
    if not ppm:
        assert stop == max(1, mark + side * trail)
    elif stop > 1:
        # Rounded away from the watermark, by less than a tick.
        assert 0 <= side * stop * 1_000_000 - side * mark * (1_000_000 + side * ppm) < 1_000_000

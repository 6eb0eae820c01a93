"""The life of an order: the moves that are legal, how fills add up, and its id."""

import re
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.events import Split
from app.domain.instruments import Instrument
from app.domain.intents import IntentError, OrderType, Side
from app.domain.orders import (
    MOVES,
    OPEN,
    IllegalTransition,
    Order,
    OrderRequest,
    OrderStatus,
    Reason,
    client_order_id,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

# The table of the design, written out a second time.
LEGAL = {
    "new": "denied submitted canceled expired",
    "submitted": "accepted rejected canceled partially_filled filled expired",
    "accepted": "triggered partially_filled filled canceled expired rejected",
    "triggered": "partially_filled filled canceled expired rejected",
    "partially_filled": "partially_filled filled canceled expired",
    "canceled": "partially_filled filled",
    "expired": "partially_filled filled",
    "denied": "",
    "rejected": "",
    "filled": "",
}


def order(status=OrderStatus.NEW, lots=10):
    request = OrderRequest("AAA", Side.BUY, lots)
    return Order("ID", 1, Instrument("AAA"), request, submitted_at=1, updated_at=1, status=status)


@pytest.mark.parametrize(("before", "after"), list(product(OrderStatus, OrderStatus)))
def test_an_order_moves_only_as_the_table_allows(before, after):
    if after.value in LEGAL[before.value].split():
        moved = order(before).moved(after, at=7, reason=Reason.END_OF_DATA)
        assert (moved.status, moved.updated_at, moved.reason) == (after, 7, Reason.END_OF_DATA)
    else:
        with pytest.raises(IllegalTransition, match=f"cannot go from {before} to {after}"):
            order(before).moved(after, at=7)


def test_every_status_has_its_moves_and_only_open_orders_go_on_in_the_ordinary_way():
    assert MOVES.keys() == set(OrderStatus)
    late = {OrderStatus.CANCELED, OrderStatus.EXPIRED}
    assert {status for status, after in MOVES.items() if after} - late == OPEN


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10**6)), min_size=1, max_size=8))
def test_fills_add_up_and_the_last_one_completes_the_order(parts):
    whole = sum(lots for lots, _ in parts)
    current = order(OrderStatus.ACCEPTED, lots=whole)
    for lots, value in parts:
        assert current.is_open
        current = current.filled_by(lots, 100, value, at=3)
        assert current.filled_lots + current.leaves == whole
    assert current.status is OrderStatus.FILLED
    assert (current.filled_value, current.leaves) == (sum(value for _, value in parts), 0)


def test_quantities_and_prices_are_shown_as_decimals():
    request = OrderRequest("AAA", Side.SELL, 5, OrderType.STOP, stop_ticks=1_234)
    instrument = Instrument("AAA", lot=Decimal("0.5"))
    made = Order("ID", 1, instrument, request, submitted_at=1, updated_at=1, filled_lots=3)
    assert (made.quantity, made.filled, made.stop_price) == (Decimal("2.5"), Decimal("1.5"), Decimal("12.34"))
    assert request.signed_lots == -5
    assert order().stop_price is None


def test_a_request_of_negative_lots_is_refused():
    with pytest.raises(IntentError, match="quantity below zero"):
        OrderRequest("AAA", Side.BUY, -1)


texts = st.text(max_size=6)
identity = st.tuples(texts, texts, texts, texts, st.integers(0, 10**9), st.integers(0, 99))


def named(parts):
    run, portfolio, asset, strategy, sequence, index = parts
    return client_order_id(
        run=run, portfolio=portfolio, asset=asset, strategy=strategy, sequence=sequence, index=index
    )


@given(identity)
def test_a_client_order_id_is_nineteen_letters_and_digits_and_always_the_same(parts):
    assert named(parts) == named(parts)
    assert re.fullmatch(r"[A-Z2-7]{19}", named(parts))


@given(identity, identity)
def test_different_decisions_have_different_ids(one, other):
    assert (named(one) == named(other)) == (one == other)


def test_parts_that_look_alike_when_joined_are_told_apart():
    assert named(("a", "bc", "", "", 1, 1)) != named(("ab", "c", "", "", 1, 1))
    assert named(("a", "", "", "", 1, 11)) != named(("a", "", "", "", 11, 1))


def test_the_average_price_is_weighted_by_quantity_and_none_before_the_first_fill():
    made = order(OrderStatus.ACCEPTED, lots=4)
    assert made.average_price is None
    once = made.filled_by(1, 1_001, 1_001, at=2)
    assert once.average_price == Decimal("10.01")
    twice = once.filled_by(3, 1_003, 3_009, at=3)
    assert (twice.filled_notional, twice.average_price) == (4_010, Decimal("10.025"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "leaves"),
    [(7, 1, 420), (1, 1, 60), (1, 7, 8), (1, 70, 0)],
)
def test_a_split_rescales_what_an_order_leaves_and_keeps_what_it_has_filled(numerator, denominator, leaves):
    part = order(OrderStatus.ACCEPTED, lots=100).filled_by(40, 100, 4_000, at=3)
    after = part.rescaled(Split("AAA", 4, numerator, denominator))
    assert (after.filled_lots, after.filled_value, after.filled_notional) == (40, 4_000, 4_000)
    assert (after.leaves, after.request.lots) == (leaves, 40 + leaves)
    assert (after.status, after.request.stop_ticks) == (OrderStatus.PARTIALLY_FILLED, None)


@pytest.mark.parametrize(("ticks", "after"), [(1, 1), (2, 1), (5, 2), (3_000, 1_000)])
def test_a_split_rounds_a_stop_to_the_nearest_tick_but_never_to_nothing(ticks, after):
    request = OrderRequest("AAA", Side.SELL, 5, OrderType.STOP, stop_ticks=ticks)
    waiting = Order("ID", 1, Instrument("AAA"), request, submitted_at=1, updated_at=1)
    assert waiting.rescaled(Split("AAA", 2, 3, 1)).request.stop_ticks == after

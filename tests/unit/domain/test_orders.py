"""The life of an order: the moves that are legal, how fills add up, and its id."""

import re
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instruments import Instrument
from app.domain.intents import IntentError, OrderType, Side
from app.domain.orders import (
    MOVES,
    OPEN,
    ClientOrderIds,
    IllegalTransition,
    Order,
    OrderRequest,
    OrderStatus,
    Reason,
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
    ids = ClientOrderIds(run=run, portfolio=portfolio, asset=asset, strategy=strategy)
    return ids.of(sequence, index)


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


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 99)), min_size=1, max_size=5, unique=True))
def test_the_ids_of_one_strategy_do_not_depend_on_those_given_before(places):
    ids = ClientOrderIds(run="run", portfolio="P", asset="AAA", strategy="S")
    given_before = [ids.of(*place) for place in places]
    assert [ids.of(*place) for place in places] == given_before
    assert len(set(given_before)) == len(places)


def test_the_average_price_is_weighted_by_quantity_and_none_before_the_first_fill():
    assert order(OrderStatus.ACCEPTED, lots=4).average_price is None
    # 1 lot at 10.01 and 3 at 10.03 are 40.10 for 4.
    filled = replace(order(OrderStatus.FILLED, lots=4), filled_lots=4, filled_notional=1_001 + 3 * 1_003)
    assert filled.average_price == Decimal("10.025")
    assert filled.leaves == 0

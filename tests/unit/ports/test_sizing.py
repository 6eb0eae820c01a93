"""From a wanted holding to the order that leads there."""

from dataclasses import dataclass, field, replace
from decimal import ROUND_DOWN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ports import (
    Instrument,
    OrderRequest,
    OrderType,
    Reason,
    Side,
    Target,
    exact,
    lots_for,
    share_of,
    size_targets,
    toward,
    within_cash,
)

pytestmark = pytest.mark.unit

BUY, SELL = Side.BUY, Side.SELL
INSTRUMENTS = {symbol: Instrument(symbol) for symbol in ("AAA", "BBB", "CCC")}


@dataclass
class Book:
    """A book at rest; prices are ticks."""

    cash: int = 0
    equity: int = 0
    reserved: int = 0
    held: dict[str, int] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)

    def expected_lots(self, symbol: str) -> int:
        return self.held.get(symbol, 0)

    def last_ticks(self, symbol: str) -> int | None:
        return self.prices.get(symbol)


def test_a_float_is_the_decimal_that_a_person_would_write():
    assert exact(0.1) == Decimal("0.1")
    assert exact(3) == Decimal(3)
    assert exact(Decimal("0.10")) == Decimal("0.10")
    assert exact(1e-9) == Decimal("1e-9")


@given(st.integers(-500, 500), st.integers(-500, 500))
def test_the_order_toward_a_holding_leads_exactly_there(held, wanted):
    request = toward(INSTRUMENTS["AAA"], wanted, Book(held={"AAA": held}), "tag")
    assert held + (request.signed_lots if request else 0) == wanted
    assert request is None or (request.lots > 0 and request.tag == "tag")


@given(
    st.integers(-(10**12), 10**12), st.integers(1, 10**6), st.sampled_from(["0.01", "1", "0.0005", "0.25"])
)
def test_money_pays_for_the_most_whole_lots_toward_zero(money, ticks, lot):
    instrument = Instrument("AAA", lot=Decimal(lot))
    with localcontext(prec=60):
        price = instrument.price(ticks) * instrument.lot * 100
        expected = int((money / price).to_integral_value(ROUND_DOWN))
    assert lots_for(instrument, money, ticks) == expected


@pytest.mark.parametrize(
    ("money", "share", "part"),
    [(1_000, "0.5", 500), (5, "0.5", 2), (7, "0.5", 4), (-5, "0.5", -2), (9, "0", 0)],
)
def test_a_share_is_rounded_half_to_even(money, share, part):
    assert share_of(money, Decimal(share)) == part


def test_targets_become_the_orders_that_lead_there():
    prices = {"AAA": 1_000, "BBB": 1_000, "CCC": 333}
    book = Book(equity=100_000, held={"AAA": 3, "BBB": 4}, prices=prices)
    targets = [
        Target("AAA", quantity=5, tag="more"),
        Target("BBB", signal=0),
        Target("CCC", weight=0.1),
    ]
    requests = size_targets(targets, book, INSTRUMENTS, lambda *_: 0)
    assert requests == [
        OrderRequest("AAA", BUY, 2, tag="more"),
        OrderRequest("BBB", SELL, 4),
        OrderRequest("CCC", BUY, 30),
    ]


def test_the_last_of_several_targets_for_a_symbol_counts():
    book = Book(prices={"AAA": 1_000})
    targets = [Target("AAA", quantity=5), Target("AAA", quantity=5)]
    assert size_targets(targets, book, INSTRUMENTS, lambda *_: 0) == [OrderRequest("AAA", BUY, 5)]


PRICES = {"AAA": 1_000, "BBB": 2_000, "CCC": 90_000}


def cut(requests, *, cash, keep=0, reserved=0):
    book = Book(cash=cash, reserved=reserved, prices=PRICES)
    return [(each.symbol, each.signed_lots) for each in within_cash(requests, book, INSTRUMENTS, keep)]


def test_a_purchase_is_cut_to_what_the_cash_above_the_buffer_pays_for():
    purchase = [OrderRequest("AAA", BUY, 10)]
    assert cut(purchase, cash=10_000) == [("AAA", 10)]
    assert cut(purchase, cash=9_999) == [("AAA", 9)]
    assert cut(purchase, cash=9_999, keep=1_000) == [("AAA", 8)]
    assert cut(purchase, cash=9_999, keep=1_000, reserved=3_000) == [("AAA", 5)]


def test_sales_come_first_and_pay_for_purchases():
    requests = [OrderRequest("BBB", BUY, 10), OrderRequest("AAA", SELL, 8)]
    assert cut(requests, cash=3_000) == [("AAA", -8), ("BBB", 5)]


def test_the_first_purchases_are_served_first():
    requests = [OrderRequest("AAA", BUY, 4), OrderRequest("BBB", BUY, 4)]
    assert cut(requests, cash=10_000) == [("AAA", 4), ("BBB", 3)]


def test_a_purchase_that_cannot_be_paid_at_all_stays_whole_and_takes_nothing_from_the_others():
    requests = [OrderRequest("CCC", BUY, 2), OrderRequest("AAA", BUY, 10)]
    assert cut(requests, cash=5_000) == [("CCC", 2), ("AAA", 5)]


requests = st.lists(
    st.builds(OrderRequest, st.sampled_from(sorted(PRICES)), st.sampled_from(Side), st.integers(1, 50)),
    max_size=6,
)


@given(requests, st.integers(0, 200_000), st.integers(0, 50_000))
def test_purchases_that_were_cut_never_cost_more_than_there_is(batch, cash, keep):
    book = Book(cash=cash, prices=PRICES)
    result = within_cash(batch, book, INSTRUMENTS, keep)
    available = cash - keep
    for request in result:
        value = PRICES[request.symbol] * request.lots
        if request.side is SELL:
            available += value
        elif PRICES[request.symbol] <= available:
            assert value <= available
            available -= value
    assert sorted(each.symbol for each in result) == sorted(each.symbol for each in batch)


def bracketed(side, lots, *, stop=None, limit=None, trail=None, tag=""):
    """Return a market order with the exits of a bracket."""
    exits = {"group": "bracket", "reduce_only": True}
    legs = []
    if stop is not None:
        stopped = OrderRequest("AAA", side.opposite, lots, OrderType.STOP, stop_ticks=stop, **exits)
        legs.append(replace(stopped, tag="stop loss"))
    if trail is not None:
        trailing = OrderRequest("AAA", side.opposite, lots, OrderType.TRAILING_STOP, **exits)
        legs.append(replace(trailing, trail_ticks=trail, tag="trailing stop"))
    if limit is not None:
        limited = OrderRequest("AAA", side.opposite, lots, OrderType.LIMIT, limit_ticks=limit, **exits)
        legs.append(replace(limited, tag="take profit"))
    return OrderRequest("AAA", side, lots, then=tuple(legs), tag=tag)


def sized(target, held=0):
    book = Book(held={"AAA": held}, prices={"AAA": 1_000})
    return size_targets([target], book, INSTRUMENTS, lambda *_: 0)


def test_a_target_with_exits_becomes_a_bracket_for_what_it_buys():
    target = Target("AAA", quantity=5, stop_loss=9.005, take_profit=11.005, tag="in")
    assert sized(target) == [bracketed(BUY, 5, stop=900, limit=1_101, tag="in")]
    assert sized(target, held=2) == [bracketed(BUY, 3, stop=900, limit=1_101, tag="in")]


def test_a_target_with_exits_becomes_a_bracket_for_what_it_sells_short():
    target = Target("AAA", quantity=-5, stop_loss=11.005, take_profit=9.005)
    assert sized(target) == [bracketed(SELL, 5, stop=1_101, limit=900)]
    assert sized(target, held=-4) == [bracketed(SELL, 1, stop=1_101, limit=900)]


def test_a_target_may_have_a_trailing_stop_alone():
    assert sized(Target("AAA", quantity=5, trail=0.005)) == [bracketed(BUY, 5, trail=1)]


def test_a_target_that_changes_sides_protects_its_whole_order():
    assert sized(Target("AAA", quantity=5, stop_loss=9), held=-3) == [bracketed(BUY, 8, stop=900)]


@pytest.mark.parametrize(("wanted", "held"), [(2, 5), (0, 5), (-2, -5), (0, -5), (5, 5)])
def test_a_target_that_only_reduces_or_changes_nothing_arms_no_exits(wanted, held):
    assert all(request.then == () for request in sized(Target("AAA", quantity=wanted, stop_loss=9), held))


def test_the_exits_of_a_purchase_are_cut_with_it():
    book = Book(cash=3_500, prices=PRICES)
    (cut_to,) = within_cash([bracketed(BUY, 5, stop=900, limit=1_100)], book, INSTRUMENTS, 0)
    assert cut_to == bracketed(BUY, 3, stop=900, limit=1_100)


def test_a_purchase_that_is_refused_keeps_its_exits():
    wanted = bracketed(BUY, 5, stop=900)
    (refused,) = within_cash([wanted], Book(prices=PRICES), INSTRUMENTS, 0)
    assert refused == replace(wanted, refusal=Reason.INSUFFICIENT_CASH)

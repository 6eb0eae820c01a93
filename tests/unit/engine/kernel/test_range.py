"""Phase B: what the range of a bar does to the orders that the open has left, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, LimitFill, OrderType, Place, Side, Timeframe

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP, ON_CLOSE = OrderType.LIMIT, OrderType.STOP, OrderType.MARKET_ON_CLOSE
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


@pytest.mark.parametrize(("side", "limit"), [(BUY, 9), (SELL, 11)])
def test_a_limit_that_the_range_goes_through_fills_at_the_limit_and_no_better(trade, side, limit):
    program = {0: [Place("AAA", side, 1, LIMIT, limit=limit)]}
    replayed = trade([10, (10, 12, 8, 10)], program, account=CREDIT)
    assert [price for *_, price in replayed.executions] == [limit]


@pytest.mark.parametrize(("how", "filled"), [(LimitFill.THROUGH, 0), (LimitFill.TOUCH, 1)])
@pytest.mark.parametrize(("side", "limit"), [(BUY, 8), (SELL, 12)])
def test_a_limit_at_the_extreme_fills_only_where_a_touch_is_enough(trade, side, limit, how, filled):
    program = {0: [Place("AAA", side, 1, LIMIT, limit=limit)]}
    replayed = trade([10, (10, 12, 8, 10)], program, limit_fill=how, account=CREDIT)
    assert len(replayed.fills) == filled


@pytest.mark.parametrize(("side", "stop"), [(BUY, 12), (SELL, 8)])
def test_a_stop_that_the_extreme_just_reaches_fills_at_the_stop(trade, side, stop):
    program = {0: [Place("AAA", side, 1, STOP, stop=stop)]}
    replayed = trade([10, (10, 12, 8, 10)], program, account=CREDIT)
    assert [price for *_, price in replayed.executions] == [stop]


@pytest.mark.parametrize(("side", "stop"), [(BUY, "12.01"), (SELL, "7.99")])
def test_a_stop_a_tick_beyond_the_range_waits(trade, side, stop):
    program = {0: [Place("AAA", side, 1, STOP, stop=Decimal(stop))]}
    assert trade([10, (10, 12, 8, 10)], program, account=CREDIT).fills == []


def test_a_stop_that_the_range_triggers_but_does_not_fill_whole_goes_on_at_the_next_open(trade):
    bars = [10, (10, 13, 10, 13, 40), (9, 9, 9, 9, 1_000)]
    replayed = trade(bars, {0: [Place("AAA", BUY, 10, STOP, stop=12)]}, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 4, 12), (2, 1, 6, 9)]


def test_the_range_takes_the_orders_in_the_order_of_their_sequence(trade):
    # The range of one bar offers 4 lots to both.
    program = {0: [Place("AAA", BUY, 3, LIMIT, limit=8), Place("AAA", BUY, 3, STOP, stop=11)]}
    replayed = trade([10, (10, 12, 7, 10, 40)], program, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 3, 8), (1, 2, 1, 11)]


def test_what_fills_at_the_open_comes_before_what_fills_in_the_range(trade):
    program = {0: [Place("AAA", BUY, 1, LIMIT, limit=9), Place("AAA", BUY, 2)]}
    assert trade([10, (10, 11, 8, 10)], program).executions == [(1, 1, 2, 10), (1, 2, 1, 9)]


def test_a_market_on_close_fills_at_the_close_of_the_bar_that_ends_a_session(trade):
    # Hours from midnight: the bar of 22:00 ends no session, that of 23:00 does.
    bars = [10] * 22 + [11, (12, 14, 12, 13), 15]
    replayed = trade(bars, {21: [Place("AAA", BUY, 1, ON_CLOSE)]}, timeframe=Timeframe.H1)
    assert replayed.executions == [(23, 1, 1, 13)]


def test_a_market_on_close_comes_after_everything_in_the_range(trade):
    # A tenth of 40 lots: the limit, made later, takes 3 of the 4.
    program = {0: [Place("AAA", BUY, 3, ON_CLOSE), Place("AAA", BUY, 3, LIMIT, limit=9)]}
    replayed = trade([10, (10, 11, 8, 11, 40)], program, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 2, 3, 9), (1, 1, 1, 11)]
    assert replayed.orders == [("expired", "time_in_force"), ("filled", "")]


@pytest.mark.parametrize(
    ("kind", "side", "prices", "rounded"),
    [
        (LIMIT, BUY, {"limit": "9.999"}, (None, 999)),
        (LIMIT, SELL, {"limit": "9.991"}, (None, 1_000)),
        (STOP, BUY, {"stop": "10.001"}, (1_001, None)),
        (STOP, SELL, {"stop": "9.999"}, (999, None)),
        (OrderType.LIMIT_IF_TOUCHED, BUY, {"stop": "9.999", "limit": "9.999"}, (999, 999)),
        (OrderType.LIMIT_IF_TOUCHED, SELL, {"stop": "10.001", "limit": "10.001"}, (1_001, 1_001)),
    ],
)
def test_prices_are_rounded_once_away_from_a_fill(trade, kind, side, prices, rounded):
    exact = {name: Decimal(price) for name, price in prices.items()}
    (order,) = trade([10], {0: [Place("AAA", side, 1, kind, **exact)]}, account=CREDIT).result.orders
    assert (order.request.stop_ticks, order.request.limit_ticks) == rounded

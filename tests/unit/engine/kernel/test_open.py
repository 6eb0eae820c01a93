"""Phase A: what the open of a bar does to the orders that wait, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, LimitFill, OrderType, Place, Side, Target, Timeframe

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP
STOP_LIMIT, TOUCHED = OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


@pytest.mark.parametrize("side", [BUY, SELL])
def test_a_market_order_fills_at_the_next_open_whatever_it_is(trade, side):
    replayed = trade([10, (13, 14, 12, 13)], {0: [Place("AAA", side, 5)]}, account=CREDIT)
    assert replayed.executions == [(1, 1, 5 if side is BUY else -5, 13)]


def test_nothing_fills_on_the_bar_that_caused_it(trade):
    bars = [(10, 20, 5, 10), (11, 11, 11, 11)]
    program = {0: [Place("AAA", BUY, 1, LIMIT, limit=6), Place("AAA", BUY, 1)]}
    assert trade(bars, program).executions == [(1, 1, 1, 11)]


@pytest.mark.parametrize(("side", "stop", "open_"), [(BUY, 12, 14), (SELL, 9, 7)])
def test_a_gap_through_a_stop_fills_at_the_open_and_not_at_the_stop(trade, side, stop, open_):
    bars = [10, (open_, open_ + 1, open_ - 1, open_)]
    replayed = trade(bars, {0: [Place("AAA", side, 1, STOP, stop=stop)]}, account=CREDIT)
    assert [price for *_, price in replayed.executions] == [open_]


@pytest.mark.parametrize(("side", "limit", "open_"), [(BUY, 9, 8), (SELL, 11, 12)])
def test_a_limit_that_the_open_is_through_fills_at_the_better_open(trade, side, limit, open_):
    replayed = trade([10, open_], {0: [Place("AAA", side, 1, LIMIT, limit=limit)]}, account=CREDIT)
    assert [price for *_, price in replayed.executions] == [open_]


@pytest.mark.parametrize(("how", "filled"), [(LimitFill.THROUGH, 0), (LimitFill.TOUCH, 1)])
@pytest.mark.parametrize("side", [BUY, SELL])
def test_an_open_at_the_limit_fills_it_only_where_a_touch_is_enough(trade, side, how, filled):
    program = {0: [Place("AAA", side, 1, LIMIT, limit=9)]}
    replayed = trade([9, 9], program, limit_fill=how, account=CREDIT)
    assert len(replayed.fills) == filled


def test_a_stop_limit_that_the_open_triggers_fills_there_if_the_open_is_through_its_limit(trade):
    # Stop 12, limit 15: an open of 14 is beyond the stop and below the limit.
    program = {0: [Place("AAA", BUY, 1, STOP_LIMIT, stop=12, limit=15)]}
    assert trade([10, (14, 14, 13, 13)], program).executions == [(1, 1, 1, 14)]


def test_a_stop_limit_whose_limit_the_open_has_passed_is_triggered_and_rests_at_its_limit(trade):
    # The open of 16 is above the limit of 15; on the way down the low of 14 is through it.
    program = {0: [Place("AAA", BUY, 1, STOP_LIMIT, stop=12, limit=15)]}
    assert trade([10, (16, 17, 14, 16)], program).executions == [(1, 1, 1, 15)]
    assert trade([10, (16, 17, 16, 16), (16, 16, 14, 14)], program).executions == [(2, 1, 1, 15)]


def test_a_limit_if_touched_that_the_open_has_touched_fills_there_as_a_limit(trade):
    program = {0: [Place("AAA", BUY, 1, TOUCHED, stop=9, limit=9.5)]}
    assert trade([10, (8, 9, 7, 8)], program).executions == [(1, 1, 1, 8)]


def test_a_limit_if_touched_whose_limit_is_below_the_open_is_triggered_and_waits_for_it(trade):
    program = {0: [Place("AAA", BUY, 1, TOUCHED, stop=9, limit=7)]}
    replayed = trade([10, (8.5, 9, 8, 8.5), (9, 9, 6, 9)], program)
    assert replayed.executions == [(2, 1, 1, 7)]
    assert [order.status.value for order in replayed.strategy.heard] == ["accepted", "triggered", "filled"]


def test_a_market_on_open_waits_for_the_open_that_begins_a_session(trade):
    # Hours from midnight: made at 22:00, the bar of 23:00 begins no session, that of 24:00 does.
    bars = [10] * 23 + [11, 12]
    order = Place("AAA", BUY, 1, OrderType.MARKET_ON_OPEN, time_in_force="day")
    assert trade(bars, {22: [order]}, timeframe=Timeframe.H1).executions == [(24, 1, 1, 12)]


def test_a_day_is_a_session_so_a_market_on_open_fills_at_the_next_open(trade):
    order = Place("AAA", BUY, 1, OrderType.MARKET_ON_OPEN)
    assert trade([10, 11], {0: [order]}).executions == [(1, 1, 1, 11)]


def test_the_open_takes_the_orders_of_all_symbols_in_the_order_of_their_sequence(trade):
    # 100.00 pay the first six at 15.00; of the second six the remaining 10.00 pay none at 15.00.
    bars = {"AAA": [10, 15], "BBB": [10, 15]}
    program = {0: [Place("BBB", BUY, 6), Place("AAA", BUY, 4)]}
    replayed = trade(bars, program, capital="100")
    assert replayed.executions == [(1, 1, 6, 15)]
    assert replayed.orders == [("filled", ""), ("canceled", "insufficient_cash")]


def test_the_rest_of_a_triggered_stop_fills_at_the_next_open_wherever_that_is(trade):
    # A tenth of 40 is 4 of the 10 lots; the next open is far below the stop, and it is a market order now.
    bars = [10, (13, 13, 13, 13, 40), (8, 8, 8, 8, 1_000)]
    program = {0: [Place("AAA", BUY, 10, STOP, stop=12)]}
    replayed = trade(bars, program, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 4, 13), (2, 1, 6, 8)]


def test_a_bar_without_volume_fills_nothing_and_triggers_nothing(trade):
    bars = [10, (14, 14, 14, 14, 0), (10, 11, 9, 10)]
    program = {0: [Place("AAA", BUY, 1, STOP, stop=12), Place("AAA", BUY, 1)]}
    replayed = trade(bars, program)
    assert replayed.executions == [(2, 1, 1, 10)]
    assert replayed.orders[1] == ("canceled", "end_of_data")


def test_a_feed_without_any_volume_fills_on_every_bar(trade):
    replayed = trade([10, 11], {0: [Place("AAA", BUY, 1)]}, has_volume=False)
    assert replayed.executions == [(1, 1, 1, 11)]


def test_an_order_waits_for_its_symbols_next_bar(trade):
    bars = {"AAA": [10, None, None, 14], "BBB": [5] * 4}
    assert trade(bars, {0: [Target("AAA", quantity=1)]}).executions == [(3, 1, 1, 14)]

"""Children in the bar of their parent: what they see of it, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import (
    Account,
    AccountKind,
    Intrabar,
    LimitFill,
    OrderType,
    Place,
    Side,
    Target,
    Timeframe,
    bracket,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))
TENTH = Decimal("0.1")


def limit(side, quantity, price, **more):
    return Place("AAA", side, quantity, LIMIT, limit=price, **more)


def stop(side, quantity, price, **more):
    return Place("AAA", side, quantity, STOP, stop=price, **more)


def both(loss, gain, side=SELL):
    return (stop(side, 1, loss, group="exits"), limit(side, 1, gain, group="exits"))


def test_the_legs_of_a_bracket_are_an_oco_that_only_reduces(trade):
    order = bracket(Place("AAA", BUY, 4), stop_loss=8, take_profit=13)
    replayed = trade([10, 10, (10, 14, 10, 13)], {0: [order]})
    assert replayed.executions == [(1, 1, 4, 10), (2, 3, -4, 13)]
    legs = list(replayed.result.orders)[1:]
    assert [leg.request.reduce_only for leg in legs] == [True, True]
    assert {leg.parent for leg in legs} == {1}
    assert replayed.orders[1] == ("canceled", "group_done")


def test_a_target_with_a_stop_loss_is_bought_as_a_bracket(trade):
    replayed = trade([10, 10, (9, 9, 7, 8)], {0: [Target("AAA", quantity=4, stop_loss=8)]})
    assert replayed.executions == [(1, 1, 4, 10), (2, 2, -4, 8)]


def test_children_of_what_the_open_filled_see_the_whole_bar(trade):
    order = Place("AAA", BUY, 1, then=both(8, 13))
    assert trade([10, (10, 14, 9, 12)], {0: [order]}).executions == [(1, 1, 1, 10), (1, 3, -1, 13)]
    assert trade([10, (10, 12, 7, 9)], {0: [order]}).executions == [(1, 1, 1, 10), (1, 2, -1, 8)]


def test_children_of_what_the_open_filled_are_checked_at_the_open_too(trade):
    # The day opens at 14, above the take-profit of 13.
    order = Place("AAA", BUY, 1, then=both(8, 13))
    assert trade([10, (14, 15, 12, 13)], {0: [order]}).executions == [(1, 1, 1, 14), (1, 3, -1, 14)]


def test_after_a_purchase_at_a_limit_the_price_falls_on_and_reaches_the_stop(trade):
    # 14 may have come before 9 was bought; 7.50 surely comes after it.
    replayed = trade([12, (12, 14, 7.5, 12)], {0: [limit(BUY, 1, 9, then=both(8, 13))]})
    assert replayed.executions == [(1, 1, 1, 9), (1, 2, -1, 8)]
    replayed = trade([12, (12, 14, 8.5, 12)], {0: [limit(BUY, 1, 9, then=both(8, 13))]})
    assert replayed.executions == [(1, 1, 1, 9)]


def test_after_a_purchase_at_a_stop_the_price_rises_on_and_reaches_the_take_profit(trade):
    replayed = trade([10, (10, 14, 7, 10)], {0: [stop(BUY, 1, 12, then=both(8, 13))]})
    assert replayed.executions == [(1, 1, 1, 12), (1, 3, -1, 13)]
    # The low of 7 does not arm the stop at 8.
    replayed = trade([10, (10, 12.5, 7, 10)], {0: [stop(BUY, 1, 12, then=both(8, 13))]})
    assert replayed.executions == [(1, 1, 1, 12)]


def test_after_a_short_sale_at_a_limit_the_price_rises_on_and_reaches_the_stop(trade):
    order = limit(SELL, 1, 12, then=both(14, 8, BUY))
    replayed = trade([10, (10, 15, 7, 10)], {0: [order]}, account=CREDIT)
    assert replayed.executions == [(1, 1, -1, 12), (1, 2, 1, 14)]


def test_after_a_short_sale_at_a_stop_the_price_falls_on_and_reaches_the_take_profit(trade):
    order = stop(SELL, 1, 9, then=both(14, 8, BUY))
    replayed = trade([10, (10, 15, 7, 10)], {0: [order]}, account=CREDIT)
    assert replayed.executions == [(1, 1, -1, 9), (1, 3, 1, 8)]


def test_a_child_beyond_its_parents_price_executes_there_as_at_an_open(trade):
    # Bought at 9; a stop at 10 is beyond that already, and sells at 9, not at 10.
    replayed = trade([12, (12, 12, 8, 12)], {0: [limit(BUY, 1, 9, then=(stop(SELL, 1, 10),))]})
    assert replayed.executions == [(1, 1, 1, 9), (1, 2, -1, 9)]


def test_a_member_that_executes_at_its_parents_price_comes_before_the_others_and_is_not_ambiguous(trade):
    # Both stops are on the way down; the one at 10 executes at the entry of 9.
    order = limit(BUY, 1, 9, then=(stop(SELL, 1, 8, group="x"), stop(SELL, 1, 10, group="x")))
    replayed = trade([12, (12, 12, 7, 12)], {0: [order]})
    assert replayed.executions == [(1, 1, 1, 9), (1, 3, -1, 9)]
    assert replayed.result.ambiguous == 0


def test_a_child_that_executes_against_the_way_of_its_parent_waits_for_the_next_bar(trade):
    bars = [12, (12, 14, 8.5, 12), (12, 12, 12, 12), (12, 14, 12, 13)]
    replayed = trade(bars, {0: [limit(BUY, 1, 9, then=both(8, 13))]})
    assert replayed.executions == [(1, 1, 1, 9), (3, 3, -1, 13)]


@pytest.mark.parametrize("force", ["gtc", "ioc", "fok"])
def test_a_market_child_waits_for_the_next_open_unless_its_parent_filled_at_the_open(trade, force):
    child = Place("AAA", SELL, 1, time_in_force=force)
    replayed = trade([12, (12, 12, 8, 11), (10, 10, 10, 10)], {0: [limit(BUY, 1, 9, then=(child,))]})
    assert replayed.executions == [(1, 1, 1, 9), (2, 2, -1, 10)]
    replayed = trade([12, (12, 12, 8, 11), 10], {0: [Place("AAA", BUY, 1, then=(child,))]})
    assert replayed.executions == [(1, 1, 1, 12), (1, 2, -1, 12)]


def test_a_child_for_the_close_fills_at_the_close_of_its_parents_bar(trade):
    child = Place("AAA", SELL, 1, OrderType.MARKET_ON_CLOSE)
    replayed = trade([12, (12, 12, 8, 11), 10], {0: [limit(BUY, 1, 9, then=(child,))]})
    assert replayed.executions == [(1, 1, 1, 9), (1, 2, -1, 11)]


def test_children_of_what_the_close_filled_wait_for_the_next_bar(trade):
    on_close = OrderType.MARKET_ON_CLOSE
    children = (*both(11.5, 20), Place("AAA", SELL, 1, on_close))
    replayed = trade(
        [12, (12, 13, 8, 12), (11, 11, 11, 11)], {0: [Place("AAA", BUY, 1, on_close, then=children)]}
    )
    assert replayed.executions[:2] == [(1, 1, 1, 12), (2, 2, -1, 11)]


def test_lots_that_join_an_active_child_in_the_range_wait_for_the_next_bar(trade):
    # Day 1 buys 4 of 10 at 9, day 2 the other 6 in the range; of day 2's fall to 6 the stop, active for 4,
    # sells 4 at 8, and the rest goes on at the next open.
    order = limit(BUY, 10, 9, then=(stop(SELL, 10, 8),))
    bars = [12, (12, 12, 8.5, 12, 40), (12, 12, 6, 12, 1_000), 11]
    replayed = trade(bars, {0: [order]}, max_volume_share=TENTH)
    assert replayed.executions == [(1, 1, 4, 9), (2, 1, 6, 9), (2, 2, -4, 8), (3, 2, -6, 11)]


def test_lots_that_join_a_child_for_the_close_in_the_range_are_sold_at_that_close(trade):
    # The hour of 22:00 buys 4, that of 23:00 the other 6; its close ends the session.
    order = limit(BUY, 10, 9, then=(Place("AAA", SELL, 10, OrderType.MARKET_ON_CLOSE),))
    bars = [12] * 22 + [(12, 12, 8, 12, 40), (12, 12, 8, 11, 1_000)]
    replayed = trade(bars, {21: [order]}, max_volume_share=TENTH, timeframe=Timeframe.H1)
    assert replayed.executions == [(22, 1, 4, 9), (23, 1, 6, 9), (23, 2, -10, 11)]


def test_what_a_limit_child_needs_in_a_shorter_bar_is_the_same_as_in_a_whole_one(trade):
    # Bought back at 8 in the fall to 8: a touch.
    order = stop(SELL, 1, 9, then=(limit(BUY, 1, 8),))
    through = trade([10, (10, 11, 8, 10)], {0: [order]}, account=CREDIT)
    touch = trade([10, (10, 11, 8, 10)], {0: [order]}, account=CREDIT, limit_fill=LimitFill.TOUCH)
    assert (len(through.fills), len(touch.fills)) == (1, 2)


def test_legs_that_an_entry_in_the_range_arms_one_of_are_not_ambiguous(trade):
    replayed = trade([12, (12, 14, 7, 12)], {0: [limit(BUY, 1, 9, then=both(8, 13))]}, intrabar=Intrabar.BEST)
    assert replayed.executions == [(1, 1, 1, 9), (1, 2, -1, 8)]
    assert replayed.result.ambiguous == 0

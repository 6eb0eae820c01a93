"""Orders that depend on each other: OCO, OTO and reduce-only, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, Cancel, OrderType, Place, Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))
TENTH = Decimal("0.1")


def limit(side, quantity, price, **more):
    return Place("AAA", side, quantity, LIMIT, limit=price, **more)


def stop(side, quantity, price, **more):
    return Place("AAA", side, quantity, STOP, stop=price, **more)


def exits(quantity=10, loss=8, gain=13, **more):
    more = {"group": "exits", **more}
    return [stop(SELL, quantity, loss, **more), limit(SELL, quantity, gain, **more)]


def test_what_fills_one_member_of_an_oco_cancels_the_other(trade):
    replayed = trade([10, 10, (10, 14, 9, 13)], {0: [Place("AAA", BUY, 10)], 1: exits()})
    assert replayed.executions[1:] == [(2, 3, -10, 13)]
    assert replayed.orders[1:] == [("canceled", "group_done"), ("filled", "")]


def test_a_part_that_fills_one_member_is_taken_off_the_others(trade):
    # A tenth of 40 fills 4 of the take-profit; the stop then sells the 6 that are left, and no more.
    bars = [10, 10, (10, 14, 9, 13, 40), (7, 7, 7, 7, 1_000)]
    replayed = trade(bars, {0: [Place("AAA", BUY, 10)], 1: exits()}, max_volume_share=TENTH)
    assert replayed.executions[1:] == [(2, 3, -4, 13), (3, 2, -6, 7)]
    assert replayed.orders[1:] == [("filled", ""), ("canceled", "group_done")]


def test_canceling_a_member_by_hand_leaves_the_others_alone(trade):
    def cancel_the_stop(_, book):
        return [Cancel(next(iter(book.orders)))]

    program = {0: [Place("AAA", BUY, 10)], 1: exits(), 2: cancel_the_stop}
    replayed = trade([10, 10, 10, (14, 14, 14, 14)], program)
    assert replayed.orders[1:] == [("canceled", "canceled_by_strategy"), ("filled", "")]


def test_orders_of_one_group_name_that_are_made_at_different_times_are_not_one_group(trade):
    program = {0: [limit(BUY, 1, 9, group="one")], 1: [limit(BUY, 1, 8, group="one")]}
    replayed = trade([10, 10, (10, 10, 7, 10)], program)
    assert len(replayed.fills) == 2


def test_the_members_of_an_oco_may_be_of_different_symbols(trade):
    program = {0: [limit(BUY, 1, 9, group="one"), Place("BBB", BUY, 1, LIMIT, limit=9, group="one")]}
    bars = {"AAA": [10, (10, 10, 8, 10)], "BBB": [10, (10, 10, 8, 10)]}
    replayed = trade(bars, program)
    assert replayed.executions == [(1, 1, 1, 9)]
    assert replayed.orders[1] == ("canceled", "group_done")
    assert replayed.result.ambiguous == 0


def test_a_child_does_nothing_before_its_parent_fills(trade):
    order = limit(BUY, 1, 9, then=(stop(SELL, 1, 8),))
    # The low of 7.50 on day 1 is through both; the stop has nothing to guard before 9 has been bought.
    replayed = trade([12, (12, 12, 10, 12), (12, 12, 8.5, 12), (12, 12, 8, 12)], {0: [order]})
    assert replayed.executions == [(2, 1, 1, 9), (3, 2, -1, 8)]


def test_a_child_of_an_order_that_ends_without_a_fill_is_canceled(trade):
    order = limit(BUY, 1, 5, then=(stop(SELL, 1, 4), limit(SELL, 1, 9)))

    def cancel_the_parent(_, book):
        return [Cancel(next(iter(book.orders)))]

    replayed = trade([10, 10, 10], {0: [order], 1: cancel_the_parent})
    assert replayed.orders == [("canceled", "canceled_by_strategy"), *[("canceled", "parent_closed")] * 2]


def test_a_child_is_active_for_what_its_parent_has_filled_and_cut_to_it_when_the_parent_ends(trade):
    order = limit(BUY, 10, 9, time_in_force="day", then=(limit(SELL, 10, 13),))
    # 4 of 10 are bought before the day ends: 4 are sold.
    bars = [10, (10, 10, 8, 10, 40), (10, 14, 10, 13, 1_000)]
    replayed = trade(bars, {0: [order]}, max_volume_share=TENTH)
    assert replayed.executions == [(1, 1, 4, 9), (2, 2, -4, 13)]
    assert replayed.orders == [("expired", "time_in_force"), ("filled", "")]


def test_a_child_sells_only_what_its_parent_has_bought_so_far(trade):
    order = limit(BUY, 10, 9, then=(limit(SELL, 10, 13),))
    bars = [10, (10, 10, 8, 10, 40), (10, 14, 10, 13, 1_000), (10, 10, 8, 10, 1_000), (13, 14, 13, 14, 1_000)]
    replayed = trade(bars, {0: [order]}, max_volume_share=TENTH)
    assert replayed.executions == [(1, 1, 4, 9), (2, 2, -4, 13), (3, 1, 6, 9), (4, 2, -6, 13)]


def test_a_child_of_a_child_waits_for_it(trade):
    again = limit(BUY, 1, 9)
    order = Place("AAA", BUY, 1, then=(limit(SELL, 1, 13, then=(again,)),))
    bars = [10, (10, 11, 8, 10), (10, 14, 10, 13), (13, 13, 8, 9)]
    replayed = trade(bars, {0: [order]})
    assert replayed.executions == [(1, 1, 1, 10), (2, 2, -1, 13), (3, 3, 1, 9)]


def test_a_reduce_only_order_brings_the_position_to_zero_and_no_further(trade):
    program = {0: [Place("AAA", BUY, 4)], 1: [Place("AAA", SELL, 10, reduce_only=True)]}
    replayed = trade([10, 10, 11], program, account=CREDIT)
    assert replayed.executions == [(1, 1, 4, 10), (2, 2, -4, 11)]
    assert replayed.orders[1] == ("canceled", "position_closed")


def test_a_reduce_only_order_ends_when_its_position_is_closed(trade):
    guard = stop(SELL, 4, 5, reduce_only=True)
    program = {0: [Place("AAA", BUY, 4)], 1: [guard], 2: [Place("AAA", SELL, 4)]}
    replayed = trade([10, 10, 10, 10, (4, 4, 4, 4)], program, account=CREDIT)
    assert replayed.orders[1] == ("canceled", "position_closed")
    assert len(replayed.fills) == 2


def test_a_reduce_only_order_ends_when_its_position_changes_sides(trade):
    guard = stop(SELL, 4, 5, reduce_only=True)
    program = {0: [Place("AAA", BUY, 4)], 1: [guard], 2: [Place("AAA", SELL, 9)]}
    replayed = trade([10, 10, 10, 10, (4, 4, 4, 4)], program, account=CREDIT)
    assert replayed.orders[1] == ("canceled", "position_closed")
    assert replayed.result.positions[0].lots == -5


def test_a_reduce_only_order_that_executes_with_nothing_to_reduce_is_canceled(trade):
    replayed = trade([10, 11], {0: [Place("AAA", SELL, 4, reduce_only=True)]}, account=CREDIT)
    assert replayed.fills == []
    assert replayed.orders == [("canceled", "position_closed")]


def test_a_reduce_only_order_that_has_not_executed_waits_for_a_position(trade):
    program = {0: [stop(SELL, 4, 8, reduce_only=True)], 1: [Place("AAA", BUY, 4)]}
    replayed = trade([10, 10, 10, (9, 9, 7, 9)], program)
    assert replayed.executions == [(2, 2, 4, 10), (3, 1, -4, 8)]

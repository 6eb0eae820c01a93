"""Trailing stops: where the stop stands after each bar, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, OrderType, Place, Replace, Side, Split

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL, TRAIL = Side.BUY, Side.SELL, OrderType.TRAILING_STOP
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


def trailing(side, **distance):
    return Place("AAA", side, 1, TRAIL, **distance)


def guarded(trade, bars, **distance):
    """Buy one at the open of day 1 and guard it from the close of that day on; return when it was sold."""
    replayed = trade(bars, {0: [Place("AAA", BUY, 1)], 1: [trailing(SELL, **distance)]})
    return [(day, price) for day, _, quantity, price in replayed.executions if quantity < 0]


def test_it_begins_at_the_last_close_and_not_at_an_earlier_high(trade):
    # Day 1 reaches 20 before the order is made at its close of 10: the stop is 7.
    assert guarded(trade, [10, (10, 20, 10, 10), (10, 10, 8, 9)], trail=3) == []
    assert guarded(trade, [10, (10, 20, 10, 10), (10, 10, 7, 9)], trail=3) == [(2, 7)]


def test_a_bar_moves_it_only_after_it_has_been_matched(trade):
    # Day 2 goes to 20 and to 9: its stop is still 7. On day 3 it is 17.
    assert guarded(trade, [10, 10, (10, 20, 9, 19), (18, 19, 16, 17)], trail=3) == [(3, 17)]


def test_it_never_moves_away_from_the_market(trade):
    # 12 - 3 = 9 after day 2; the high of 11 on day 3 leaves it there.
    assert guarded(trade, [10, 10, (10, 12, 10, 11), (11, 11, 10, 10), (10, 10, 8, 8)], trail=3) == [(4, 9)]


def test_an_open_beyond_it_fills_at_the_open(trade):
    assert guarded(trade, [10, 10, (6, 8, 5, 8)], trail=3) == [(2, 6)]


def test_a_bar_without_volume_does_not_move_it(trade):
    bars = [10, 10, (10, 20, 10, 20, 0), (18, 18, 8, 10)]
    # The bar without volume would have moved it to 17; day 3 does not reach 7.
    assert guarded(trade, bars, trail=3) == []


def test_a_purchase_follows_the_lows_downwards(trade):
    # From the close of 10 at 13, after the low of 6 at 9.
    replayed = trade([10, (10, 12, 6, 7), (7, 9, 7, 8)], {0: [trailing(BUY, trail=3)]})
    assert replayed.executions == [(2, 1, 1, 9)]


def test_a_percentage_is_taken_of_the_watermark_and_rounded_away_from_it(trade):
    # 10.01 less 1 % is 9.9099: a sale waits at 9.90. A purchase, at 10.1101, waits at 10.12.
    sale = trade(
        [Decimal("10.01"), (10, 10, Decimal("9.90"), 10)],
        {0: [trailing(SELL, trail_percent=1)]},
        account=CREDIT,
    )
    assert [price for *_, price in sale.executions] == [Decimal("9.90")]
    bars = [Decimal("10.01"), (10, Decimal("10.12"), 10, 10)]
    purchase = trade(bars, {0: [trailing(BUY, trail_percent=1)]})
    assert [price for *_, price in purchase.executions] == [Decimal("10.12")]


def test_it_is_at_least_one_tick(trade):
    bars = [Decimal("0.05"), (Decimal("0.05"), Decimal("0.05"), Decimal("0.01"), Decimal("0.02"))]
    replayed = trade(bars, {0: [trailing(SELL, trail=9)]}, account=CREDIT)
    assert [price for *_, price in replayed.executions] == [Decimal("0.01")]


def test_a_distance_is_rounded_to_the_nearest_tick_half_to_even_and_is_at_least_one(trade):
    distances = ["0.025", "0.035", "0.001"]
    program = {0: [trailing(SELL, trail=Decimal(distance)) for distance in distances]}
    orders = trade([10], program, account=CREDIT).result.orders
    assert [order.request.trail_ticks for order in orders] == [2, 4, 1]


def test_a_childs_watermark_begins_at_its_parents_fill_and_moves_with_the_high_of_that_bar(trade):
    # Bought at the open of 10; its bar goes up to 14, so that the stop is at 11 on the next day.
    order = Place("AAA", BUY, 1, then=(trailing(SELL, trail=3),))
    bars = [12, (10, 14, 9, 12), (12, 12, 10, 12)]
    assert trade(bars, {0: [order]}).executions == [(1, 1, 1, 10), (2, 2, -1, 11)]


def test_a_child_of_a_fill_in_the_range_moves_with_the_close_of_that_bar(trade):
    # Bought at 9 on the way down; whether 14 came later is not known, that 12 did is: 12 - 4 = 8 next day.
    order = Place("AAA", BUY, 1, OrderType.LIMIT, limit=9, then=(trailing(SELL, trail=4),))
    bars = [12, (11, 14, 8, 12), (12, 12, 8.5, 12), (12, 12, 8, 12)]
    assert trade(bars, {0: [order]}).executions == [(1, 1, 1, 9), (3, 2, -1, 8)]


def test_a_replaced_distance_moves_the_stop_at_once_from_the_same_watermark(trade):
    def closer(_, book):
        return [Replace(client_id, trail=1) for client_id in book.orders]

    program = {0: [Place("AAA", BUY, 1)], 1: [trailing(SELL, trail=5)], 2: closer}
    # The watermark is 14 after day 2: with a distance of 1 the stop is 13, with 5 it would be 9.
    replayed = trade([10, 10, (10, 14, 10, 14), (14, 14, 12, 12)], program)
    assert replayed.executions[1] == (3, 2, -1, 13)


def test_a_split_leaves_the_stop_at_its_distance_from_the_watermark(trade, day):
    # In old shares the watermark is 0.02, the distance 0.05 and the stop 0.07. Two for one: 0.01 and, half to
    # even, 0.02, so that the stop is 0.03, and not the 0.04 nearest to half of 0.07.
    cents = [Decimal("0.02"), (Decimal("0.01"), Decimal("0.06"), Decimal("0.01"), Decimal("0.04"))]
    order = Place("AAA", BUY, 4, TRAIL, trail=Decimal("0.05"))
    replayed = trade(cents, {0: [order]}, actions=[Split("AAA", day(1), 2, 1)])
    assert replayed.executions == [(1, 1, 8, Decimal("0.03"))]

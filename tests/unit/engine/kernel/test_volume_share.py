"""How many lots a bar gives, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import OrderType, Place, Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY = Side.BUY


def volume(lots, price=10):
    return (price, price, price, price, lots)


def test_a_bar_offers_its_share_of_the_volume_rounded_down(trade):
    # A quarter of 39 is 9.75.
    replayed = trade([10, volume(39)], {0: [Place("AAA", BUY, 50)]}, max_volume_share=Decimal("0.25"))
    assert replayed.executions == [(1, 1, 9, 10)]


def test_a_share_is_exact_and_not_a_float(trade):
    # 0.07 of 100 is 7; as floats it is 7.000000000000001, and 0.29 of 100 is 28.999999999999996.
    for share, lots in (("0.07", 7), ("0.29", 29)):
        replayed = trade([10, volume(100)], {0: [Place("AAA", BUY, 50)]}, max_volume_share=Decimal(share))
        assert [quantity for *_, quantity, _ in replayed.executions] == [lots]


def test_all_orders_of_a_symbol_share_its_bar_in_the_order_in_which_they_fill(trade):
    limit = Place("AAA", BUY, 6, OrderType.LIMIT, limit=9)
    program = {0: [limit, Place("AAA", BUY, 6), Place("AAA", BUY, 6)]}
    # 10 lots: the two market orders take 6 and 4 at the open, the limit gets nothing.
    replayed = trade([10, (10, 10, 8, 9, 100)], program, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 6, 10), (1, 2, 4, 10)]


def test_each_symbol_has_a_bar_of_its_own(trade):
    bars = {"AAA": [10, volume(100)], "BBB": [10, volume(100)]}
    program = {0: [Place("AAA", BUY, 10), Place("BBB", BUY, 10)]}
    replayed = trade(bars, program, max_volume_share=Decimal("0.1"))
    assert [fill[1:4] for fill in replayed.fills] == [("AAA", "buy", 10), ("BBB", "buy", 10)]


def test_what_is_not_filled_goes_on_resting(trade):
    replayed = trade(
        [10, volume(40), volume(40, 11), volume(40, 12)],
        {0: [Place("AAA", BUY, 10)]},
        max_volume_share=Decimal("0.1"),
    )
    assert replayed.executions == [(1, 1, 4, 10), (2, 1, 4, 11), (3, 1, 2, 12)]
    assert [order.status.value for order in replayed.strategy.heard][1:] == [
        "partially_filled",
        "partially_filled",
        "filled",
    ]


def test_a_bar_whose_share_is_less_than_a_lot_gives_nothing(trade):
    replayed = trade([10, volume(9)], {0: [Place("AAA", BUY, 1)]}, max_volume_share=Decimal("0.1"))
    assert replayed.fills == []


def test_without_a_share_volume_is_no_bound(trade):
    assert trade([10, volume(1)], {0: [Place("AAA", BUY, 500)]}).executions == [(1, 1, 500, 10)]


def test_without_volume_in_the_feed_there_is_no_bound(trade):
    replayed = trade(
        [10, 10], {0: [Place("AAA", BUY, 500)]}, has_volume=False, max_volume_share=Decimal("0.01")
    )
    assert replayed.executions == [(1, 1, 500, 10)]


def test_the_fee_of_an_order_filled_in_parts_is_that_of_the_whole(trade):
    # Three fills of 33.33 cents of fee on 1,111 cents of value each at 300 bps: 99.99 rounds to 100.
    replayed = trade(
        [Decimal("11.11"), *[volume(10, Decimal("11.11"))] * 3],
        {0: [Place("AAA", BUY, 3)]},
        bps="300",
        max_volume_share=Decimal("0.1"),
    )
    assert [fill.fee for fill in replayed.result.fills] == [33, 34, 33]

"""Changing a working order in place, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, Cancel, OrderType, Place, Replace, Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


def changing(number=0, **change):
    """Replace the working order at a place in the book."""

    def decide(_, book):
        return [Replace(list(book.orders)[number], **change)]

    return decide


def limit(price, quantity=1, **more):
    return Place("AAA", BUY, quantity, LIMIT, limit=price, **more)


def test_a_replacement_changes_price_and_quantity_and_keeps_id_and_sequence(trade):
    program = {0: [limit(5), limit(4)], 1: changing(limit=9, quantity=3)}
    replayed = trade([10, 10, (10, 10, 8, 10)], program)
    assert replayed.executions == [(2, 1, 3, 9)]
    assert len({order.client_id for order in replayed.strategy.heard}) == 2


def test_what_a_replacement_does_not_name_stays(trade):
    order = Place("AAA", BUY, 2, OrderType.STOP_LIMIT, stop=12, limit=13)
    replayed = trade([10, 10, 10], {0: [order], 1: changing(limit=14)})
    request = replayed.result.orders[0].request
    assert (request.lots, request.stop_ticks, request.limit_ticks) == (2, 1_200, 1_400)


def test_a_replaced_price_is_rounded_as_that_of_a_new_order(trade):
    replayed = trade([10, 10, 10], {0: [limit(5)], 1: changing(limit=Decimal("8.999"))})
    assert replayed.result.orders[0].request.limit_ticks == 899


@pytest.mark.parametrize("quantity", [4, 3])
def test_a_quantity_at_or_below_what_has_been_filled_ends_the_order(trade, quantity):
    bars = [10, (10, 10, 8, 10, 40), 10, (8, 8, 8, 8, 1_000)]
    program = {0: [limit(9, 10)], 1: changing(quantity=quantity)}
    replayed = trade(bars, program, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 4, 9)]
    assert replayed.orders == [("canceled", "replaced_below_filled")]


def test_a_quantity_above_what_has_been_filled_leaves_the_rest_working(trade):
    bars = [10, (10, 10, 8, 10, 40), (8, 8, 8, 8, 1_000)]
    program = {0: [limit(9, 10)], 1: changing(quantity=6)}
    replayed = trade(bars, program, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 4, 9), (2, 1, 2, 8)]


def test_an_order_that_has_triggered_has_no_stop_left_to_change(trade):
    order = Place("AAA", BUY, 1, OrderType.STOP_LIMIT, stop=12, limit=11)
    bars = [10, (10, 13, 10, 13), (13, 13, 10, 12)]
    replayed = trade(bars, {0: [order], 1: changing(stop=20)})
    assert replayed.executions == [(2, 1, 1, 11)]
    assert replayed.result.orders[0].request.stop_ticks == 1_200


def test_a_replacement_that_risk_denies_leaves_the_order_as_it_was(trade):
    program = {0: [limit(9, 10)], 1: changing(quantity=20)}
    replayed = trade([10, 10, (10, 10, 8, 10)], program, capital="100")
    assert replayed.executions == [(2, 1, 10, 9)]
    assert sorted(replayed.orders) == [("denied", "insufficient_cash"), ("filled", "")]


def test_a_replacement_below_a_price_of_zero_is_denied(trade):
    replayed = trade([10, 10, (10, 10, 8, 10)], {0: [limit(9)], 1: changing(limit=0)})
    assert replayed.executions == [(2, 1, 1, 9)]
    assert ("denied", "limit_price_not_positive") in replayed.orders


def test_a_lower_quantity_needs_no_cash(trade):
    program = {0: [limit(10, 10)], 1: changing(quantity=5)}
    replayed = trade([11, 11, (11, 11, 9, 10)], program, capital="100")
    assert replayed.executions == [(2, 1, 5, 10)]


def test_a_replaced_order_waits_for_a_bar_that_starts_when_all_seen_have_ended(trade, small, replay):
    # BBB's days begin at noon. The order for AAA is replaced while BBB's bar, already seen, still lasts,
    # so that the next bar of AAA, which begins within it, does not count.
    half = {"AAA": [10, None, 10, None, (8, 8, 8, 8), None, (7, 7, 7, 7)]}
    half["BBB"] = [None, 5, None, 5, None, 5, None]
    market = small(half)
    for series in market.series.values():
        series.timestamps[:] = series.timestamps[0] + (series.timestamps - series.timestamps[0]) // 2
    late = market.series["BBB"].timestamps
    late[:] = late - (late[0] - market.series["AAA"].timestamps[0]) // 2
    replayed = replay(market, {0: [limit(5)], 3: changing(limit=9)})
    times = [fill.time for fill in replayed.result.fills]
    assert times == [market.series["AAA"].timestamps[3]]


def test_replacing_an_order_that_works_no_more_does_nothing(trade):
    def both(_, book):
        (client_id,) = book.orders
        return [Cancel(client_id), Replace(client_id, limit=20)]

    replayed = trade([10, 10, 10], {0: [limit(5)], 1: both})
    assert replayed.orders == [("canceled", "canceled_by_strategy")]


def test_a_childs_quantity_after_its_parent_has_ended_is_free(trade):
    # Bought 4; the take-profit for 4 is raised to 6, of which two open a short position.
    exit_ = Place("AAA", SELL, 4, LIMIT, limit=13)
    program = {0: [Place("AAA", BUY, 4, then=(exit_,))], 1: changing(quantity=6)}
    replayed = trade([10, 10, (10, 14, 10, 13)], program, account=CREDIT)
    assert replayed.executions == [(1, 1, 4, 10), (2, 2, -6, 13)]

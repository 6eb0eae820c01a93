"""A stop-limit order in the range of a bar: triggered at its stop, filled as a limit, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, LimitFill, OrderType, Place, Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL, STOP_LIMIT = Side.BUY, Side.SELL, OrderType.STOP_LIMIT
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))
THROUGH, TOUCH = LimitFill.THROUGH, LimitFill.TOUCH


def order(stop, limit, side=BUY, **more):
    return Place("AAA", side, 1, STOP_LIMIT, stop=stop, limit=limit, **more)


def test_with_its_limit_beyond_its_stop_it_fills_at_the_stop(trade):
    assert trade([10, (10, 13, 9, 10)], {0: [order(12, 14)]}).executions == [(1, 1, 1, 12)]


def test_a_sale_with_its_limit_below_its_stop_fills_at_the_stop(trade):
    replayed = trade([10, (10, 11, 7, 10)], {0: [order(8, 6, SELL)]}, account=CREDIT)
    assert replayed.executions == [(1, 1, -1, 8)]


def test_with_both_equal_a_touch_fills_at_the_stop_and_through_waits_for_the_close(trade):
    bars = [10, (10, 13, 9, 12.5)]
    assert trade(bars, {0: [order(12, 12)]}, limit_fill=TOUCH).executions == [(1, 1, 1, 12)]
    assert trade(bars, {0: [order(12, 12)]}, limit_fill=THROUGH).fills == []
    # A close of 11.50 surely came after the stop of 12 was met.
    closes_below = [10, (10, 13, 9, 11.5)]
    assert trade(closes_below, {0: [order(12, 12)]}, limit_fill=THROUGH).executions == [(1, 1, 1, 12)]


@pytest.mark.parametrize(
    ("close", "how", "filled"),
    [(10.5, THROUGH, [11]), (11, THROUGH, []), (11, TOUCH, [11]), (12, TOUCH, [])],
)
def test_with_its_limit_short_of_its_stop_only_the_close_surely_comes_later(trade, close, how, filled):
    # The low of 9 is below the limit of 11, but may have come before the stop of 12.
    replayed = trade([10, (10, 13, 9, close)], {0: [order(12, 11)]}, limit_fill=how)
    assert [price for *_, price in replayed.executions] == filled


def test_a_sale_with_its_limit_above_its_stop_waits_for_a_close_above_the_limit(trade):
    rows = [10, (10, 11, 7, 9.5)]
    assert trade(rows, {0: [order(8, 9, SELL)]}, account=CREDIT).executions == [(1, 1, -1, 9)]
    rows = [10, (10, 11, 7, 8.5)]
    assert trade(rows, {0: [order(8, 9, SELL)]}, account=CREDIT).fills == []


def test_triggered_and_not_filled_it_rests_as_a_limit(trade):
    bars = [10, (10, 13, 9, 12.5), (12.5, 13, 10.5, 12)]
    replayed = trade(bars, {0: [order(12, 11)]})
    assert [made.status.value for made in replayed.strategy.heard] == ["accepted", "triggered", "filled"]
    assert replayed.executions == [(2, 1, 1, 11)]


def test_not_triggered_it_does_not_fill_however_far_below_its_limit_the_market_is(trade):
    replayed = trade([10, (10, 11.5, 5, 10)], {0: [order(12, 14)]})
    assert replayed.fills == []
    assert [made.status.value for made in replayed.strategy.heard] == ["accepted", "canceled"]


def test_filled_at_its_limit_it_counts_as_a_limit_for_its_children(trade):
    # Triggered on the first day. On the second it fills at 11 on the way down, so the stop at 10 is
    # on the way, and the take-profit at 13, which the same bar has seen, is not.
    exits = (
        Place("AAA", SELL, 1, OrderType.STOP, stop=10, group="exits"),
        Place("AAA", SELL, 1, OrderType.LIMIT, limit=13, group="exits"),
    )
    bars = [10, (10, 13, 9, 12.5), (12.5, 14, 9.5, 12)]
    replayed = trade(bars, {0: [order(12, 11, then=exits)]})
    assert replayed.executions == [(2, 1, 1, 11), (2, 2, -1, 10)]


def test_filled_at_its_stop_it_counts_as_a_stop_for_its_children(trade):
    exits = (
        Place("AAA", SELL, 1, OrderType.STOP, stop=10, group="exits"),
        Place("AAA", SELL, 1, OrderType.LIMIT, limit=13, group="exits"),
    )
    bars = [10, (10, 14, 9, 12)]
    replayed = trade(bars, {0: [order(12, 15, then=exits)]})
    assert replayed.executions == [(1, 1, 1, 12), (1, 3, -1, 13)]

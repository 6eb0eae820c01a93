"""A limit-if-touched order: touched when the market has come to its price, filled as a limit, by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, LimitFill, OrderType, Place, Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL, TOUCHED = Side.BUY, Side.SELL, OrderType.LIMIT_IF_TOUCHED
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))
THROUGH, TOUCH = LimitFill.THROUGH, LimitFill.TOUCH


def order(touch, limit, side=BUY, **more):
    return Place("AAA", side, 1, TOUCHED, stop=touch, limit=limit, **more)


def test_a_purchase_is_touched_from_above_and_a_sale_from_below(trade):
    assert trade([10, (10, 11, 8, 10)], {0: [order(8, 9)]}).executions == [(1, 1, 1, 8)]
    replayed = trade([10, (10, 12, 9, 10)], {0: [order(12, 11, SELL)]}, account=CREDIT)
    assert replayed.executions == [(1, 1, -1, 12)]


def test_not_touched_it_does_not_fill_although_the_market_is_below_its_limit(trade):
    assert trade([10, (10, 11, 8.5, 10)], {0: [order(8, 12)]}).fills == []


@pytest.mark.parametrize(
    ("low", "how", "filled"), [(8, TOUCH, [8]), (8, THROUGH, []), (7.5, THROUGH, [8]), (7.5, TOUCH, [8])]
)
def test_with_both_prices_equal_through_needs_a_lower_low(trade, low, how, filled):
    replayed = trade([10, (10, 11, low, 10)], {0: [order(8, 8)]}, limit_fill=how)
    assert [price for *_, price in replayed.executions] == filled


@pytest.mark.parametrize(
    ("low", "how", "filled"), [(6, THROUGH, [7]), (7, THROUGH, []), (7, TOUCH, [7]), (7.5, TOUCH, [])]
)
def test_with_its_limit_below_the_touch_the_low_surely_comes_after_it(trade, low, how, filled):
    replayed = trade([10, (10, 11, low, 10)], {0: [order(8, 7)]}, limit_fill=how)
    assert [price for *_, price in replayed.executions] == filled


def test_touched_and_not_filled_it_rests_as_a_limit(trade):
    replayed = trade([10, (10, 11, 7.5, 10), (9, 10, 6.5, 9)], {0: [order(8, 7)]})
    assert [made.status.value for made in replayed.strategy.heard] == ["accepted", "triggered", "filled"]
    assert replayed.executions == [(2, 1, 1, 7)]


def test_it_counts_as_a_limit_for_its_children(trade):
    # Bought at 8 on the way down to 6: the stop at 7 is on the way, the take-profit at 11 is not.
    exits = (
        Place("AAA", SELL, 1, OrderType.STOP, stop=7, group="exits"),
        Place("AAA", SELL, 1, OrderType.LIMIT, limit=10.5, group="exits"),
    )
    replayed = trade([10, (10, 11, 6, 10)], {0: [order(8, 9, then=exits)]})
    assert replayed.executions == [(1, 1, 1, 8), (1, 2, -1, 7)]

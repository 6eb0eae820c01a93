"""Two members of an OCO in one range: which one the policy takes, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, Intrabar, OrderType, Place, Side, Timeframe

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


def stop(side, price):
    return Place("AAA", side, 1, STOP, stop=price, group="one")


def limit(side, price):
    return Place("AAA", side, 1, LIMIT, limit=price, group="one")


def chosen(trade, bar, orders, policy, **more):
    """Return the price of the one fill in a bar that reaches several orders of a group."""
    replayed = trade([10, bar], {0: orders}, intrabar=policy, account=CREDIT, **more)
    ((_, _, _, price),) = replayed.executions
    return price


@pytest.mark.parametrize(("policy", "price"), [(Intrabar.WORST, 8), (Intrabar.BEST, 13)])
def test_worst_takes_the_lower_sale_and_best_the_higher(trade, policy, price):
    assert chosen(trade, (10, 14, 7, 9), [stop(SELL, 8), limit(SELL, 13)], policy) == price


@pytest.mark.parametrize(("policy", "price"), [(Intrabar.WORST, 13), (Intrabar.BEST, 8)])
def test_worst_takes_the_higher_purchase_and_best_the_lower(trade, policy, price):
    assert chosen(trade, (10, 14, 7, 9), [stop(BUY, 13), limit(BUY, 8)], policy) == price


def test_worst_is_the_default(trade):
    program = {0: [limit(SELL, 13), stop(SELL, 8)]}
    replayed = trade([10, (10, 14, 7, 9)], program, account=CREDIT)
    assert [price for *_, price in replayed.executions] == [8]


@pytest.mark.parametrize(("open_", "price"), [(9, 8), (12, 13), (10.5, 8)])
def test_nearer_first_takes_the_price_nearer_to_the_open_and_the_worst_where_they_are_equally_near(
    trade, open_, price
):
    bar = (open_, 14, 7, 9)
    assert chosen(trade, bar, [limit(SELL, 13), stop(SELL, 8)], Intrabar.NEARER_FIRST) == price


@pytest.mark.parametrize(("low", "price"), [(7, 8), (4, 13)])
def test_ohlc_goes_to_the_nearer_extreme_first(trade, low, price):
    # From 10 the high of 14 is 4 away; a low of 7 is nearer, one of 4 is not.
    assert chosen(trade, (10, 14, low, 9), [limit(SELL, 13), stop(SELL, 8)], Intrabar.OHLC) == price


def test_ohlc_goes_to_the_low_first_where_both_extremes_are_equally_near(trade):
    assert chosen(trade, (10, 14, 6, 9), [limit(SELL, 13), stop(SELL, 8)], Intrabar.OHLC) == 8


def test_ohlc_takes_the_nearer_of_two_on_one_leg(trade):
    orders = [stop(BUY, 13), stop(BUY, 12)]
    assert chosen(trade, (10, 14, 5, 9), orders, Intrabar.OHLC) == 12


def test_finer_bars_tell_which_came_first(trade, small):
    hours = {"AAA": [10] * 24 + [(10, 12, 9, 12), (12, 14, 12, 13), (13, 13, 7, 9)]}
    finer = small(hours, timeframe=Timeframe.H1).series
    orders = [limit(SELL, 13), stop(SELL, 8)]
    assert chosen(trade, (10, 14, 7, 9), orders, Intrabar.FINER_BARS, finer=finer) == 13


def test_finer_bars_that_hold_both_in_one_bar_or_none_are_as_ambiguous_as_the_bar(trade, small):
    orders = [limit(SELL, 13), stop(SELL, 8)]
    for rows in ([(10, 14, 7, 9)], [(10, 12, 9, 10)]):
        finer = small({"AAA": [10] * 24 + rows}, timeframe=Timeframe.H1).series
        assert chosen(trade, (10, 14, 7, 9), orders, Intrabar.FINER_BARS, finer=finer) == 8
    assert chosen(trade, (10, 14, 7, 9), orders, Intrabar.FINER_BARS) == 8


def test_of_more_than_two_the_policy_picks_one_of_all_that_execute(trade):
    orders = [limit(SELL, 12), stop(SELL, 8), limit(SELL, 13), stop(SELL, 5)]
    assert chosen(trade, (10, 14, 7, 9), orders, Intrabar.WORST) == 8
    assert chosen(trade, (10, 14, 7, 9), orders, Intrabar.BEST) == 13


@pytest.mark.parametrize("orders", [[limit(BUY, 8), stop(SELL, 8.5)], [stop(SELL, 8.5), limit(BUY, 8)]])
def test_of_members_on_different_sides_worst_takes_the_one_like_a_stop(trade, orders):
    assert chosen(trade, (10, 11, 7, 9), orders, Intrabar.WORST) == 8.5
    assert chosen(trade, (10, 11, 7, 9), orders, Intrabar.BEST) == 8


def test_what_is_ambiguous_is_flagged_and_counted(trade):
    program = {0: [limit(SELL, 13), stop(SELL, 8), Place("AAA", BUY, 1)]}
    replayed = trade([10, (10, 14, 7, 9)], program, account=CREDIT)
    assert [fill.flags for fill in replayed.result.fills] == [0, 1]
    assert replayed.result.ambiguous == 1


def test_a_member_that_the_open_fills_is_not_ambiguous(trade):
    program = {0: [limit(SELL, 13), stop(SELL, 8)]}
    replayed = trade([10, (7, 14, 7, 9)], program, account=CREDIT)
    assert [price for *_, price in replayed.executions] == [7]
    assert replayed.result.ambiguous == 0


def test_the_losers_of_an_ambiguous_group_wait_for_the_next_bar(trade):
    # A tenth of 10 lots fills one of the stop's two; the take-profit keeps one lot, but not in this bar.
    orders = [
        Place("AAA", SELL, 2, STOP, stop=8, group="one"),
        Place("AAA", SELL, 2, LIMIT, limit=13, group="one"),
    ]
    bars = [10, (10, 14, 7, 9, 10), (13.5, 14, 13, 14, 1_000)]
    replayed = trade(bars, {0: orders}, account=CREDIT, max_volume_share=Decimal("0.1"))
    # The triggered stop, first in sequence, sells its rest at the next open.
    assert replayed.executions == [(1, 1, -1, 8), (2, 1, -1, 13.5)]
    assert replayed.orders == [("filled", ""), ("canceled", "group_done")]

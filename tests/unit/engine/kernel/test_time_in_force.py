"""How long an order works, worked out by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.ports import OrderType, Place, Side, Timeframe

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL, LIMIT = Side.BUY, Side.SELL, OrderType.LIMIT
EXPIRED = ("expired", "time_in_force")


def limit(price, force="gtc", quantity=1, **more):
    return Place("AAA", BUY, quantity, LIMIT, limit=price, time_in_force=force, **more)


def until(**after):
    """Return the moment so long after the first bar began."""
    return datetime(2020, 1, 1, tzinfo=UTC) + timedelta(**after)


def test_good_till_canceled_works_until_the_data_end(trade):
    replayed = trade([10] * 50 + [(10, 10, 4, 10)], {0: [limit(5), limit(3)]})
    assert replayed.executions == [(50, 1, 1, 5)]
    assert replayed.orders[1] == ("canceled", "end_of_data")


def test_a_day_order_expires_with_the_session_of_the_first_bar_in_which_it_may_fill(trade):
    replayed = trade([10, 10, (10, 10, 4, 10)], {0: [limit(5, "day")]})
    assert replayed.fills == []
    assert replayed.orders == [EXPIRED]
    order = replayed.result.orders[0]
    assert (order.updated_at - order.submitted_at) // Timeframe.D1.nanoseconds == 1


def test_a_day_order_within_a_day_expires_with_the_last_bar_of_the_utc_day(trade):
    # Made at 20:00; 23:00 is the last hour in which it works, unlike the next midnight.
    fills = [10] * 23 + [(10, 10, 4, 10), 10]
    assert trade(fills, {20: [limit(5, "day")]}, timeframe=Timeframe.H1).executions == [(23, 1, 1, 5)]
    late = [10] * 24 + [(10, 10, 4, 10)]
    assert trade(late, {20: [limit(5, "day")]}, timeframe=Timeframe.H1).orders == [EXPIRED]


def test_a_day_order_made_on_the_last_bar_of_a_day_works_through_the_next_day(trade):
    bars = [10] * 47 + [(10, 10, 4, 10)]
    replayed = trade(bars, {23: [limit(5, "day")]}, timeframe=Timeframe.H1)
    assert replayed.executions == [(47, 1, 1, 5)]


def test_an_order_works_in_every_bar_that_starts_before_its_expiry(trade):
    dip = [10, 10, (10, 10, 4, 10)]
    in_the_bar = limit(5, "gtd", expires_at=until(days=2, hours=8))
    at_its_start = limit(5, "gtd", expires_at=until(days=2))
    assert trade(dip, {0: [in_the_bar]}).executions == [(2, 1, 1, 5)]
    assert trade(dip, {0: [at_its_start]}).orders == [EXPIRED]


def test_an_order_expires_after_the_bar_that_ends_at_or_after_its_expiry(trade):
    replayed = trade([10] * 5, {0: [limit(5, "gtd", expires_at=until(days=3))]})
    order = replayed.result.orders[0]
    assert order.status == "expired"
    assert (order.updated_at - order.submitted_at) // Timeframe.D1.nanoseconds == 2


def test_an_order_expires_with_the_time_of_any_symbol(trade):
    bars = {"AAA": [10, None, None, (4, 4, 4, 4)], "BBB": [10] * 4}
    replayed = trade(bars, {0: [limit(5, "gtd", expires_at=until(days=2))]})
    assert replayed.orders == [EXPIRED]
    order = replayed.result.orders[0]
    assert (order.updated_at - order.submitted_at) // Timeframe.D1.nanoseconds == 1


@pytest.mark.parametrize("kind", [OrderType.MARKET, LIMIT])
def test_immediate_or_cancel_takes_what_the_open_gives_and_no_more(trade, kind):
    prices = {"limit": 11} if kind is LIMIT else {}
    order = Place("AAA", BUY, 10, kind, time_in_force="ioc", **prices)
    bars = [10, (10, 10, 9, 9, 40), 10]
    replayed = trade(bars, {0: [order]}, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 4, 10)]
    assert replayed.orders == [EXPIRED]


def test_an_immediate_limit_does_not_wait_for_the_range(trade):
    assert trade([10, (10, 10, 8, 10)], {0: [limit(9, "ioc")]}).orders == [EXPIRED]


def test_fill_or_kill_takes_all_of_it_or_nothing(trade):
    bars = [10, (10, 10, 10, 10, 40)]
    program = {0: [Place("AAA", BUY, 5, time_in_force="fok"), Place("AAA", BUY, 4, time_in_force="fok")]}
    replayed = trade(bars, program, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 2, 4, 10)]
    assert replayed.orders == [EXPIRED, ("filled", "")]


def test_fill_or_kill_that_the_cash_does_not_pay_for_whole_takes_nothing(trade):
    order = Place("AAA", BUY, 10, time_in_force="fok")
    replayed = trade([10, 11], {0: [order]}, capital="100")
    assert replayed.fills == []
    assert replayed.orders == [EXPIRED]


@pytest.mark.parametrize("force", ["ioc", "fok"])
def test_what_is_for_at_once_ends_at_its_first_bar_even_without_volume(trade, force):
    order = Place("AAA", BUY, 1, time_in_force=force)
    assert trade([10, (10, 10, 10, 10, 0), 10], {0: [order]}).orders == [EXPIRED]


@pytest.mark.parametrize("kind", [OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE])
def test_an_order_for_an_auction_ends_with_its_first_one_even_without_volume(trade, kind):
    replayed = trade([10, (10, 10, 10, 10, 0), 10], {0: [Place("AAA", BUY, 1, kind)]})
    assert replayed.fills == []
    assert replayed.orders == [EXPIRED]


@pytest.mark.parametrize("kind", [OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE])
def test_what_an_auction_does_not_fill_expires(trade, kind):
    bars = [10, (10, 10, 10, 10, 40), 10]
    replayed = trade(bars, {0: [Place("AAA", BUY, 10, kind)]}, max_volume_share=Decimal("0.1"))
    assert replayed.executions == [(1, 1, 4, 10)]
    assert replayed.orders == [EXPIRED]


def test_the_day_of_a_child_is_that_of_its_activation_if_it_sees_it(trade):
    # Bought at the open of day 2: the child's day is day 2, whenever it was made.
    child = Place("AAA", SELL, 1, LIMIT, limit=13, time_in_force="day")
    order = Place("AAA", BUY, 1, OrderType.STOP, stop=11, then=(child,))
    replayed = trade([10, 10, (12, 12, 12, 12), (14, 14, 14, 14)], {0: [order]})
    assert replayed.orders == [("filled", ""), EXPIRED]


def test_the_day_of_a_child_that_does_not_see_the_bar_of_its_activation_is_the_next(trade):
    # Bought at 9 on the way down: the limit at 13 waits for the next day, and for that day only.
    child = Place("AAA", SELL, 1, LIMIT, limit=13, time_in_force="day")
    order = limit(9, then=(child,))
    replayed = trade([12, (12, 12, 8, 12), (12, 14, 12, 13)], {0: [order]})
    assert replayed.executions == [(1, 1, 1, 9), (2, 2, -1, 13)]
    replayed = trade([12, (12, 12, 8, 12), 12, (14, 14, 14, 14)], {0: [order]})
    assert replayed.orders == [("filled", ""), EXPIRED]

"""What happens to a symbol that trades no more, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, Delisting, Dividend, OrderType, Place, Side, Split

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


def test_a_position_is_paid_out_at_the_price_of_the_delisting(trade, day):
    actions = [Delisting("AAA", day(3), Decimal("4.50"))]
    replayed = trade([10, 10, 9, 8, 8], {0: [Place("AAA", BUY, 10)]}, actions=actions)
    position = replayed.result.positions[0]
    assert (position.lots, position.cost, position.realised) == (0, 0, 4_500 - 10_000)
    assert replayed.cash[-1] == ("delisting", 4_500)
    assert position.closed_at == day(3)


def test_without_a_price_the_last_close_before_it_counts(trade, day):
    replayed = trade([10, 10, 9, 8], {0: [Place("AAA", BUY, 10)]}, actions=[Delisting("AAA", day(3))])
    assert replayed.cash[-1] == ("delisting", 9_000)


def test_a_short_position_pays_the_price(trade, day):
    actions = [Delisting("AAA", day(3), Decimal("4.50"))]
    replayed = trade([10, 10, 9, 8], {0: [Place("AAA", SELL, 10)]}, actions=actions, account=CREDIT)
    position = replayed.result.positions[0]
    assert replayed.cash[-1] == ("delisting", -4_500)
    assert (position.lots, position.realised) == (0, 10_000 - 4_500)


def test_what_is_worth_nothing_is_lost(trade, day):
    actions = [Delisting("AAA", day(3), Decimal(0))]
    replayed = trade([10, 10, 9, 8], {0: [Place("AAA", BUY, 10)]}, actions=actions)
    assert replayed.result.positions[0].realised == -10_000
    assert replayed.result.equity.equity[-1] == replayed.result.equity.cash[-1] == 10_000_000 - 10_000


def test_working_orders_are_canceled_and_their_children_with_them(trade, day):
    waiting = Place(
        "AAA", BUY, 1, OrderType.LIMIT, limit=2, then=(Place("AAA", SELL, 1, OrderType.STOP, stop=1),)
    )
    other = Place("BBB", BUY, 1, OrderType.LIMIT, limit=2)
    bars = {"AAA": [10, 10, 9, (1, 1, 1, 1)], "BBB": [10, 10, 10, (1, 1, 1, 1)]}
    replayed = trade(bars, {0: [waiting, other]}, actions=[Delisting("AAA", day(3))])
    assert [reason for _, reason in replayed.orders[:2]] == ["delisted", "parent_closed"]
    assert replayed.executions == [(3, 3, 1, 1)]


def test_the_trade_ends_with_what_was_paid(trade, day):
    actions = [Delisting("AAA", day(3), Decimal(12))]
    replayed = trade([10, 10, 9, 8], {0: [Place("AAA", BUY, 10)]}, bps="10", actions=actions)
    (closed,) = replayed.result.trades
    assert (closed.exit_time, closed.exit_value, closed.realised, closed.fees) == (day(3), 12_000, 2_000, 10)


def test_a_dividend_that_was_earned_before_is_still_paid(trade, day):
    actions = [Dividend("AAA", day(2), day(4), Decimal("0.25"), "USD"), Delisting("AAA", day(3))]
    replayed = trade([10, 10, 10, 10, 10], {0: [Place("AAA", BUY, 10)]}, actions=actions)
    assert replayed.cash[-2:] == [("delisting", 10_000), ("dividend", 250)]


def test_a_split_of_the_same_day_comes_before_it(trade, day):
    # Ten shares become twenty, whose last close of 9.00 is 4.50 for a new one.
    actions = [Split("AAA", day(3), 2, 1), Delisting("AAA", day(3))]
    replayed = trade([10, 10, 9, 8], {0: [Place("AAA", BUY, 10)]}, actions=actions)
    assert replayed.cash[-1] == ("delisting", 9_000)

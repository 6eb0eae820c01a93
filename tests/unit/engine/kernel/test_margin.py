"""What an account may hold, and what happens when it is worth too little, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, OrderType, Place, Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
REG_T = Account(AccountKind.REG_T)


def leveraged(times):
    return Account(AccountKind.LEVERAGE, leverage=Decimal(times))


def test_a_cash_account_buys_what_its_cash_pays_for_with_the_fee_and_cancels_the_rest(trade):
    # At 11.00 and 1 % nine cost 99.99; ten, estimated at 10.00 and 101.00, would cost 111.10.
    replayed = trade([10, 11], {0: [Place("AAA", BUY, 9), Place("AAA", BUY, 1)]}, capital="101.01", bps="100")
    assert replayed.executions == [(1, 1, 9, 11)]
    assert replayed.orders == [("filled", ""), ("canceled", "insufficient_cash")]


def test_a_cash_account_sells_what_it_holds_and_no_more(trade):
    guards = [Place("AAA", SELL, 7, OrderType.STOP, stop=price) for price in (9, 8)]
    replayed = trade([10, 10, 7], {0: [Place("AAA", BUY, 10)], 1: guards})
    assert replayed.executions[1:] == [(2, 2, -7, 7), (2, 3, -3, 7)]
    assert replayed.orders[2] == ("canceled", "short_sale_not_allowed")


@pytest.mark.parametrize(("account", "most"), [(REG_T, 20), (leveraged(1), 10), (leveraged(4), 40)])
@pytest.mark.parametrize("side", [BUY, SELL])
def test_the_initial_margin_of_what_is_opened_must_be_free(trade, account, most, side):
    # 100.00 of equity at 10.00 a share.
    for quantity, order in ((most, ("filled", "")), (most + 1, ("denied", "insufficient_margin"))):
        replayed = trade([10, 10], {0: [Place("AAA", side, quantity)]}, capital="100", account=account)
        assert replayed.orders == [order]


def test_what_only_reduces_needs_no_margin(trade):
    # At 6.00 the equity is 20.00, the initial margin of what is held 60.00: selling is allowed.
    program = {0: [Place("AAA", BUY, 20)], 1: [Place("AAA", SELL, 5)]}
    replayed = trade([10, (10, 10, 8, 8), 8], program, capital="100", account=REG_T)
    assert replayed.orders == [("filled", ""), ("filled", "")]


def test_cash_may_be_owed_where_the_account_lends(trade):
    replayed = trade([10, 10], {0: [Place("AAA", BUY, 20)]}, capital="100", account=REG_T)
    assert replayed.result.equity.cash[-1] == -10_000
    assert replayed.result.equity.equity[-1] == 10_000


@pytest.mark.parametrize(("close", "called"), [("6.67", False), ("6.66", True)])
def test_a_margin_call_comes_when_equity_is_below_a_quarter_of_what_is_held(trade, close, called):
    # 20 shares and a debt of 100.00. At 6.67: 33.40 of equity, 33.35 needed; at 6.66: 33.20, 33.30 needed.
    bars = [10, (10, 10, 6, Decimal(close)), 6]
    replayed = trade(bars, {0: [Place("AAA", BUY, 20)]}, capital="100", account=REG_T)
    assert len(replayed.fills) == (2 if called else 1)
    if called:
        assert replayed.executions[1] == (2, 2, -20, 6)


def test_equity_exactly_at_the_maintenance_margin_is_enough(trade):
    # 16 shares at 10.00 and a debt of 60.00: at 5.00 they are worth 80.00, the quarter of which is 20.00.
    replayed = trade([10, (10, 10, 5, 5), 5], {0: [Place("AAA", BUY, 16)]}, capital="100", account=REG_T)
    assert len(replayed.fills) == 1
    below = [10, (10, 10, 4, Decimal("4.99")), 5]
    assert len(trade(below, {0: [Place("AAA", BUY, 16)]}, capital="100", account=REG_T).fills) == 2


def test_a_short_position_is_bought_back_in_a_margin_call(trade):
    # 10 sold short at 10.00: 200.00 of cash. At 16.50 the equity is 35.00, a quarter of 165.00 is 41.25.
    program = {0: [Place("AAA", SELL, 10)]}
    replayed = trade([10, (10, 17, 10, Decimal("16.50")), 16], program, capital="100", account=REG_T)
    assert replayed.executions == [(1, 1, -10, 10), (2, 2, 10, 16)]


def test_a_margin_call_closes_the_largest_position_first_until_the_rest_is_covered(trade):
    bars = {"AAA": [100, 100, (100, 100, 40, 40), 40], "BBB": [100, 100, 100, 100]}
    program = {0: [Place("AAA", BUY, 10), Place("BBB", BUY, 5)]}
    # Equity 750 - 1,500 + 400 + 500 = 150 < 225. Closing BBB, the larger, leaves 400 that need 100.
    replayed = trade(bars, program, capital="750", account=REG_T)
    assert replayed.executions[2:] == [(3, 3, -5, 100)]


def test_of_positions_of_one_value_a_margin_call_closes_the_first_symbols_first(trade):
    bars = {"AAA": [100, 100, (100, 100, 60, 60), 60], "BBB": [100, 100, (100, 100, 60, 60), 60]}
    program = {0: [Place("BBB", BUY, 5), Place("AAA", BUY, 5)]}
    # Equity 500 - 1,000 + 600 = 100 < 150; 300 need 75.
    replayed = trade(bars, program, capital="500", account=REG_T)
    assert [fill[1:4] for fill in replayed.fills[2:]] == [("AAA", "sell", 5)]


def test_a_margin_call_cancels_every_order_that_may_do_more_than_reduce(trade):
    waiting = [
        Place("AAA", BUY, 1, OrderType.LIMIT, limit=1),
        Place("AAA", SELL, 1, OrderType.LIMIT, limit=50, reduce_only=True),
    ]
    bars = [10, 10, (10, 10, 6, 6), (6, 6, 6, 6)]
    program = {0: [Place("AAA", BUY, 20)], 1: waiting}
    # 105.00 less 200.00 are 95.00 owed: at 6.00 there are 25.00 of equity, 30.00 are needed.
    replayed = trade(bars, program, capital="105", account=REG_T)
    assert replayed.orders[1:] == [
        ("canceled", "margin_call"),
        ("canceled", "position_closed"),
        ("filled", ""),
    ]


def test_a_position_that_is_being_closed_already_is_not_closed_again(trade):
    # The liquidation waits for a bar with volume, and equity stays too low meanwhile.
    bars = [10, (10, 10, 6, 6), (6, 6, 6, 6, 0), (6, 6, 6, 6, 0), 5]
    replayed = trade(bars, {0: [Place("AAA", BUY, 20)]}, capital="100", account=REG_T)
    assert replayed.executions == [(1, 1, 20, 10), (4, 2, -20, 5)]
    assert len(replayed.orders) == 2


def test_half_of_the_initial_margin_is_the_maintenance_margin_of_a_leveraged_account(trade):
    # An eighth. 40 shares, 300.00 owed: at 8.58 43.20 of equity, 42.90 needed; at 8.57 42.80, 42.85.
    for close, count in (("8.58", 1), ("8.57", 2)):
        bars = [10, (10, 10, 8, Decimal(close)), 8]
        replayed = trade(bars, {0: [Place("AAA", BUY, 40)]}, capital="100", account=leveraged(4))
        assert len(replayed.fills) == count

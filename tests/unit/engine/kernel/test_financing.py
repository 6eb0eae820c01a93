"""What borrowed shares and money cost, and what idle money earns, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, Place, Side, Timeframe

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL


def lending(**rates):
    return Account(
        AccountKind.LEVERAGE,
        leverage=Decimal(4),
        **{f"{name}_rate": Decimal(rate) for name, rate in rates.items()},
    )


def financed(replayed):
    """Return (period, kind, amount) of every movement of cash for interest and borrowing."""
    length = next(iter(replayed.market.series.values())).timeframe.nanoseconds
    start = replayed.market.series["AAA"].timestamps[0]
    return [
        ((entry.time - start) // length, entry.kind.value, entry.amount)
        for entry in replayed.result.cash
        if entry.kind.value in {"interest", "borrow"}
    ]


def test_borrowed_shares_cost_their_mark_of_the_evening_before_by_rate_and_days_of_360(trade):
    # 100 shares short. Closed at 12.00: 1,200.00 x 0.09 / 360 = 0.30; at 15.00: 0.375, to the even 0.38.
    bars = [10, (10, 12, 10, 12), (12, 15, 12, 15), 15]
    replayed = trade(bars, {0: [Place("AAA", SELL, 100)]}, capital="10000", account=lending(borrow="0.09"))
    assert financed(replayed) == [(2, "borrow", -30), (3, "borrow", -38)]


def test_a_weekend_costs_three_days(trade):
    bars = [10, 10, None, None, 10]
    replayed = trade(bars, {0: [Place("AAA", SELL, 100)]}, capital="10000", account=lending(borrow="0.09"))
    # 1,000.00 x 0.09 x 3 / 360
    assert financed(replayed) == [(4, "borrow", -75)]


def test_a_long_position_borrows_nothing(trade):
    replayed = trade([10] * 4, {0: [Place("AAA", BUY, 100)]}, capital="10000", account=lending(borrow="0.09"))
    assert financed(replayed) == []


def test_money_that_is_owed_costs_the_debit_rate(trade):
    # 2,000 shares at 10.00 with 10,000.00: 10,000.00 owed x 0.072 / 360 = 2.00; then 10,002.00: 2.0004.
    account = lending(debit="0.072", credit="0.5")
    replayed = trade([10] * 4, {0: [Place("AAA", BUY, 2_000)]}, capital="10000", account=account)
    assert financed(replayed)[1:] == [(2, "interest", -200), (3, "interest", -200)]


def test_idle_money_earns_the_credit_rate(trade):
    # 10,000.00 x 0.036 / 360 = 1.00 for each day that begins; the cash of the evening before counts.
    account = lending(credit="0.036")
    replayed = trade([10] * 3, {0: [Place("AAA", BUY, 500)]}, capital="10000", account=account)
    # 5,000.00 + 1.00 earn 0.50 on the second day.
    assert financed(replayed) == [(1, "interest", 100), (2, "interest", 50)]


def test_bars_within_a_day_cost_nothing_until_the_next_day_begins(trade):
    account = lending(credit="0.036")
    replayed = trade([10] * 50, {}, capital="10000", account=account, timeframe=Timeframe.H1)
    assert financed(replayed) == [(24, "interest", 100), (48, "interest", 100)]


def test_without_rates_nothing_is_charged(trade):
    replayed = trade([10] * 5, {0: [Place("AAA", SELL, 100)]}, capital="10000", account=lending())
    assert financed(replayed) == []


def test_interest_is_part_of_what_the_account_adds_up_to(trade):
    account = lending(credit="0.036", debit="0.072", borrow="0.09")
    program = {0: [Place("AAA", SELL, 100)], 2: [Place("AAA", BUY, 300)], 4: [Place("AAA", SELL, 200)]}
    result = trade([10, 11, 12, 9, 10, 11, 10], program, capital="10000", bps="10", account=account).result
    outside = sum(
        entry.amount for entry in result.cash if entry.kind.value in {"deposit", "fee", "interest", "borrow"}
    )
    held = sum(position.cost - position.realised for position in result.positions)
    assert result.equity.cash[-1] + held == outside

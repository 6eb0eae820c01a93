"""How far a fill's price moves against the order, worked out by hand."""

from decimal import Decimal

import pytest

from app.ports import Account, AccountKind, LimitFill, OrderType, Place, Side, Slippage, SlippageModel

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


def price_of(trade, order, bars, model, size, **more):
    slippage = Slippage(model, Decimal(size))
    ((_, _, _, price),) = trade(bars, {0: [order]}, slippage=slippage, account=CREDIT, **more).executions
    return price


@pytest.mark.parametrize(
    ("side", "size", "price"),
    [
        (BUY, "12.5", "10.02"),  # 10.0125, up
        (SELL, "12.5", "9.98"),  # 9.9875, down
        (BUY, "10", "10.01"),  # exactly
        (SELL, "0.001", "9.99"),  # 9.999999, down
    ],
)
def test_basis_points_are_rounded_to_the_tick_against_the_order(trade, side, size, price):
    found = price_of(trade, Place("AAA", side, 1), [10, 10], SlippageModel.FIXED_BPS, size)
    assert found == Decimal(price)


@pytest.mark.parametrize(("side", "price"), [(BUY, "10.03"), (SELL, "9.97")])
def test_ticks_are_added_to_a_purchase_and_taken_off_a_sale(trade, side, price):
    found = price_of(trade, Place("AAA", side, 1), [10, 10], SlippageModel.FIXED_TICKS, "3")
    assert found == Decimal(price)


def test_a_sale_brings_at_least_one_tick(trade):
    bars = [Decimal("0.02"), Decimal("0.02")]
    assert price_of(trade, Place("AAA", SELL, 1), bars, SlippageModel.FIXED_TICKS, "9") == Decimal("0.01")


def test_the_volume_share_counts_with_its_square(trade):
    # 10 of 1,000 lots are 1 %: 100 x (1 + 20 x 0.01 x 0.01) = 100.20.
    bars = [100, (100, 100, 100, 100, 1_000)]
    found = price_of(trade, Place("AAA", BUY, 10), bars, SlippageModel.VOLUME_SHARE, "20")
    assert found == Decimal("100.20")


def test_the_volume_share_counts_with_at_most_two_and_a_half_percent_of_the_volume(trade):
    # All of 1,000 lots count as 0.025: 100 x (1 + 20 x 0.025 x 0.025) = 101.25.
    bars = [100, (100, 100, 100, 100, 1_000)]
    found = price_of(trade, Place("AAA", BUY, 1_000), bars, SlippageModel.VOLUME_SHARE, "20")
    assert found == Decimal("101.25")


def test_the_square_root_impact_is_of_the_volatility_and_volume_known_before_the_bar(trade):
    # Closes of 100 and 101 in turn: 20 log returns of +-ln(1.01) have a deviation of
    # 0.00995033 x sqrt(20 / 19) = 0.01020883. Of 10,000 lots a day 100 are a hundredth, its root is 0.1:
    # 100 x (1 + 0.01020883 x 0.1) = 100.102, up to 100.11.
    bars = [(close, close, close, close, 10_000) for close in [100, 101] * 11]
    bars.append((100, 100, 100, 100, 1))
    order = Place("AAA", BUY, 100)
    slippage = Slippage(SlippageModel.SQUARE_ROOT, Decimal(1))
    replayed = trade(bars, {21: [order]}, slippage=slippage, account=CREDIT)
    assert replayed.executions == [(22, 1, 100, Decimal("100.11"))]


def test_without_enough_days_before_it_a_bar_has_no_square_root_impact(trade):
    found = price_of(trade, Place("AAA", BUY, 100), [10, 10], SlippageModel.SQUARE_ROOT, "1")
    assert found == 10


def test_a_marketable_limit_slips_up_to_its_limit_and_not_past_it(trade):
    order = Place("AAA", BUY, 1, OrderType.LIMIT, limit=Decimal("10.02"))
    assert price_of(trade, order, [10, 10], SlippageModel.FIXED_TICKS, "1") == Decimal("10.01")
    assert price_of(trade, order, [10, 10], SlippageModel.FIXED_TICKS, "9") == Decimal("10.02")


def test_what_fills_at_its_limit_does_not_slip(trade):
    order = Place("AAA", BUY, 1, OrderType.LIMIT, limit=9)
    assert price_of(trade, order, [10, (10, 10, 8, 10)], SlippageModel.FIXED_TICKS, "5") == 9
    touch = price_of(
        trade, order, [10, (9, 9, 9, 9)], SlippageModel.FIXED_TICKS, "5", limit_fill=LimitFill.TOUCH
    )
    assert touch == 9


def test_a_stop_slips_from_its_price_even_out_of_the_bar(trade):
    order = Place("AAA", BUY, 1, OrderType.STOP, stop=12)
    found = price_of(trade, order, [10, (10, 12, 10, 12)], SlippageModel.FIXED_TICKS, "50")
    assert found == Decimal("12.50")


def test_a_child_sees_the_bar_from_where_the_market_was_and_not_from_what_was_paid(trade):
    # Bought at a stop of 12, paid 12.50. The price goes on from 12, so a limit of 12.25 waits for the rise.
    exit_ = Place("AAA", SELL, 1, OrderType.LIMIT, limit=Decimal("12.25"))
    order = Place("AAA", BUY, 1, OrderType.STOP, stop=12, then=(exit_,))
    slippage = Slippage(SlippageModel.FIXED_TICKS, Decimal(50))
    replayed = trade([10, (10, 13, 10, 12)], {0: [order]}, slippage=slippage)
    assert replayed.executions == [(1, 1, 1, Decimal("12.50")), (1, 2, -1, Decimal("12.25"))]

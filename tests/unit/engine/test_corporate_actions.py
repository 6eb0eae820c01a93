"""Splits and dividends, with figures worked out by hand."""

from decimal import Decimal

import pytest

from app.domain.errors import InputError
from app.engine.simulation import Simulation
from app.ports import (
    BpsOfNotional,
    Dividend,
    Instrument,
    OrderRequest,
    OrderStatus,
    OrderType,
    Place,
    Reason,
    Side,
    Split,
    Target,
    VenueModel,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL


def buy(quantity, symbol="AAA"):
    return Place(symbol, BUY, quantity)


def test_a_split_multiplies_the_shares_and_leaves_the_cost(small, replay, day):
    market = small({"AAA": [30, 30, 30, 10]}, actions=[Split("AAA", day(3), 3, 1)])
    replayed = replay(market, {0: [buy(7)]})
    position = replayed.result.positions[0]
    assert (position.lots, position.cost, position.realised) == (21, 21_000, 0)
    assert replayed.cash == [("deposit", 10_000_000), ("trade", -21_000)]
    assert set(replayed.result.equity.equity.tolist()) == {10_000_000}


def test_a_split_floors_the_shares_and_pays_the_fraction_at_the_last_close(small, replay, day):
    # 7 shares become 10.5; half a new share at 30.30 / 1.5 = 20.20 is 10.10, and takes 1/21 of 210.00 along.
    market = small({"AAA": [30, 30, 30.30, 20]}, actions=[Split("AAA", day(3), 3, 2)])
    replayed = replay(market, {0: [buy(7)]})
    position = replayed.result.positions[0]
    assert (position.lots, position.cost, position.realised) == (10, 20_000, 10)
    assert replayed.cash[-1] == ("split_cash", 1_010)
    assert replayed.result.equity.equity[-1] == 10_000_000 - 21_000 + 1_010 + 10 * 2_000


def test_the_payment_for_a_fraction_is_rounded_half_to_even(small, replay, day):
    # A third of a new share at 10.00 / (1/3) = 30.00 is exact; at 0.05 the third of 0.15 is 5 cents.
    market = small({"AAA": ["0.05", "0.05", "0.05", "0.15"]}, actions=[Split("AAA", day(3), 1, 3)])
    assert replay(market, {0: [buy(4)]}).cash[-1] == ("split_cash", 5)
    market = small({"AAA": ["0.05", "0.05", "0.05", "0.02"]}, actions=[Split("AAA", day(3), 5, 2)])
    assert replay(market, {0: [buy(1)]}).cash[-1] == ("split_cash", 1)  # half of 0.02


def test_a_reverse_split_that_leaves_less_than_a_share_closes_the_trade(small, replay, day):
    market = small({"AAA": [10, 10, 12, 120, 120]}, actions=[Split("AAA", day(3), 1, 10)])
    replayed = replay(market, {0: [buy(3)]})
    (trade,) = replayed.result.trades
    assert replayed.result.positions[0].lots == 0
    assert (trade.lots, trade.exit_value, trade.realised) == (3, 3_600, 600)
    assert trade.exit_time == day(3)


def test_a_trade_over_a_split_is_counted_in_shares_of_its_exit(small, replay, day):
    market = small({"AAA": [30, 30, 30, 10, 10]}, actions=[Split("AAA", day(3), 3, 1)])
    replayed = replay(market, {0: [buy(7)], 3: [Target("AAA", quantity=0)]})
    (trade,) = replayed.result.trades
    assert (trade.lots, trade.entry_value, trade.exit_value, trade.realised) == (21, 21_000, 21_000, 0)


def test_two_splits_between_two_bars_pay_each_fraction_in_its_own_shares(small, replay, day):
    # 3 shares at 12.00. 3-for-2: 4 and half of 8.00, paid 4.00. 5-for-2: 10, none left over.
    # The other way round 5-for-2: 7 and half of 4.80, paid 2.40; 3-for-2: 10 and half of 3.20, paid 1.60.
    bars = {"AAA": [12, 12, 12, None, None, 3], "BBB": [1] * 6}
    first = small(bars, actions=[Split("AAA", day(3), 3, 2), Split("AAA", day(4), 5, 2)])
    second = small(bars, actions=[Split("AAA", day(3), 5, 2), Split("AAA", day(4), 3, 2)])
    assert replay(first, {0: [buy(3)]}).cash[2:] == [("split_cash", 400)]
    assert replay(second, {0: [buy(3)]}).cash[2:] == [("split_cash", 240), ("split_cash", 160)]


def test_two_symbols_that_split_together_each_pay_by_their_own_ratio(small, replay, day):
    # 7 of BBB become 10.5; half a new share at 30.30 / 1.5 = 20.20 is 10.10, whatever AAA does.
    bars = {"AAA": [10, 10, 10, 5], "BBB": [30, 30, "30.30", 20]}
    market = small(bars, actions=[Split("AAA", day(3), 2, 1), Split("BBB", day(3), 3, 2)])
    assert replay(market, {0: [buy(7, "BBB")]}).cash[2:] == [("split_cash", 1_010)]


@pytest.mark.parametrize(
    ("ratio", "came_to"),
    [
        ((7, 1), (460, 40, OrderStatus.PARTIALLY_FILLED, Reason.NONE)),
        ((1, 7), (48, 40, OrderStatus.PARTIALLY_FILLED, Reason.NONE)),
        ((1, 70), (100, 40, OrderStatus.CANCELED, Reason.QUANTITY_BELOW_ONE_LOT)),
    ],
)
def test_a_split_rescales_what_is_left_of_an_order_filled_in_part(small, day, ratio, came_to):
    # A tenth of the volume of 400 is 40; the bar at which the split acts has no volume.
    bars = [10, (10, 10, 10, 10, 400), (10, 10, 10, 10, 0)]
    market = small({"AAA": bars}, actions=[Split("AAA", day(2), *ratio)])
    venue = VenueModel(BpsOfNotional(Decimal(0)), max_volume_share=Decimal("0.1"))
    simulation = Simulation(market, venue, "USD", {})
    simulation.deposit(10_000_000)
    simulation.advance(0)
    simulation.accept([OrderRequest("AAA", BUY, 100)], 0)
    simulation.advance(1)
    assert (simulation.orders[0].filled_lots, simulation.orders[0].filled_value) == (40, 40_000)
    simulation.advance(2)
    after = simulation.orders[0]
    assert (after.request.lots, after.filled_lots, after.status, after.reason) == came_to
    assert (after.filled_value, after.average_price) == (40_000, Decimal(10))


@pytest.mark.parametrize(("ticks", "after"), [(1, 1), (2, 1), (5, 2), (3_000, 1_000)])
def test_a_split_rounds_a_waiting_price_to_the_nearest_tick_but_never_to_nothing(small, day, ticks, after):
    market = small({"AAA": [(50, 50, 50, 50, 0)] * 2}, actions=[Split("AAA", day(1), 3, 1)])
    simulation = Simulation(market, VenueModel(BpsOfNotional(Decimal(0))), "USD", {})
    simulation.advance(0)
    stop = OrderRequest("AAA", SELL, 5, OrderType.STOP, stop_ticks=ticks)
    limit = OrderRequest("AAA", BUY, 5, OrderType.LIMIT, limit_ticks=ticks)
    simulation.accept([stop, limit], 0)
    simulation.advance(1)
    assert simulation.orders[0].request.stop_ticks == after
    assert simulation.orders[1].request.limit_ticks == after


def test_a_split_acts_at_the_first_bar_on_or_after_its_date_and_is_booked_there(small, replay, day):
    bars = {"AAA": [30, 30, 30, None, None, 20, 20], "BBB": [1] * 7}
    market = small(bars, actions=[Split("AAA", day(3), 3, 2)])
    replayed = replay(market, {0: [buy(7)]})
    assert [holdings["AAA"] for *_, holdings in replayed.strategy.seen] == [0, 7, 7, 7, 7, 10, 10]
    assert replayed.result.cash[-1].time == day(5)


def test_a_split_rescales_an_order_that_waits(small, replay, day):
    market = small({"AAA": [30, (30, 30, 30, 30, 0), 10]}, actions=[Split("AAA", day(2), 3, 1)])
    assert replay(market, {0: [buy(7)]}).fills == [(2, "AAA", "buy", 21, Decimal(10))]


def test_a_split_rescales_a_waiting_stop_to_the_nearest_tick(small, replay, day):
    # 7 become 10.5, floored; the stop of 25.00 becomes 16.67, which the low of 16.60 reaches.
    market = small({"AAA": [30, 30, (20, 21, 16.60, 20)]}, actions=[Split("AAA", day(2), 3, 2)])
    program = {0: [buy(7)], 1: [Place("AAA", SELL, 7, OrderType.STOP, stop=25)]}
    replayed = replay(market, program)
    assert replayed.fills[1] == (2, "AAA", "sell", 10, Decimal("16.67"))
    assert replayed.result.positions[0].lots == 0


def test_a_split_rescales_stops_exactly_beyond_what_floats_hold(small, replay, day):
    def fine(symbol):
        return Instrument(symbol, tick=Decimal("1e-8"), lot=Decimal("1e-8"))

    market = small({"AAA": [1, 1, 1]}, instrument=fine, actions=[Split("AAA", day(2), 3, 1)])
    price = Decimal(2**53 + 3) * 3 * Decimal("1e-8")
    order = Place("AAA", BUY, Decimal("1e-8"), OrderType.STOP, stop=price)
    replayed = replay(market, {0: [order]}, capital="1000000000")
    assert replayed.result.orders[0].stop_price == price / 3


def test_a_split_that_leaves_an_order_less_than_a_lot_cancels_it_when_it_acts(small, replay, day):
    bars = {"AAA": [30, 30, None, None, 300], "BBB": [1] * 5}
    market = small(bars, actions=[Split("AAA", day(2), 1, 10)])
    replayed = replay(market, {3: [buy(3)]})
    assert replayed.orders == [("canceled", "quantity_below_one_lot")]
    order = replayed.result.orders[0]
    assert (order.submitted_at, order.updated_at) == (day(3), day(4))


def test_a_split_of_another_symbol_changes_nothing(small, replay, day):
    bars = {"AAA": [10, 10, 10], "BBB": [10, 10, 5]}
    market = small(bars, actions=[Split("BBB", day(2), 2, 1)])
    assert replay(market, {0: [buy(5)]}).result.positions[0].lots == 5


def test_an_action_not_later_than_the_first_bar_concerns_nobody(small, replay, day):
    market = small({"AAA": [10, 10]}, actions=[Split("AAA", day(0), 2, 1), Split("AAA", day(-5), 2, 1)])
    replayed = replay(market, {0: [buy(5)]})
    assert replayed.result.positions[0].lots == 5


def test_a_dividend_belongs_to_who_held_the_shares_before_the_open_of_the_ex_date(small, replay, day):
    paid = Dividend("AAA", day(2), day(2), Decimal("0.25"), "USD")
    market = small({"AAA": [10, 10, 10, 10]}, actions=[paid])
    held = replay(market, {0: [buy(7)]})
    bought_at_its_open = replay(market, {1: [buy(7)]})
    sold_at_its_open = replay(market, {0: [buy(7)], 1: [Target("AAA", quantity=0)]})
    assert held.cash[-1] == ("dividend", 175)
    assert "dividend" not in dict(bought_at_its_open.cash)
    assert ("dividend", 175) in sold_at_its_open.cash
    assert held.result.positions[0].dividends == 175


def test_a_dividend_is_paid_on_its_pay_date_to_who_was_entitled(small, replay, day):
    paid = Dividend("AAA", day(2), day(4), Decimal("0.25"), "USD")
    market = small({"AAA": [10, 10, 10, 10, 10, 10]}, actions=[paid])
    replayed = replay(market, {0: [buy(7)], 2: [Target("AAA", quantity=0)]})
    assert (replayed.result.cash[-1].kind, replayed.result.cash[-1].time) == ("dividend", day(4))


def test_a_dividend_whose_ex_and_pay_date_fall_in_a_gap_is_paid_at_the_next_bar(small, replay, day):
    paid = Dividend("AAA", day(2), day(3), Decimal("0.25"), "USD")
    market = small({"AAA": [10, 10, None, None, None, 10], "BBB": [1] * 6}, actions=[paid])
    replayed = replay(market, {0: [buy(7)]})
    assert replayed.cash[-1] == ("dividend", 175)
    assert replayed.result.cash[-1].time == day(5)


def test_a_dividend_that_is_due_after_the_data_end_is_not_paid(small, replay, day):
    paid = Dividend("AAA", day(2), day(9), Decimal("0.25"), "USD")
    replayed = replay(small({"AAA": [10, 10, 10]}, actions=[paid]), {0: [buy(7)]})
    assert replayed.cash == [("deposit", 10_000_000), ("trade", -7_000)]


def test_a_dividend_of_fractions_of_a_cent_is_rounded_half_to_even(small, replay, day):
    paid = Dividend("AAA", day(2), day(2), Decimal("0.005"), "USD")
    market = small({"AAA": [10, 10, 10]}, actions=[paid])
    amounts = [replay(market, {0: [buy(quantity)]}).cash[-1] for quantity in (3, 5)]
    assert amounts == [("dividend", 2), ("dividend", 2)]  # 1.5 and 2.5 cents


def test_a_split_comes_before_a_dividend_of_the_same_day(small, replay, day):
    actions = [Dividend("AAA", day(2), day(2), Decimal("0.25"), "USD"), Split("AAA", day(2), 2, 1)]
    market = small({"AAA": [10, 10, 5]}, actions=actions)
    assert replay(market, {0: [buy(4)]}).cash[-1] == ("dividend", 200)


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_prices_in_another_currency_than_the_portfolio_are_refused(small, replay, currency):
    market = small({"AAA": [10, 10]}, instrument=lambda symbol: Instrument(symbol, currency))
    with pytest.raises(InputError, match=f"AAA is quoted in {currency}, the portfolio is in USD"):
        replay(market, {})


def test_a_dividend_in_another_currency_than_the_portfolio_is_refused(small, replay, day):
    paid = Dividend("AAA", day(1), day(1), Decimal(1), "EUR")
    with pytest.raises(InputError, match="AAA pays a dividend in EUR, the portfolio is in USD"):
        replay(small({"AAA": [10, 10]}, actions=[paid]), {})

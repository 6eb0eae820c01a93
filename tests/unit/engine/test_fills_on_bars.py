"""Which bar fills which order, at what price: each rule with figures worked out by hand."""

from decimal import Decimal

import pytest

from app.engine.simulation import Simulation
from app.ports import (
    BpsOfNotional,
    Cancel,
    Instrument,
    OrderRequest,
    OrderStatus,
    OrderType,
    Place,
    Reason,
    Side,
    Target,
    VenueModel,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL


def buy(quantity, symbol="AAA"):
    return Place(symbol, BUY, quantity)


def sell(quantity, symbol="AAA"):
    return Place(symbol, SELL, quantity)


def stop(side, quantity, price, symbol="AAA"):
    return Place(symbol, side, quantity, OrderType.STOP, stop=Decimal(str(price)))


def test_a_market_order_fills_at_the_open_of_the_next_bar(small, replay):
    market = small({"AAA": [(10, 11, 9, 10.5), (12, 14, 11, 13), 20]})
    assert replay(market, {0: [buy(5)]}).fills == [(1, "AAA", "buy", 5, Decimal("12.00"))]


def test_a_market_sale_fills_at_the_open_of_the_next_bar(small, replay):
    market = small({"AAA": [10, 10, (11, 12, 8, 9)]})
    fills = replay(market, {0: [buy(5)], 1: [sell(5)]}).fills
    assert fills[1] == (2, "AAA", "sell", 5, Decimal("11.00"))


def test_a_stop_never_fills_on_the_bar_that_caused_it(small, replay):
    market = small({"AAA": [(10, 15, 5, 10), 10, 10]})
    replayed = replay(market, {0: [stop(BUY, 5, 12), buy(1)]})
    assert replayed.fills == [(1, "AAA", "buy", 1, Decimal(10))]
    assert replayed.orders == [("filled", ""), ("canceled", "end_of_data")]


def test_a_buy_stop_that_the_open_has_passed_fills_at_the_open(small, replay):
    market = small({"AAA": [10, (13, 14, 11, 12)]})
    assert replay(market, {0: [stop(BUY, 5, 12)]}).fills == [(1, "AAA", "buy", 5, Decimal(13))]


def test_a_sell_stop_that_the_open_has_passed_fills_at_the_open(small, replay):
    market = small({"AAA": [10, 10, (7, 9, 6, 8)]})
    fills = replay(market, {0: [buy(5)], 1: [stop(SELL, 5, 8)]}).fills
    assert fills[1] == (2, "AAA", "sell", 5, Decimal(7))


def test_a_buy_stop_that_the_high_reaches_fills_at_the_stop(small, replay):
    market = small({"AAA": [10, (11, 12, 9, 10)]})
    assert replay(market, {0: [stop(BUY, 5, 12)]}).fills == [(1, "AAA", "buy", 5, Decimal(12))]


def test_a_sell_stop_that_the_low_reaches_fills_at_the_stop(small, replay):
    market = small({"AAA": [10, 10, (9, 11, 8, 10)]})
    fills = replay(market, {0: [buy(5)], 1: [stop(SELL, 5, 8)]}).fills
    assert fills[1] == (2, "AAA", "sell", 5, Decimal(8))


def test_a_stop_that_the_range_does_not_reach_keeps_waiting(small, replay):
    market = small({"AAA": [10, (10, 11.99, 9, 10), (10, 12.01, 10, 12)]})
    assert replay(market, {0: [stop(BUY, 5, 12)]}).fills == [(2, "AAA", "buy", 5, Decimal(12))]


def test_a_buy_stop_is_rounded_up_to_the_tick_and_a_sell_stop_down(small, replay):
    market = small({"AAA": [10, (10, 11, 9, 10), (10, 11, 9, 10)]})
    program = {0: [buy(5), stop(BUY, 5, "10.501")], 1: [stop(SELL, 5, "9.499")]}
    prices = [price for *_, price in replay(market, program).fills]
    assert prices == [Decimal(10), Decimal("10.51"), Decimal("9.49")]


def test_orders_at_the_open_fill_in_the_order_in_which_they_were_made(small, replay):
    market = small({"AAA": [10, 15], "BBB": [10, 15]})
    replayed = replay(market, {0: [buy(6, "BBB"), buy(6, "AAA")]}, capital="120")
    assert replayed.fills == [(1, "BBB", "buy", 6, Decimal(15)), (1, "AAA", "buy", 2, Decimal(15))]
    assert replayed.orders == [("filled", ""), ("canceled", "insufficient_cash")]


def test_a_market_order_at_the_open_comes_before_a_stop_in_the_range(small, replay):
    market = small({"AAA": [10, (10, 12, 9, 11)]})
    fills = replay(market, {0: [stop(BUY, 1, 12), buy(2)]}).fills
    assert [(quantity, price) for *_, quantity, price in fills] == [(2, Decimal(10)), (1, Decimal(12))]


def test_a_bar_without_volume_fills_nothing(small, replay):
    market = small({"AAA": [10, (12, 12, 12, 12, 0), 14]})
    assert replay(market, {0: [buy(5)]}).fills == [(2, "AAA", "buy", 5, Decimal(14))]


def test_a_feed_without_any_volume_fills_all_the_same(small, replay):
    market = small({"AAA": [10, 12, 14]}, has_volume=False)
    assert replay(market, {0: [buy(5)]}).fills == [(1, "AAA", "buy", 5, Decimal(12))]


def test_an_order_waits_for_a_symbol_that_has_no_bar(small, replay):
    market = small({"AAA": [10, None, None, 14], "BBB": [5, 5, 5, 5]})
    assert replay(market, {0: [buy(5)]}).fills == [(3, "AAA", "buy", 5, Decimal(14))]


def test_an_order_that_still_works_when_the_data_end_is_canceled(small, replay):
    replayed = replay(small({"AAA": [10, 10]}), {1: [buy(5)]})
    assert replayed.fills == []
    assert replayed.orders == [("canceled", "end_of_data")]


def test_a_strategy_may_cancel_a_working_order(small, replay):
    market = small({"AAA": [10, 10, 10, (13, 13, 13, 13)]})
    program = {
        0: [stop(BUY, 5, 12)],
        1: lambda _, book: [Cancel(client_id) for client_id in book.orders],
    }
    replayed = replay(market, program)
    assert replayed.fills == []
    assert replayed.orders == [("canceled", "canceled_by_strategy")]


def test_cash_is_reserved_for_purchases_that_wait_with_their_fee_and_not_for_sales(small, replay):
    reserved = []

    def look(_, book):
        reserved.append(book.reserved)
        return []

    program = {0: [buy(5)], 1: [stop(BUY, 5, 12), stop(SELL, 5, 8)], 2: look}
    replay(small({"AAA": [10] * 4}), program, bps="10")
    assert reserved == [6_000 + 6]


def test_changed_orders_are_handed_over_once(small):
    market = small({"AAA": [10, 10, 10]})
    simulation = Simulation(market, VenueModel(BpsOfNotional(Decimal(0))), "USD", {})
    simulation.deposit(100_000)
    simulation.advance(0)
    simulation.accept([OrderRequest("AAA", BUY, 1), OrderRequest("AAA", BUY, 2)], 0)
    assert simulation.drain() == [0, 1]
    assert simulation.drain() == []
    simulation.advance(1)
    simulation.end_all(1, Reason.END_OF_DATA)
    assert [(row, simulation.orders[row].status) for row in simulation.drain()] == [
        (0, OrderStatus.FILLED),
        (1, OrderStatus.FILLED),
    ]
    assert simulation.drain() == []


def test_canceling_an_order_that_does_not_work_changes_nothing(small, replay):
    replayed = replay(small({"AAA": [10, 10]}), {0: [Cancel("NOBODY")]})
    assert len(replayed.result.orders) == 0


@pytest.mark.parametrize(
    ("quantity", "bps", "fee"),
    [
        (1, "4", 0),  # 1250 x 0.0004 = 0.5 cents, to the even 0
        (3, "4", 2),  # 3750 x 0.0004 = 1.5 cents, to the even 2
        (5, "4", 2),  # 6250 x 0.0004 = 2.5 cents, to the even 2
        (8, "10", 10),
        (1, "0.1", 0),
    ],
)
def test_the_commission_is_rounded_half_to_even_once_per_fill(small, replay, quantity, bps, fee):
    replayed = replay(small({"AAA": [12.5, 12.5]}), {0: [buy(quantity)]}, bps=bps)
    assert replayed.result.fills[0].fee == fee
    expected = [] if fee == 0 else [("fee", -fee)]
    assert replayed.cash[2:] == expected


def test_a_purchase_is_cut_to_the_cash_at_the_open_and_the_rest_canceled(small, replay):
    # At the close of 10.00 a hundred cost 1,000.00 and the fee 1.00; at the open of 11.00 the cash of
    # 1,001.00 pays 90 at 990.00 with a fee of 0.99, and not the 91st.
    replayed = replay(small({"AAA": [10, 11]}), {0: [buy(100)]}, capital="1001", bps="10")
    assert replayed.fills == [(1, "AAA", "buy", 90, Decimal(11))]
    assert replayed.orders == [("canceled", "insufficient_cash")]
    assert replayed.result.orders[0].filled == 90
    assert replayed.result.equity.cash[-1] == 100_100 - 99_000 - 99


def test_a_purchase_that_the_open_makes_wholly_unaffordable_is_canceled(small, replay):
    replayed = replay(small({"AAA": [10, 1000]}), {0: [buy(10)]}, capital="100")
    assert replayed.fills == []
    assert replayed.orders == [("canceled", "insufficient_cash")]


def test_a_gap_through_a_buy_stop_is_cut_to_the_cash_too(small, replay):
    replayed = replay(small({"AAA": [10, 20]}), {0: [stop(BUY, 10, 11)]}, capital="110")
    assert replayed.fills == [(1, "AAA", "buy", 5, Decimal(20))]
    assert replayed.orders == [("canceled", "insufficient_cash")]


@pytest.mark.parametrize("steps", [(1, 1), (1, 2)], ids=["placed together", "placed one after the other"])
def test_two_stops_that_guard_the_same_shares_cannot_sell_them_twice(small, replay, steps):
    market = small({"AAA": [10, 10, 10, (6, 6, 6, 6)]})
    program = {0: [buy(10)], 1: [], 2: []}
    program[steps[0]] = [stop(SELL, 10, 9)]
    program[steps[1]] = [*program[steps[1]], stop(SELL, 6, 8)]
    replayed = replay(market, program)
    assert replayed.fills[1:] == [(3, "AAA", "sell", 10, Decimal(6))]
    assert replayed.orders[1:] == [("filled", ""), ("canceled", "short_sale_not_allowed")]


def test_a_second_stop_sells_what_the_first_has_left(small, replay):
    market = small({"AAA": [10, 10, (6, 6, 6, 6)]})
    replayed = replay(market, {0: [buy(10)], 1: [stop(SELL, 7, 9), stop(SELL, 7, 8)]})
    assert [quantity for *_, quantity, _ in replayed.fills[1:]] == [7, 3]
    assert replayed.orders[1:] == [("filled", ""), ("canceled", "short_sale_not_allowed")]
    assert replayed.result.positions[0].lots == 0


def test_a_rotation_sells_first_so_that_the_sale_pays_the_purchase(small, replay):
    market = small({"AAA": [10, 10, 10], "BBB": [10, 10, 10]})
    program = {0: [buy(100)], 1: [buy(90, "BBB"), sell(100)]}
    replayed = replay(market, program, capital="1000")
    assert replayed.fills[1:] == [
        (2, "AAA", "sell", 100, Decimal(10)),
        (2, "BBB", "buy", 90, Decimal(10)),
    ]


def test_a_target_counts_what_is_still_in_flight(small, replay):
    market = small({"AAA": [10, None, None, 10], "BBB": [1, 1, 1, 1]})
    target = Target("AAA", quantity=7)
    replayed = replay(market, {0: [target], 1: [target], 2: [target]})
    assert replayed.fills == [(3, "AAA", "buy", 7, Decimal(10))]
    assert len(replayed.result.orders) == 1


def test_fractional_lots_and_fine_ticks_fill_exactly(small, replay):
    def coin(symbol):
        return Instrument(symbol, tick=Decimal("0.00000001"), lot=Decimal("0.0001"))

    market = small({"BTC": ["0.12345678", "0.12345679"]}, instrument=coin)
    replayed = replay(market, {0: [buy(Decimal("2.50009"), "BTC")]})
    fill = replayed.result.fills[0]
    assert (fill.quantity, fill.price) == (Decimal("2.5000"), Decimal("0.12345679"))
    assert fill.value == 31  # 0.308641975 dollars, half to even once


def test_a_whole_coin_is_traded_at_the_finest_tick_and_lot(small, replay):
    def satoshis(symbol):
        return Instrument(symbol, tick=Decimal("0.00000001"), lot=Decimal("0.00000001"))

    # 10**12 ticks times 10**8 lots are 10**20, beyond 64 bits; the value is 1,000,100 cents.
    market = small({"BTC": [10_000, 10_001]}, instrument=satoshis)
    replayed = replay(market, {0: [buy(1, "BTC")]})
    (order,) = replayed.result.orders
    assert (order.filled_value, order.average_price) == (1_000_100, 10_001)

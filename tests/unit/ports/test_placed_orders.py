"""A placed order in lots and ticks: every type, every field, each rounded once in its direction."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OutOfRange
from app.domain.intents import IntentError
from app.ports import (
    Instrument,
    OrderRequest,
    OrderType,
    Place,
    Side,
    TimeInForce,
    bracket,
    placed,
    resized,
)

pytestmark = pytest.mark.unit

BUY, SELL = Side.BUY, Side.SELL
AAA = Instrument("AAA")
PRICED = [kind for kind in OrderType if kind.needs_stop or kind.needs_limit]
UP, DOWN = ROUND_CEILING, ROUND_FLOOR

prices = st.decimals(0, 10_000, places=6)
sizes = st.sampled_from(["0.01", "0.03", "0.25", "1"])


def whole(value: Decimal, step: Decimal, rounding: str) -> int:
    with localcontext(prec=60):
        return int((value / step).to_integral_value(rounding))


def stop_rounding(kind: OrderType, side: Side) -> str:
    worse_for_buys = kind is not OrderType.LIMIT_IF_TOUCHED
    return UP if (side is BUY) == worse_for_buys else DOWN


@given(st.sampled_from(PRICED), st.sampled_from(Side), st.tuples(prices, prices, prices), sizes)
def test_prices_are_rounded_in_the_direction_of_their_kind_and_quantities_toward_zero(
    kind, side, numbers, step
):
    quantity, stop, limit = numbers
    instrument = Instrument("AAA", tick=Decimal(step), lot=Decimal(step))
    given_prices = {"stop": stop} if kind.needs_stop else {}
    if kind.needs_limit:
        given_prices["limit"] = limit
    request = placed(Place("AAA", side, quantity, kind, **given_prices), instrument)
    assert (request.symbol, request.side, request.type) == ("AAA", side, kind)
    assert request.lots == whole(quantity, instrument.lot, ROUND_DOWN)
    expected = whole(stop, instrument.tick, stop_rounding(kind, side)) if kind.needs_stop else None
    assert request.stop_ticks == expected
    expected = whole(limit, instrument.tick, DOWN if side is BUY else UP) if kind.needs_limit else None
    assert request.limit_ticks == expected


@pytest.mark.parametrize(
    ("kind", "side", "stop", "limit"),
    [
        (OrderType.LIMIT, BUY, None, 1_000),
        (OrderType.LIMIT, SELL, None, 1_001),
        (OrderType.STOP, BUY, 1_001, None),
        (OrderType.STOP, SELL, 1_000, None),
        (OrderType.STOP_LIMIT, BUY, 1_001, 1_000),
        (OrderType.STOP_LIMIT, SELL, 1_000, 1_001),
        (OrderType.LIMIT_IF_TOUCHED, BUY, 1_000, 1_000),
        (OrderType.LIMIT_IF_TOUCHED, SELL, 1_001, 1_001),
    ],
)
def test_a_price_between_two_ticks_goes_to_the_one_of_its_kind_and_side(kind, side, stop, limit):
    between = Decimal("10.005")
    intent = Place(
        "AAA", side, 1, kind, stop=None if stop is None else between, limit=None if limit is None else between
    )
    request = placed(intent, AAA)
    assert (request.stop_ticks, request.limit_ticks) == (stop, limit)


@pytest.mark.parametrize("kind", PRICED)
def test_a_price_that_is_missing_stays_missing_for_risk_to_refuse(kind):
    request = placed(Place("AAA", BUY, 1, kind), AAA)
    assert (request.stop_ticks, request.limit_ticks) == (None, None)


@given(st.decimals("0.000001", 1_000, places=6), sizes)
def test_a_trail_is_the_nearest_number_of_ticks_and_at_least_one(trail, step):
    instrument = Instrument("AAA", tick=Decimal(step))
    request = placed(Place("AAA", SELL, 1, OrderType.TRAILING_STOP, trail=trail), instrument)
    assert request.trail_ticks == max(1, whole(trail, instrument.tick, ROUND_HALF_EVEN))
    assert (request.trail_ppm, request.stop_ticks) == (None, None)


@pytest.mark.parametrize(
    ("percent", "ppm"),
    [(1, 10_000), (2.5, 25_000), (0.00015, 2), (0.00025, 2), (0.00001, 1), (100, 1_000_000)],
)
def test_a_trail_in_percent_is_the_nearest_number_of_millionths_and_at_least_one(percent, ppm):
    request = placed(Place("AAA", SELL, 1, OrderType.TRAILING_STOP, trail_percent=percent), AAA)
    assert (request.trail_ppm, request.trail_ticks) == (ppm, None)


@pytest.mark.parametrize("trail", [0, -0.001, -5])
def test_a_trail_that_is_not_above_zero_stays_so_for_risk_to_refuse(trail):
    kind = OrderType.TRAILING_STOP
    assert placed(Place("AAA", SELL, 1, kind, trail=trail), AAA).trail_ticks <= 0
    assert placed(Place("AAA", SELL, 1, kind, trail_percent=trail), AAA).trail_ppm <= 0


def gtd(expires_at):
    return Place("AAA", BUY, 1, time_in_force=TimeInForce.GTD, expires_at=expires_at)


def test_an_expiry_is_exact_utc_nanoseconds_whatever_its_zone():
    moment = datetime(2024, 5, 6, 7, 8, 9, 123457, timezone(timedelta(hours=2)))
    assert placed(gtd(moment), AAA).expires_at == 1_714_972_089_123_457_000
    assert placed(gtd(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)), AAA).expires_at == -1_000_000_000
    assert placed(Place("AAA", BUY, 1), AAA).expires_at is None


@pytest.mark.parametrize("year", [1600, 2300, 9999])
def test_an_expiry_beyond_64_bits_is_refused(year):
    with pytest.raises(IntentError, match="name a moment from 1678 to 2261"):
        placed(gtd(datetime(year, 1, 1, tzinfo=UTC)), AAA)


def test_everything_else_stays_as_it_was_asked_for():
    intent = Place("AAA", SELL, 3, time_in_force="day", group="exits", reduce_only=True, tag="out")
    expected = OrderRequest(
        "AAA", SELL, 3, time_in_force=TimeInForce.DAY, group="exits", reduce_only=True, tag="out"
    )
    assert placed(intent, AAA) == expected


def test_orders_that_follow_are_placed_too_however_deep():
    last = Place("AAA", BUY, 1, OrderType.LIMIT, limit=9.999)
    first = Place("AAA", BUY, 3, then=[Place("AAA", SELL, 2, OrderType.STOP, stop=9.999, then=[last])])
    (second,) = placed(first, AAA).then
    assert (second.lots, second.stop_ticks) == (2, 999)
    assert [(third.lots, third.limit_ticks) for third in second.then] == [(1, 999)]


def test_a_bracket_becomes_an_entry_with_two_exits_that_only_reduce():
    entry = Place("AAA", BUY, 10, OrderType.LIMIT, limit=10, tag="in")
    request = placed(bracket(entry, stop_loss=9.005, take_profit=11.005), AAA)
    assert (request.lots, request.limit_ticks, request.tag) == (10, 1_000, "in")
    exits = {"group": "bracket", "reduce_only": True}
    assert request.then == (
        OrderRequest("AAA", SELL, 10, OrderType.STOP, stop_ticks=900, tag="stop loss", **exits),
        OrderRequest("AAA", SELL, 10, OrderType.LIMIT, limit_ticks=1_101, tag="take profit", **exits),
    )


def test_a_float_price_on_the_tick_stays_on_it():
    request = placed(Place("AAA", SELL, 1, OrderType.STOP, stop=0.29), AAA)
    assert request.stop_ticks == 29


@pytest.mark.parametrize(
    "intent",
    [
        Place("AAA", BUY, 1e30),
        Place("AAA", BUY, 1, OrderType.STOP, stop=1e30),
        Place("AAA", BUY, 1, OrderType.LIMIT, limit=-1e30),
        Place("AAA", BUY, 1, OrderType.TRAILING_STOP, trail=1e30),
        Place("AAA", BUY, 1, OrderType.TRAILING_STOP, trail_percent=1e30),
        Place("AAA", BUY, 1, then=[Place("AAA", SELL, 1e30)]),
    ],
)
def test_numbers_beyond_64_bits_are_rejected(intent):
    with pytest.raises(OutOfRange):
        placed(intent, AAA)


@pytest.mark.parametrize(
    "intent", [Place("AAA", BUY, -1), Place("AAA", BUY, 1, then=[Place("AAA", SELL, -1)])]
)
def test_a_negative_quantity_is_refused(intent):
    with pytest.raises(IntentError, match="quantity below zero"):
        placed(intent, AAA)


def lots_of(request):
    return (request.lots, *map(lots_of, request.then))


def test_a_request_is_cut_together_with_what_follows_it():
    half = Place("AAA", SELL, 5, then=[Place("AAA", BUY, 5)])
    request = placed(bracket(Place("AAA", BUY, 10, then=[half]), stop_loss=9, take_profit=11), AAA)
    assert lots_of(resized(request, 7)) == (7, (5, (5,)), (7,), (7,))
    assert lots_of(resized(request, 3)) == (3, (3, (3,)), (3,), (3,))
    assert lots_of(resized(request, 20)) == (20, (5, (5,)), (20,), (20,))
    assert resized(request, 10) == request

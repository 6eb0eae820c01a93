"""What has no meaning as an order, a bracket or a replacement cannot be asked for."""

from dataclasses import fields
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from app.domain.intents import (
    Cancel,
    IntentError,
    OrderType,
    Place,
    Replace,
    Side,
    Target,
    TimeInForce,
    bracket,
)

pytestmark = pytest.mark.unit

BUY, SELL = Side.BUY, Side.SELL
LATER = datetime(2030, 1, 1, tzinfo=UTC)
NEEDED = {
    OrderType.MARKET: {},
    OrderType.LIMIT: {"limit": 10},
    OrderType.STOP: {"stop": 10},
    OrderType.STOP_LIMIT: {"stop": 10, "limit": 11},
    OrderType.TRAILING_STOP: {"trail": 1},
    OrderType.MARKET_ON_OPEN: {},
    OrderType.MARKET_ON_CLOSE: {},
    OrderType.LIMIT_IF_TOUCHED: {"stop": 10, "limit": 11},
}
UNLIKE_NUMBERS = [True, "1", None, object()]


def place(kind=OrderType.MARKET, **given):
    return Place("AAA", BUY, 1, kind, **{**NEEDED[kind], **given})


@pytest.mark.parametrize("kind", OrderType)
def test_an_order_of_every_type_can_be_placed_with_what_it_needs(kind):
    intent = place(kind)
    assert {name for name in ("stop", "limit", "trail") if getattr(intent, name) is not None} == set(
        NEEDED[kind]
    )
    assert (kind.needs_stop, kind.needs_limit) == ("stop" in NEEDED[kind], "limit" in NEEDED[kind])


@pytest.mark.parametrize("kind", OrderType)
@pytest.mark.parametrize("name", ["stop", "limit", "trail", "trail_percent"])
def test_a_price_for_which_a_type_has_no_use_is_refused(kind, name):
    if name in NEEDED[kind] or (kind is OrderType.TRAILING_STOP and name == "trail_percent"):
        return
    with pytest.raises(IntentError, match=f"A {kind} order for AAA has no use for a {name} price"):
        place(kind, **{name: 10})


@pytest.mark.parametrize("kind", [kind for kind in OrderType if kind.needs_stop or kind.needs_limit])
def test_a_missing_price_is_left_for_risk_to_refuse_because_it_may_come_of_data(kind):
    assert Place("AAA", BUY, 1, kind).stop is None


@pytest.mark.parametrize("given", [{"trail": None}, {"trail": 1, "trail_percent": 1}])
def test_a_trailing_stop_has_exactly_one_distance(given):
    with pytest.raises(IntentError, match="needs exactly one of trail, trail_percent"):
        place(OrderType.TRAILING_STOP, **given)
    assert place(OrderType.TRAILING_STOP, trail=None, trail_percent=2).trail_percent == 2


def test_words_may_be_written_as_text():
    intent = Place("AAA", "sell", 1, "limit", limit=10, time_in_force="ioc")
    assert (intent.side, intent.type, intent.time_in_force) == (SELL, OrderType.LIMIT, TimeInForce.IOC)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("side", "The side of an order for AAA is 'hold'; it must be one of buy, sell"),
        ("type", "The type of an order for AAA is 'hold'; it must be one of market, limit"),
        ("time_in_force", "The time in force of an order for AAA is 'hold'; it must be one of gtc, day"),
    ],
)
def test_a_word_that_is_not_known_is_refused_with_those_that_are(name, message):
    with pytest.raises(IntentError, match=message):
        Place(**{"symbol": "AAA", "side": BUY, "quantity": 1, name: "hold"})


@pytest.mark.parametrize("kind", [kind for kind in OrderType if kind not in {"market", "limit"}])
@pytest.mark.parametrize("force", ["ioc", "fok"])
def test_only_market_and_limit_orders_can_be_for_at_once_or_never(kind, force):
    with pytest.raises(IntentError, match=f"cannot be {force}: market and limit can"):
        place(kind, time_in_force=force)
    assert place(OrderType.LIMIT, time_in_force=force).time_in_force == force


@pytest.mark.parametrize("kind", ["market_on_open", "market_on_close"])
def test_an_order_for_an_auction_has_no_expiry_of_its_own(kind):
    with pytest.raises(IntentError, match=f"A {kind} order for AAA is for one session, not gtd"):
        place(OrderType(kind), time_in_force="gtd", expires_at=LATER)


@pytest.mark.parametrize(
    "given", [{"time_in_force": "gtd"}, {"expires_at": LATER}, {"time_in_force": "day", "expires_at": LATER}]
)
def test_an_expiry_belongs_to_gtd_and_gtd_to_an_expiry(given):
    with pytest.raises(IntentError, match="has expires_at if and only if it is gtd"):
        place(**given)
    assert place(time_in_force="gtd", expires_at=LATER).expires_at == LATER


@pytest.mark.parametrize("moment", [LATER.replace(tzinfo=None), LATER.date(), "2030-01-01", 7])
def test_an_expiry_without_a_time_zone_is_refused(moment):
    with pytest.raises(IntentError, match=r"The expiry of an order for AAA is .* with a time zone"):
        place(time_in_force="gtd", expires_at=moment)


@pytest.mark.parametrize("text", ["x" * 201, "two\nlines", "\x1b[2J", 7, None])
def test_a_tag_that_is_not_a_short_printable_text_is_refused(text):
    for make in (lambda: place(tag=text), lambda: Target("AAA", signal=1, tag=text)):
        with pytest.raises(IntentError, match=r"tag .* for AAA must be printable text of at most 200"):
            make()


@pytest.mark.parametrize("text", ["x" * 65, "a\tb", 7, None])
def test_a_group_that_is_not_a_short_printable_text_is_refused(text):
    with pytest.raises(IntentError, match="group of an order for AAA must be printable text of at most 64"):
        place(group=text)


@pytest.mark.parametrize("child", [Place("BBB", SELL, 1), Target("AAA", signal=0), "AAA", None])
def test_what_follows_an_order_is_an_order_for_the_same_symbol(child):
    with pytest.raises(IntentError, match="What follows an order for AAA must be orders for it too"):
        place(then=[child])


def test_what_follows_an_order_is_kept_as_a_tuple():
    assert place(then=[place(), place()]).then == (place(), place())


@pytest.mark.parametrize("name", ["quantity", "stop", "limit", "trail", "trail_percent"])
@pytest.mark.parametrize("value", UNLIKE_NUMBERS)
def test_what_is_no_number_is_refused_in_an_order(name, value):
    if value is None and name != "quantity":
        return
    given = {"symbol": "AAA", "side": BUY, "quantity": 1, name: value}
    with pytest.raises(IntentError, match=f"The {name} of an order for AAA is .*; it must be a number"):
        Place(**given)


@pytest.mark.parametrize("value", [np.float64(1.5), np.float32(1.5), Decimal("1.5"), 1.5])
def test_numbers_of_any_library_become_plain_ones(value):
    quantity = Place("AAA", BUY, value).quantity
    assert quantity == Decimal("1.5")
    assert type(quantity) in {float, Decimal}
    assert type(Place("AAA", BUY, np.int64(3)).quantity) is int


@pytest.mark.parametrize("name", ["signal", "weight", "quantity", "stop_loss", "take_profit", "trail"])
@pytest.mark.parametrize("value", [True, "1", float("nan"), Decimal("Infinity")])
def test_a_target_takes_finite_numbers_only(name, value):
    sizes = {} if name in {"signal", "weight", "quantity"} else {"signal": 1}
    with pytest.raises(IntentError, match=f"The {name} of a target for AAA"):
        Target("AAA", **sizes, **{name: value})


def test_a_target_takes_a_stop_or_a_trail_and_not_both():
    with pytest.raises(IntentError, match="takes a stop_loss or a trail, not both"):
        Target("AAA", signal=1, stop_loss=9, trail=1)
    assert Target("AAA", signal=1, take_profit=11, trail=1).trail == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"stop_loss": 9, "trail": 1},
        {"trail": 1, "trail_percent": 1},
        {"stop_loss": 9, "trail_percent": 1},
    ],
)
def test_a_bracket_without_an_exit_or_with_two_stops_is_refused(given):
    with pytest.raises(IntentError, match="A bracket for AAA needs a take_profit, or one of"):
        bracket(place(), **given)


def test_a_bracket_adds_exits_of_the_other_side_that_cancel_each_other_and_only_reduce():
    entry = Place("AAA", SELL, 7, OrderType.LIMIT, limit=10, tag="in", then=(Place("AAA", SELL, 1),))
    whole = bracket(entry, stop_loss=11, take_profit=9)
    kept = [field.name for field in fields(Place) if field.name != "then"]
    assert all(getattr(whole, name) == getattr(entry, name) for name in kept)
    first, stop, limit = whole.then
    assert first == entry.then[0]
    exits = {"group": "bracket", "reduce_only": True}
    assert stop == Place("AAA", BUY, 7, OrderType.STOP, stop=11, tag="stop loss", **exits)
    assert limit == Place("AAA", BUY, 7, OrderType.LIMIT, limit=9, tag="take profit", **exits)


@pytest.mark.parametrize("distance", [{"trail": 2}, {"trail_percent": 2}])
def test_the_stop_of_a_bracket_may_trail(distance):
    (leg,) = bracket(place(), **distance).then
    assert (leg.type, leg.side, leg.tag) == (OrderType.TRAILING_STOP, SELL, "trailing stop")
    assert {name: getattr(leg, name) for name in distance} == distance


def test_a_bracket_may_have_a_profit_to_take_and_no_stop():
    assert [leg.tag for leg in bracket(place(), take_profit=11).then] == ["take profit"]


def test_a_replacement_that_changes_nothing_is_refused():
    with pytest.raises(IntentError, match="A replacement for ID changes nothing"):
        Replace("ID")


@pytest.mark.parametrize("name", ["quantity", "stop", "limit", "trail"])
def test_a_replacement_changes_any_of_its_numbers(name):
    assert getattr(Replace("ID", **{name: Decimal("1.5")}), name) == Decimal("1.5")
    for value in (float("nan"), "1", True):
        with pytest.raises(IntentError, match=f"The {name} of a replacement for ID"):
            Replace("ID", **{name: value})


def test_intents_are_values():
    assert Cancel("ID") == Cancel("ID")
    assert hash(place(tag="a")) == hash(place(tag="a"))
    assert (BUY.opposite, SELL.opposite) == (SELL, BUY)
    assert {kind for kind in OrderType if kind.at_market} == {"market", "market_on_open", "market_on_close"}

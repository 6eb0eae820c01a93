"""Orders that cannot be: each has one enumerated denial or one clear error, and never a silent wrong fill."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.errors import LtsError, OutOfRange, RunFailed
from app.domain.intents import IntentError
from app.ports import Instrument, OrderType, Place, Reason, Replace, Side, Target, bracket

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006", "SYS-011")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP = OrderType.LIMIT, OrderType.STOP
STOP_LIMIT, TOUCHED, TRAIL = OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED, OrderType.TRAILING_STOP
NOW = datetime(2020, 1, 1, tzinfo=UTC)


def order(kind=OrderType.MARKET, side=BUY, quantity=1, **more):
    return Place("AAA", side, quantity, kind, **more)


DENIED = {
    "a limit without its price": (order(LIMIT), "limit_price_missing"),
    "a limit of zero": (order(LIMIT, limit=0), "limit_price_not_positive"),
    "a negative limit": (order(LIMIT, limit=-5), "limit_price_not_positive"),
    "a buy limit below the first tick": (order(LIMIT, limit=Decimal("0.009")), "limit_price_not_positive"),
    "a stop without its price": (order(STOP), "stop_price_missing"),
    "a negative stop": (order(STOP, stop=-1), "stop_price_not_positive"),
    "a stop-limit without its stop": (order(STOP_LIMIT, limit=5), "stop_price_missing"),
    "a stop-limit without its limit": (order(STOP_LIMIT, stop=5), "limit_price_missing"),
    "a touch price of zero": (order(TOUCHED, stop=0, limit=5), "stop_price_not_positive"),
    "a trail of zero": (order(TRAIL, trail=0), "trail_not_positive"),
    "a negative trail": (order(TRAIL, trail=-1), "trail_not_positive"),
    "a trail of zero percent": (order(TRAIL, trail_percent=0), "trail_not_positive"),
    "no quantity": (order(quantity=0), "quantity_below_one_lot"),
    "less than a lot": (order(quantity=Decimal("0.99")), "quantity_below_one_lot"),
    "an expiry that has passed": (
        order(time_in_force="gtd", expires_at=NOW - timedelta(days=1)),
        "already_expired",
    ),
    "an expiry of now": (order(time_in_force="gtd", expires_at=NOW), "already_expired"),
    "an exit that cannot be": (order(then=(order(LIMIT, SELL, limit=0),)), "limit_price_not_positive"),
    "a bracket whose stop cannot be": (bracket(order(), stop_loss=-3), "stop_price_not_positive"),
}


@pytest.mark.parametrize("what", DENIED)
def test_each_order_that_cannot_be_is_denied_with_its_reason_and_nothing_else_happens(small, replay, what):
    intent, reason = DENIED[what]
    replayed = replay(small({"AAA": [10, (10, 20, 1, 10), 10]}), {0: [intent]})
    assert ("denied", reason) in replayed.orders
    assert all(status == "denied" for status, _ in replayed.orders)
    assert replayed.fills == []
    assert Reason(reason)


NUMBERS = [float("nan"), float("inf"), -float("inf"), Decimal("NaN"), Decimal("sNaN"), "5", None, True, 1j]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_quantity_that_is_no_finite_number_is_refused_where_the_order_is_made(number):
    with pytest.raises(IntentError):
        order(quantity=number)


@pytest.mark.parametrize("number", [number for number in NUMBERS if number is not None])
@pytest.mark.parametrize(
    "make",
    [
        lambda number: order(LIMIT, limit=number),
        lambda number: order(STOP, stop=number),
        lambda number: order(TRAIL, trail=number),
        lambda number: order(TRAIL, trail_percent=number),
        lambda number: Replace("ID", limit=number),
        lambda number: Target("AAA", quantity=1, stop_loss=number),
        lambda number: Target("AAA", weight=number),
    ],
)
def test_a_price_that_is_no_finite_number_is_refused_where_the_intent_is_made(make, number):
    with pytest.raises(IntentError):
        make(number)


@pytest.mark.parametrize(
    "moment",
    [datetime(2020, 1, 5), "2020-01-05", 5],  # noqa: DTZ001 - a time without a zone is the case
)
def test_an_expiry_without_a_zone_is_refused(moment):
    with pytest.raises(IntentError, match="time zone"):
        order(time_in_force="gtd", expires_at=moment)


def test_an_expiry_beyond_the_range_of_times_ends_the_run_with_what_is_wrong(small, replay):
    late = order(time_in_force="gtd", expires_at=datetime(3000, 1, 1, tzinfo=UTC))
    with pytest.raises(RunFailed, match="from 1678 to 2261"):
        replay(small({"AAA": [10]}), {0: [late]})


@pytest.mark.parametrize("kind", [order(), Target("AAA", quantity=1)])
def test_an_unknown_symbol_is_named_with_those_that_there_are(small, replay, kind):
    with pytest.raises(RunFailed, match=r"'AAA' is not a symbol of this run; data\.symbols are BBB"):
        replay(small({"BBB": [10]}), {0: [kind]})


def test_a_quantity_off_the_lot_is_cut_to_whole_lots(small, replay):
    def tens(symbol):
        return Instrument(symbol, lot=Decimal(10))

    replayed = replay(small({"AAA": [10, 10]}, instrument=tens), {0: [order(quantity=29)]})
    assert [fill[3] for fill in replayed.fills] == [20]


@pytest.mark.parametrize(
    "intent",
    [
        order(LIMIT, limit=Decimal("1e17")),
        order(STOP, stop=2**63),
        order(TRAIL, trail=Decimal("1e18")),
        order(quantity=2**63),
        order(LIMIT, limit=9e16, quantity=10**9),
    ],
)
def test_what_does_not_fit_64_bits_ends_the_run_and_is_never_wrapped(small, replay, intent):
    with pytest.raises(OutOfRange, match="64 bits"):
        replay(small({"AAA": [10, 10]}), {0: [intent]})


def test_an_account_that_outgrows_64_bits_ends_the_run(small, replay):
    # 2**62 cents a share: the second of them makes the account too large.
    rich = Decimal(2**62).scaleb(-2)
    market = small({"AAA": [1, 1, rich, rich]})
    program = {0: [order(quantity=4)], 2: [order(side=SELL, quantity=4)]}
    with pytest.raises(LtsError, match="64 bits"):
        replay(market, program)


def test_an_order_while_the_market_is_closed_waits_for_its_next_bar(small, replay):
    bars = {"AAA": [10, None, None, 12], "BBB": [1, 1, 1, 1]}
    replayed = replay(small(bars), {1: [order()]})
    assert replayed.fills == [(3, "AAA", "buy", 1, Decimal(12))]

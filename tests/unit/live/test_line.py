"""From intents to judged orders: reductions first, one reason for each denial, and who is to blame."""

from decimal import Decimal, getcontext, localcontext

import numpy as np
import pytest

from app.domain.errors import LtsError, OutOfRange, RunFailed
from app.domain.intents import IntentError
from app.ports import (
    Cancel,
    Order,
    OrderRequest,
    OrderStatus,
    OrderType,
    Place,
    Portfolio,
    Promised,
    Proposal,
    Reason,
    Side,
    Strategy,
    Target,
)
from plugins_portfolio.equal_weight import EqualWeight

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001", "SYS-006", "SYS-011")]

BUY, SELL = Side.BUY, Side.SELL


def made(replayed):
    """Return the orders in the order in which they were made."""
    return sorted(replayed.result.orders, key=lambda order: order.sequence)


@pytest.mark.parametrize(
    ("intent", "reason"),
    [
        (Place("BBB", BUY, 1), "no_price_yet"),
        (Target("BBB", signal=1), "no_price_yet"),
        (Place("AAA", BUY, 0), "quantity_below_one_lot"),
        (Place("AAA", BUY, Decimal("0.999")), "quantity_below_one_lot"),
        (Place("AAA", BUY, 1, OrderType.STOP), "stop_price_missing"),
        (Place("AAA", BUY, 1, OrderType.STOP, stop=0), "stop_price_not_positive"),
        (Place("AAA", SELL, 1, OrderType.STOP, stop=Decimal("0.009")), "stop_price_not_positive"),
        (Place("AAA", SELL, 1), "short_sale_not_allowed"),
        (Target("AAA", quantity=-1), "short_sale_not_allowed"),
        (Place("AAA", BUY, 1_001), "insufficient_cash"),
    ],
)
def test_each_denial_has_its_reason(small, replay, intent, reason):
    market = small({"AAA": [10, 10], "BBB": [None, 10]})
    replayed = replay(market, {0: [intent]}, capital="10000")
    assert replayed.orders == [("denied", reason)]
    assert replayed.fills == []
    assert [order.reason for order in replayed.strategy.heard] == [Reason(reason)]


def test_reductions_are_judged_and_filled_before_purchases(small, replay):
    market = small({"AAA": [10, 10, 10], "BBB": [10, 10, 10]})
    second = [Place("BBB", BUY, 5), Place("AAA", SELL, 5), Place("BBB", BUY, 1), Place("AAA", SELL, 2)]
    replayed = replay(market, {0: [Place("AAA", BUY, 10)], 1: second})
    assert [(order.symbol, order.request.lots) for order in made(replayed)[1:]] == [
        ("AAA", 5),
        ("AAA", 2),
        ("BBB", 5),
        ("BBB", 1),
    ]


def test_the_whole_batch_is_judged_against_cash_that_is_promised_once(small, replay):
    market = small({"AAA": [10, 10], "BBB": [10, 10]})
    replayed = replay(market, {0: [Place("AAA", BUY, 60), Place("BBB", BUY, 60)]}, capital="1000")
    assert [(order.symbol, order.status.value, order.reason.value) for order in made(replayed)] == [
        ("BBB", "denied", "insufficient_cash"),
        ("AAA", "filled", ""),
    ]


def test_a_waiting_stop_keeps_the_cash_that_it_was_promised(small, replay):
    market = small({"AAA": [10, 10, 10]})
    stop = Place("AAA", BUY, 60, OrderType.STOP, stop=15)
    replayed = replay(market, {0: [stop], 1: [Place("AAA", BUY, 20)]}, capital="1000")
    assert replayed.orders[1] == ("denied", "insufficient_cash")


def test_cancels_come_before_new_orders_of_the_same_step(small, replay):
    market = small({"AAA": [10, 10, (12, 12, 12, 12), 12]})

    def replace(_, book):
        (old,) = book.orders
        return [Place("AAA", BUY, 2, OrderType.STOP, stop=12), Cancel(old)]

    replayed = replay(market, {0: [Place("AAA", BUY, 1, OrderType.STOP, stop=11)], 1: replace})
    assert replayed.orders == [("canceled", "canceled_by_strategy"), ("filled", "")]
    assert [order.status for order in replayed.strategy.heard] == [
        OrderStatus.ACCEPTED,
        OrderStatus.CANCELED,
        OrderStatus.ACCEPTED,
        OrderStatus.FILLED,
    ]


@pytest.mark.parametrize(
    ("target", "lots"),
    [
        (Target("AAA", signal=1), 490),  # half of 98 % of 10,000.00, at 10.00
        (Target("AAA", signal=0.5), 245),
        (Target("AAA", weight=0.25), 250),  # weights are shares of the whole equity
        (Target("AAA", weight=Decimal("0.1")), 100),
        (Target("AAA", quantity=7), 7),
        (Target("AAA", quantity=Decimal("7.9")), 7),
    ],
)
def test_a_target_is_sized_by_signal_weight_or_quantity(small, replay, target, lots):
    market = small({"AAA": [10, 10], "BBB": [10, 10]})
    replayed = replay(market, {0: [target]}, capital="10000", portfolio=EqualWeight())
    assert [order.request.lots for order in made(replayed)] == [lots]


def test_a_target_that_is_reached_asks_for_nothing(small, replay):
    target = Target("AAA", quantity=5)
    replayed = replay(small({"AAA": [10, 10, 10]}), {0: [target], 1: [target], 2: [target]})
    assert len(replayed.result.orders) == 1


def test_the_last_of_several_targets_for_a_symbol_counts(small, replay):
    targets = [Target("AAA", quantity=5), Target("AAA", quantity=5), Target("AAA", quantity=7)]
    assert [fill[3] for fill in replay(small({"AAA": [10, 10]}), {0: targets}).fills] == [7]


def test_a_target_below_the_holding_sells_the_difference(small, replay):
    program = {0: [Target("AAA", quantity=9)], 1: [Target("AAA", quantity=4)]}
    fills = replay(small({"AAA": [10, 10, 10]}), program).fills
    assert [fill[2:4] for fill in fills] == [("buy", 9), ("sell", 5)]


def test_orders_carry_the_tag_of_their_intent(small, replay):
    intents = [Place("AAA", BUY, 1, tag="placed"), Target("AAA", quantity=1, tag="targeted")]
    tags = [order.request.tag for order in made(replay(small({"AAA": [10, 10]}), {0: intents}))]
    assert sorted(tags) == ["placed", "targeted"]


def test_ids_differ_between_steps_symbols_and_places_in_a_step(small, replay):
    orders = [Place("AAA", BUY, 1), Place("AAA", BUY, 1), Place("BBB", BUY, 1), Place("CCC", BUY, 1)]
    market = small({"AAA": [10, 10, 10], "BBB": [10, 10, 10], "CCC": [None, None, 10]})
    found = replay(market, {0: orders, 1: orders}).result.orders
    assert len({order.client_id for order in found}) == len(found) == 8


class NoBuying:
    """A limit that an extension may offer."""

    def refuses(self, proposal: Proposal, promised: Promised) -> Reason:
        buying = proposal.request.side is BUY and promised.cash > 0
        return Reason.INSUFFICIENT_CASH if buying else Reason.NONE


def test_rules_of_extensions_judge_after_the_built_in_ones(small, replay):
    replayed = replay(small({"AAA": [10, 10]}), {0: [Place("AAA", BUY, 1)]}, rules=[NoBuying()])
    assert replayed.orders == [("denied", "insufficient_cash")]


class Fails(Strategy):
    """Raises at its second step, or when it hears of an order."""

    def __init__(self, *, at=1, hearing=False):
        super().__init__()
        self.at, self.hearing, self.step = at, hearing, 0

    def decide(self, *_):
        self.step += 1
        if self.step > self.at:
            raise ZeroDivisionError("no bars today")
        return [Place("AAA", BUY, 1)]

    def on_order_update(self, order: Order) -> None:
        if self.hearing:
            raise KeyError(order.symbol)


class Sizes(Portfolio):
    """A portfolio that fails, in the same module as the strategies above."""

    def __init__(self, *, allocating):
        super().__init__()
        self.allocating = allocating

    def allocate(self, *_):
        return self._failed() if self.allocating else {}

    def size(self, *_):
        return self._failed()

    @staticmethod
    def _failed():
        raise ValueError("cannot size this")


def failure(replay, *arguments, **options):
    with pytest.raises(RunFailed) as caught:
        replay(*arguments, **options)
    assert caught.value.remedy
    return caught.value.problem


def test_a_strategy_that_raises_is_named_with_the_bar(small, replay):
    problem = failure(replay, small({"AAA": [10, 10]}), Fails(), portfolio=Sizes(allocating=True))
    assert problem == "Strategy scripted failed at 2020-01-02 00:00 UTC: ZeroDivisionError: no bars today."


def test_a_strategy_that_raises_when_it_hears_of_an_order_is_named_too(small, replay):
    problem = failure(replay, small({"AAA": [10, 10]}), Fails(hearing=True))
    assert problem == "Strategy scripted failed at 2020-01-01 00:00 UTC: KeyError: 'AAA'."


@pytest.mark.parametrize("allocating", [True, False])
def test_a_portfolio_that_raises_is_named(small, replay, allocating):
    program = {0: [Target("AAA", signal=1)]}
    problem = failure(replay, small({"AAA": [10]}), program, portfolio=Sizes(allocating=allocating))
    assert problem == "Portfolio Sizes failed at 2020-01-01 00:00 UTC: ValueError: cannot size this."


def test_a_symbol_that_the_run_does_not_have_is_named_with_those_it_has(small, replay):
    for intent in (Place("ZZZ", BUY, 1), Target("ZZZ", signal=1)):
        problem = failure(replay, small({"AAA": [10], "BBB": [10]}), {0: [intent]})
        assert "Strategy scripted failed at 2020-01-01" in problem
        assert "'ZZZ' is not a symbol of this run; data.symbols are AAA, BBB" in problem


def test_a_cancel_frees_its_cash_and_its_lots_for_what_comes_with_it(small, replay):
    stop = Place("AAA", BUY, 9, OrderType.STOP, stop=10)

    def again(_, book):
        yield from map(Cancel, book.orders)  # a generator is as good as a list
        yield stop

    replayed = replay(small({"AAA": [(5, 6, 4, 5)] * 3}), {0: [stop], 1: again}, capital="100")
    assert replayed.orders == [("canceled", "canceled_by_strategy"), ("canceled", "end_of_data")]

    def anew(_, book):
        return [*map(Cancel, book.orders), Target("BBB", quantity=3)]

    market = small({"AAA": [1, 1, 1, 1], "BBB": [5, None, None, 5]})
    replayed = replay(market, {0: [Target("BBB", quantity=3)], 1: anew}, capital="100")
    assert [fill[1:4] for fill in replayed.fills] == [("BBB", "buy", 3)]


def test_a_stop_may_guard_what_is_bought_beside_it_in_whatever_order_they_are_asked(small, replay):
    guard = Place("AAA", Side.SELL, 5, OrderType.STOP, stop=8)
    for intents in ([Target("AAA", quantity=5), guard], [guard, Target("AAA", quantity=5)]):
        replayed = replay(small({"AAA": [10, 10, (9, 9, 7, 7)]}), {0: intents})
        assert [fill[2:4] for fill in replayed.fills] == [("buy", 5), ("sell", 5)]


@pytest.mark.parametrize("number", [np.float64(0.5), np.float32(0.5), Decimal("0.5"), 0.5])
def test_numbers_of_numpy_are_numbers(small, replay, number):
    market = small({"AAA": [10, 10, 10]})
    intents = [Target("AAA", signal=number), Place("AAA", "sell", np.int64(1), "stop", stop=number)]
    assert len(replay(market, {0: intents}, portfolio=EqualWeight()).result.orders) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Target("AAA", signal=True),
        lambda: Target("AAA", quantity="5"),
        lambda: Target("AAA", signal=1, tag="x" * 201),
        lambda: Target("AAA", signal=1, tag="a\0b"),
        lambda: Target("AAA", signal=1, tag=5),
        lambda: Place("AAA", "hold", 1),
        lambda: Place("AAA", BUY, 1, "guess"),
        lambda: Place("AAA", BUY, 1, stop=5),
        lambda: Place("AAA", BUY, float("nan")),
    ],
)
def test_an_intent_without_meaning_is_refused_where_it_is_made(wrong):
    with pytest.raises(IntentError):
        wrong()


def test_what_is_no_intent_ends_the_run_with_its_type(small, replay):
    problem = failure(replay, small({"AAA": [10]}), {0: ["buy"]})
    assert "Strategy scripted failed" in problem
    assert "'str' is no intent" in problem


def test_what_a_plugin_does_to_the_decimal_context_changes_no_cent(small, replay):
    def coarse(*_):
        getcontext().prec = 3
        return [Target("AAA", weight=0.123456)]

    market = small({"AAA": ["1234.56", "1234.57", "1300.01", "1299.99"]})
    sold = [Target("AAA", signal=0)]
    with localcontext():
        rough = replay(market, {0: coarse, 2: sold}, capital="1234567.89", bps="12.34567")
    fine = replay(
        market, {0: [Target("AAA", weight=0.123456)], 2: sold}, capital="1234567.89", bps="12.34567"
    )
    assert rough.result.state_hash == fine.result.state_hash


def test_a_negative_quantity_ends_the_run_with_what_is_wrong(small, replay):
    problem = failure(replay, small({"AAA": [10]}), {0: [Place("AAA", BUY, -5)]})
    assert "An order for AAA has a quantity below zero" in problem


def test_an_intent_without_a_meaning_ends_the_run_with_what_is_wrong(small, replay):
    def meaningless(*_):
        return [Target("AAA")]

    problem = failure(replay, small({"AAA": [10]}), {0: meaningless})
    assert problem.endswith("needs exactly one of signal, weight, quantity.")
    assert issubclass(IntentError, LtsError)


@pytest.mark.parametrize(
    "intent",
    [
        Place("AAA", BUY, Decimal("1e30")),
        Place("AAA", BUY, 2**60),
        Place("AAA", BUY, 1, OrderType.STOP, stop=1e30),
        Target("AAA", quantity=Decimal("1e5000")),
        Target("AAA", weight=1e300),
    ],
)
def test_numbers_beyond_64_bits_are_rejected_and_not_wrapped(small, replay, intent):
    with pytest.raises(OutOfRange, match="64 bits"):
        replay(small({"AAA": [10]}), {0: [intent]})


class Short(Portfolio):
    """Returns a request of negative lots."""

    def allocate(self, *_):
        return {}

    def size(self, *_):
        return [OrderRequest("AAA", BUY, -1)]


def test_a_portfolio_cannot_ask_for_negative_lots(small, replay):
    problem = failure(replay, small({"AAA": [10]}), {0: [Target("AAA", signal=1)]}, portfolio=Short())
    assert problem.startswith("Portfolio Short failed")


def test_a_waiting_purchase_is_judged_at_its_stop_and_not_at_the_last_close(small, replay):
    stop = Place("AAA", BUY, 6, OrderType.STOP, stop=20)
    replayed = replay(small({"AAA": [5, 5]}), {0: [stop]}, capital="100")
    assert replayed.orders == [("denied", "insufficient_cash")]


def test_a_sale_of_what_is_still_in_flight_is_a_reduction(small, replay):
    market = small({"AAA": [10, None, 10], "BBB": [10, 10, 10]})
    second = [Place("BBB", BUY, 1), Place("AAA", SELL, 4)]
    replayed = replay(market, {0: [Place("AAA", BUY, 4)], 1: second})
    assert [order.symbol for order in made(replayed)] == ["AAA", "AAA", "BBB"]
    assert [status for status, _ in replayed.orders] == ["filled"] * 3

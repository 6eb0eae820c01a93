"""Risk judges a timestamp's proposals together."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.instruments import Instrument
from app.domain.intents import OrderType, Side
from app.domain.orders import Approved, Denied, OrderRequest, Promised, Proposal, Reason
from app.risk.judge import judge, shrinks
from app.risk.rules import CASH_ACCOUNT, CashAccount, LongOnly

pytestmark = pytest.mark.unit


@dataclass
class Book:
    """A book at rest."""

    cash: int = 0
    reserved: int = 0
    equity: int = 0
    exposure: int = 0
    opening: int = 0
    held: dict[str, int] = field(default_factory=dict)

    def expected_lots(self, symbol: str) -> int:
        return self.held.get(symbol, 0)


def proposal(side, lots, value, *, symbol="AAA", fee=0, waits=False):
    kind = OrderType.STOP if waits else OrderType.MARKET
    request = OrderRequest(symbol, side, lots, kind, stop_ticks=1 if waits else None)
    return Proposal(request, Instrument(symbol), value, fee)


def buy(lots, value, **more):
    return proposal(Side.BUY, lots, value, **more)


def sell(lots, value, **more):
    return proposal(Side.SELL, lots, value, **more)


def reasons(proposals, book, rules=CASH_ACCOUNT):
    """Return the reason of each verdict, none for an approval."""
    return [
        verdict.reason if isinstance(verdict, Denied) else Reason.NONE
        for verdict in judge(proposals, book, rules)
    ]


def test_a_purchase_that_the_cash_pays_for_to_the_cent_is_approved():
    assert reasons([buy(1, 990, fee=10)], Book(cash=1_000)) == [Reason.NONE]
    assert reasons([buy(1, 990, fee=11)], Book(cash=1_000)) == [Reason.INSUFFICIENT_CASH]


def test_cash_is_promised_once():
    verdicts = judge([buy(1, 600), buy(1, 600), buy(1, 400)], Book(cash=1_000), CASH_ACCOUNT)
    assert [type(verdict) for verdict in verdicts] == [Approved, Denied, Approved]


def test_the_fee_of_a_purchase_is_promised_with_its_value():
    first = buy(1, 500, fee=10)
    assert reasons([first, buy(1, 490)], Book(cash=1_000)) == [Reason.NONE, Reason.NONE]
    assert reasons([first, buy(1, 491)], Book(cash=1_000)) == [Reason.NONE, Reason.INSUFFICIENT_CASH]


def test_cash_that_working_orders_were_promised_is_not_spent_again():
    book = Book(cash=1_000, reserved=600)
    assert reasons([buy(1, 500)], book) == [Reason.INSUFFICIENT_CASH]
    assert reasons([buy(1, 400)], book) == [Reason.NONE]


def test_what_a_market_sale_brings_in_less_its_fee_may_be_spent_by_later_proposals():
    book = Book(cash=100, held={"AAA": 5})
    sale = sell(5, 500, fee=10)
    assert reasons([sale, buy(1, 590, symbol="BBB")], book) == [Reason.NONE, Reason.NONE]
    assert reasons([sale, buy(1, 591, symbol="BBB")], book)[1] is Reason.INSUFFICIENT_CASH
    assert reasons([buy(1, 590, symbol="BBB"), sale], book)[0] is Reason.INSUFFICIENT_CASH


def test_a_sale_that_waits_for_its_stop_promises_no_cash():
    book = Book(cash=100, held={"AAA": 5})
    waiting = sell(5, 500, waits=True)
    assert reasons([waiting, buy(1, 200, symbol="BBB")], book) == [Reason.NONE, Reason.INSUFFICIENT_CASH]


def test_a_purchase_that_waits_for_its_stop_keeps_its_cash():
    book = Book(cash=1_000)
    assert reasons([buy(1, 600, waits=True), buy(1, 600)], book)[1] is Reason.INSUFFICIENT_CASH


def test_shares_that_a_stop_will_buy_cannot_be_sold_yet():
    assert reasons([buy(5, 10, waits=True), sell(5, 10)], Book(cash=100))[1] is Reason.SHORT_SALE_NOT_ALLOWED


def test_two_stops_may_guard_the_same_shares():
    book = Book(held={"AAA": 5})
    assert reasons([sell(5, 50, waits=True), sell(5, 40, waits=True)], book) == [Reason.NONE, Reason.NONE]


def test_nothing_is_sold_that_is_not_held():
    book = Book(held={"AAA": 5})
    assert reasons([sell(6, 60)], book) == [Reason.SHORT_SALE_NOT_ALLOWED]
    assert reasons([sell(3, 30), sell(3, 30)], book) == [Reason.NONE, Reason.SHORT_SALE_NOT_ALLOWED]
    assert reasons([sell(1, 10)], Book()) == [Reason.SHORT_SALE_NOT_ALLOWED]


def test_shares_that_are_bought_now_may_be_sold_now():
    assert reasons([buy(5, 50), sell(5, 50)], Book(cash=50)) == [Reason.NONE, Reason.NONE]


@dataclass(frozen=True)
class Nothing:
    """A rule against everything."""

    def refuses(self, *_: Proposal | Promised) -> Reason:
        return Reason.INSUFFICIENT_CASH


def test_a_mere_reduction_passes_every_rule():
    book = Book(held={"AAA": 5, "BBB": -5})
    proposals = [sell(2, 10), sell(3, 10), sell(1, 10), buy(5, 10, symbol="BBB"), buy(1, 10, symbol="BBB")]
    assert reasons(proposals, book, [Nothing()]) == [
        Reason.NONE,
        Reason.NONE,
        Reason.INSUFFICIENT_CASH,
        Reason.NONE,
        Reason.INSUFFICIENT_CASH,
    ]


def test_a_denied_proposal_changes_nothing_for_the_others():
    book = Book(cash=100)
    assert reasons([buy(9, 101), sell(9, 50), buy(1, 100)], book) == [
        Reason.INSUFFICIENT_CASH,
        Reason.SHORT_SALE_NOT_ALLOWED,
        Reason.NONE,
    ]


def test_the_first_rule_that_refuses_gives_the_reason():
    assert reasons([sell(1, 10)], Book(), [CashAccount(), LongOnly(), Nothing()]) == [
        Reason.SHORT_SALE_NOT_ALLOWED
    ]


@pytest.mark.parametrize(
    ("lots", "change", "answer"),
    [
        (5, -5, True),
        (5, -6, False),
        (5, 1, False),
        (-5, 5, True),
        (-5, 6, False),
        (-5, -1, False),
        (0, 1, False),
    ],
)
def test_a_change_toward_zero_and_not_beyond_shrinks(lots, change, answer):
    assert shrinks(lots, change) is answer


proposals = st.lists(
    st.builds(
        proposal,
        st.sampled_from(Side),
        st.integers(1, 20),
        st.integers(0, 500),
        symbol=st.sampled_from(["AAA", "BBB"]),
        fee=st.integers(0, 5),
        waits=st.booleans(),
    ),
    max_size=8,
)


@given(proposals, st.integers(0, 2_000), st.integers(0, 20))
def test_approved_orders_never_promise_more_cash_or_shares_than_there_are(batch, cash, held):
    verdicts = judge(batch, Book(cash=cash, held={"AAA": held}), CASH_ACCOUNT)
    assert [verdict.request for verdict in verdicts] == [each.request for each in batch]
    left, lots = cash, {"AAA": held, "BBB": 0}
    for verdict, each in zip(verdicts, batch, strict=True):
        market = each.request.type is OrderType.MARKET
        if isinstance(verdict, Denied):
            continue
        if each.request.side is Side.BUY:
            assert each.value + each.fee <= left
            left -= each.value + each.fee
        elif market:
            left += each.value - each.fee
        lots[each.request.symbol] += each.request.signed_lots if market else 0
        assert min(lots.values()) >= 0

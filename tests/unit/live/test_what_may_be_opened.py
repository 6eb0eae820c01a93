"""What risk says of replacements, of symbols that are gone, and of those that a universe leaves out."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from app.domain.errors import RunFailed
from app.domain.events import Delisting
from app.engine.fees import BpsOfNotional, Charge, FeeSchedule
from app.engine.venue import Account, AccountKind, VenueModel
from app.ports import MonthStart, OrderType, Place, Replace, Side, Strategy, Target, TopByDollarVolume

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
FLAT = (100, 100, 100, 100, 1_000_000)
MARGIN = VenueModel(BpsOfNotional(Decimal(0)), account=Account(AccountKind.REG_T))


def first_id(book):
    return next(iter(book.orders))


def test_a_raised_limit_needs_the_margin_of_the_whole_order(small, replay):
    def raised(_bars, book):
        return [Replace(first_id(book), limit=150)]

    run = replay(
        small({"AAA": [FLAT] * 5}),
        {0: [Place("AAA", BUY, 15_000, OrderType.LIMIT, limit=10)], 1: raised},
        venue=MARGIN,
    )
    assert run.orders == [("canceled", "end_of_data"), ("denied", "insufficient_margin")]
    assert run.fills == []


def test_a_replacement_may_use_what_its_order_was_promised(small, replay):
    def larger(_bars, book):
        return [Replace(first_id(book), quantity=1_000)]

    run = replay(
        small({"AAA": [FLAT] * 5}), {0: [Place("AAA", BUY, 900, OrderType.LIMIT, limit=90)], 1: larger}
    )
    assert run.orders == [("canceled", "end_of_data")]
    assert run.result.orders[0].quantity == 1_000


def test_a_price_that_the_type_has_no_use_for_is_an_error_in_a_replacement_too(small, replay):
    def stopped(_bars, book):
        return [Replace(first_id(book), stop=95)]

    with pytest.raises(RunFailed, match="no use for a stop price"):
        replay(small({"AAA": [FLAT] * 4}), {0: [Place("AAA", BUY, 1, OrderType.LIMIT, limit=90)], 1: stopped})


def test_nothing_is_opened_in_a_symbol_that_was_delisted_and_its_cash_stays_free(small, replay, day):
    market = small(
        {"AAA": [FLAT, FLAT, None, None, None, None], "BBB": [FLAT] * 6},
        actions=[Delisting("AAA", day(2))],
    )
    run = replay(market, {3: [Place("AAA", BUY, 900)], 4: [Place("BBB", BUY, 500)]})
    assert run.orders == [("denied", "delisted"), ("filled", "")]


class Chosen(Strategy):
    """Wants both symbols, of which its universe has the one that is traded more; then sells what it holds."""

    def __init__(self):
        super().__init__()
        self.step = 0

    def universe(self):
        return TopByDollarVolume(1, window=2, rebalance=MonthStart())

    def decide(self, bars, book):
        self.step += 1
        if self.step == 3:
            return [Target("AAA", quantity=5), Target("BBB", quantity=5)]
        return [Target("BBB", quantity=0)] if self.step == 5 else []


def test_a_universe_denies_what_would_open_something_outside_of_it(small, replay):
    market = small({"AAA": [(100, 100, 100, 100, 10)] * 7, "BBB": [FLAT] * 7})
    run = replay(market, Chosen())
    assert run.orders == [("denied", "not_in_universe"), ("filled", ""), ("filled", "")]


def test_orders_work_before_1970_too(small, replay):
    market = small({"AAA": [FLAT] * 6})
    series = market.series["AAA"]
    early = replace(series, timestamps=series.timestamps - 70 * 366 * 86_400 * 10**9)
    run = replay(replace(market, series={"AAA": early}), {0: [Place("AAA", BUY, 5, time_in_force="day")]})
    assert run.orders == [("filled", "")]
    assert [position.lots for position in run.result.positions] == [5]


@dataclass(frozen=True)
class Minimum:
    """A fee of which the minimum is more than a small sale brings."""

    def table(self, instrument):
        charge = Charge("commission", Decimal("0.001"), minimum=Decimal(300))
        return FeeSchedule("minimum", (charge,), "made up").table(instrument)


def test_a_cash_account_never_pays_more_for_a_sale_than_it_brings_and_there_is(small, replay):
    market = small({"AAA": [FLAT] * 6})
    venue = VenueModel(Minimum())
    run = replay(
        market,
        {0: [Place("AAA", BUY, 2)], 2: [Place("AAA", SELL, 2)]},
        venue=venue,
        capital="550",
    )
    assert run.orders == [("filled", ""), ("canceled", "insufficient_cash")]
    assert sum(amount for _, amount in run.cash) == 550_00 - 200_00 - 300_00

"""Breakouts, stops and exits on a venue, over bars that can be worked out by hand.

The channels are of 3 and 2 bars, the average true range is of 2 and stays 2.00, unless a test says otherwise.
"""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.ports import Cancel, Instrument, Place, Split
from plugins_strategy.donchian_breakout import DonchianBreakout, DonchianBreakoutOptions

pytestmark = pytest.mark.unit

# Highs 11, then a close at 12: wanted on day 3, bought at day 4's open at 12, so the stop is 12 - 2 x 2 = 8.
CALM = [(10, 11, 9, 10)] * 3
BREAKOUT = [*CALM, (10, 12, 10, 12)]
BOUGHT = [*BREAKOUT, (12, 13, 11, 12)]
QUIET = (12, 13, 11, 12)

BUY = (4, "AAA", "buy", 100, 12)


def breakout(**options):
    return DonchianBreakout(
        DonchianBreakoutOptions(**{"entry": 3, "exit": 2, "atr": 2, "stop_atrs": 2.0, **options})
    )


class Meddled(DonchianBreakout):
    """The strategy in an account in which somebody else places and cancels at one step."""

    def __init__(self, step, meddle):
        super().__init__(breakout().options)
        self.steps, self.step, self.meddle = 0, step, meddle

    def decide(self, bars, book):
        wanted = [*super().decide(bars, book)]
        self.steps += 1
        return wanted + (self.meddle(book) if self.steps == self.step + 1 else [])


def stops(run):
    return [
        (order.quantity, order.stop_price, order.status.value)
        for order in run.result.orders
        if order.request.type == "stop"
    ]


def test_the_stop_lies_two_true_ranges_below_the_price_paid_and_protects_it(small, replay):
    run = replay(small({"AAA": [*BOUGHT, QUIET, (9, 9, 7, 8)]}), breakout())
    assert run.fills == [BUY, (6, "AAA", "sell", 100, 8)]
    assert stops(run) == [(100, 8, "filled")]


def test_a_gap_below_the_stop_sells_at_the_open(small, replay):
    run = replay(small({"AAA": [*BOUGHT, QUIET, (7, 9, 7, 8)]}), breakout())
    assert run.fills == [BUY, (6, "AAA", "sell", 100, 7)]


def test_a_close_below_the_low_before_cancels_the_stop_and_sells(small, replay):
    # The lows of days 3 and 4 are 10 and 11.
    run = replay(small({"AAA": [*BOUGHT, (12, 12, 9.5, 9.5), (9.5, 10, 7, 7)]}), breakout())
    assert run.fills == [BUY, (6, "AAA", "sell", 100, Decimal("9.5"))]
    assert stops(run) == [(100, 8, "canceled")]
    assert [order.request.tag for order in run.result.orders] == ["new high", "protective stop", "new low"]


def test_a_close_at_the_low_before_is_no_exit(small, replay):
    run = replay(small({"AAA": [*BOUGHT, (12, 12, 10, 10), QUIET]}), breakout())
    assert run.fills == [BUY]


def test_a_close_at_the_high_before_is_no_breakout(small, replay):
    assert replay(small({"AAA": [*CALM, (10, 11, 9, 11), QUIET]}), breakout()).fills == []
    assert (
        replay(small({"AAA": [*CALM, (10, 11, 9, 11), (10, 11.5, 9, 11.01), QUIET]}), breakout()).fills != []
    )


def test_the_high_of_the_bar_itself_does_not_hide_its_breakout(small, replay):
    run = replay(small({"AAA": [*CALM, (10, 99, 10, 12), QUIET]}), breakout())
    assert run.fills == [BUY]


def test_it_enters_again_after_it_was_stopped_out(small, replay):
    bars = [*BOUGHT, (9, 9, 7, 8), (8, 9, 7, 8), (8, 9, 7, 8), (8, 14, 8, 14), (14, 15, 13, 14), QUIET]
    run = replay(small({"AAA": bars}), breakout())
    assert [fill[:3] for fill in run.fills] == [
        (4, "AAA", "buy"),
        (5, "AAA", "sell"),
        (9, "AAA", "buy"),
    ]


def test_a_split_rescales_the_stop_and_places_no_other(small, replay, day):
    bars = [*BOUGHT, (6, 6.5, 5.5, 6), (4.5, 4.5, 3.5, 4)]
    run = replay(small({"AAA": bars}, actions=[Split("AAA", day(5), 2, 1)]), breakout())
    assert run.fills == [BUY, (6, "AAA", "sell", 200, 4)]
    assert stops(run) == [(200, 4, "filled")]


def test_a_split_between_signal_and_purchase_counts_in_new_shares(small, replay, day):
    # The true ranges are 1 in new shares: 6 - 2 x 1 = 4.
    bars = [*BREAKOUT, (6, 6.5, 5.5, 6), (6, 6.5, 5.5, 6)]
    run = replay(small({"AAA": bars}, actions=[Split("AAA", day(4), 2, 1)]), breakout())
    assert run.fills == [(4, "AAA", "buy", 200, 6)]
    assert stops(run) == [(200, 4, "canceled")]


def test_the_stop_is_for_what_was_bought_and_not_for_what_was_wanted(small, replay):
    # The open is 13, so 1,250 pays for 96 of 100.
    run = replay(small({"AAA": [*BREAKOUT, (13, 14, 12, 13), (13, 14, 12, 13)]}), breakout(), capital="1250")
    assert run.fills == [(4, "AAA", "buy", 96, 13)]
    assert stops(run) == [(96, 9, "canceled")]


def test_fractions_of_a_share_are_guarded_too(small, replay):
    def fractional(symbol):
        return Instrument(symbol, lot=Decimal("0.01"))

    run = replay(
        small({"AAA": [*BREAKOUT, (13, 14, 12, 13)]}, instrument=fractional), breakout(), capital="1250"
    )
    assert stops(run) == [(Decimal("96.15"), 9, "canceled")]


def test_a_stop_is_never_below_one_tick(small, replay):
    run = replay(small({"AAA": [*BOUGHT, QUIET]}), breakout(stop_atrs=9))
    assert stops(run) == [(100, Decimal("0.01"), "canceled")]


def test_a_purchase_that_is_denied_leaves_nothing_to_guard(small, replay):
    run = replay(small({"AAA": [*BOUGHT, QUIET]}), breakout(), capital="100")
    assert run.orders == [("denied", "insufficient_cash")]


def test_shares_that_somebody_else_has_sold_are_not_guarded_any_longer(small, replay):
    selling = Meddled(5, lambda _: [Place("AAA", "sell", 40)])
    run = replay(small({"AAA": [*BOUGHT, QUIET, QUIET, (9, 9, 7, 8)]}), selling)
    assert run.fills == [BUY, (6, "AAA", "sell", 40, 12), (7, "AAA", "sell", 60, 8)]
    assert stops(run) == [(100, 8, "canceled"), (60, 8, "filled")]


def test_the_stop_goes_when_somebody_else_has_sold_everything(small, replay):
    selling = Meddled(5, lambda _: [Place("AAA", "sell", 100)])
    run = replay(small({"AAA": [*BOUGHT, QUIET, QUIET, QUIET]}), selling)
    assert stops(run) == [(100, 8, "canceled")]
    assert run.orders[1] == ("canceled", "canceled_by_strategy")


def test_a_stop_that_somebody_else_has_canceled_is_not_placed_again(small, replay):
    canceling = Meddled(5, lambda book: [Cancel(client_id) for client_id in book.orders])
    run = replay(small({"AAA": [*BOUGHT, QUIET, QUIET, QUIET]}), canceling)
    assert stops(run) == [(100, 8, "canceled")]


class Watched(DonchianBreakout):
    """The strategy, which also looks at what guards the shares before each decision."""

    def decide(self, bars, book):
        for symbol in bars:
            working = [order for order in book.orders.values() if order.symbol == symbol]
            stops = [order for order in working if order.request.type == "stop"]
            assert len(stops) <= 1
            assert sum(order.leaves for order in stops) <= max(0, book.lots(symbol))
        return super().decide(bars, book)


@st.composite
def wild_bars(draw):
    close = draw(st.integers(500, 2_000))
    up, down = draw(st.integers(0, 300)), draw(st.integers(0, 300))
    volume = draw(st.sampled_from([1_000, 1_000, 0]))
    return (*(price / 100 for price in (close, close + up, close - down, close)), volume)


@given(
    bars=st.lists(wild_bars(), min_size=8, max_size=40),
    when=st.integers(5, 30),
    ratio=st.sampled_from([(2, 1), (3, 2), (1, 7)]),
)
def test_no_share_is_ever_guarded_twice_or_sold_twice(small, replay, day, *, bars, when, ratio):
    market = small({"AAA": bars}, actions=[Split("AAA", day(when), *ratio)])
    run = replay(market, Watched(breakout(stop_atrs=1.0).options))
    assert "short_sale_not_allowed" not in {reason for _, reason in run.orders}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"stop_atrs": 0}, "greater than 0"),
        ({"stop_atrs": float("nan")}, "finite"),
        ({"entry": 0}, "equal to 1"),
    ],
)
def test_distances_without_a_meaning_are_refused(options, told):
    with pytest.raises(ValidationError, match=told):
        DonchianBreakoutOptions(**options)


def test_nothing_waits_for_its_stop_when_a_run_ends(small, replay):
    strategy = breakout()
    replay(small({"AAA": [*BOUGHT, QUIET]}), strategy)
    assert strategy.get_debug_info() == {"entries": {}}

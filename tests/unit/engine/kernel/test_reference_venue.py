"""The oracle's own cases, worked out by hand from docs/reference/matching.md: prices in ticks of one cent."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference_prices import square_root_share
from reference_programs import described, program_from_seed, programs
from reference_venue import CancelOrder, ReferenceVenue, ReplaceOrder, Submit

from app.domain.bars import Timeframe
from app.domain.events import Dividend, Split
from app.domain.instruments import Instrument
from app.domain.intents import OrderType, Side, TimeInForce
from app.domain.orders import OrderRequest
from app.engine.columns import BarSeries, MarketData
from app.engine.fees import BpsOfNotional
from app.engine.venue import (
    Account,
    AccountKind,
    Intrabar,
    LimitFill,
    Slippage,
    SlippageModel,
    VenueModel,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
LIMIT, STOP, TRAIL = OrderType.LIMIT, OrderType.STOP, OrderType.TRAILING_STOP
STOP_LIMIT, TOUCHED = OrderType.STOP_LIMIT, OrderType.LIMIT_IF_TOUCHED
ON_OPEN, ON_CLOSE = OrderType.MARKET_ON_OPEN, OrderType.MARKET_ON_CLOSE
FLAT = (10, 10, 10, 10)
CREDIT = Account(AccountKind.LEVERAGE, leverage=Decimal(1))


def day(number, timeframe=Timeframe.D1):
    return 18_262 * Timeframe.D1.nanoseconds + number * timeframe.nanoseconds


def series(symbol, rows, timeframe=Timeframe.D1):
    bars = [
        (day(number, timeframe), *row, *([100] if len(row) == 4 else []))
        for number, row in enumerate(rows)
        if row is not None
    ]
    starts, opens, highs, lows, closes, volumes = np.array(bars, np.int64).T.copy()
    flags = np.zeros(len(bars), np.uint8)
    return BarSeries(
        Instrument(symbol), timeframe, starts, opens, highs, lows, closes, volumes, flags, has_volume=True
    )


def run(rows, commands, *, capital=100_000, actions=(), bps="0", timeframe=Timeframe.D1, finer=None, **venue):
    """Run commands on bars of one symbol (a list) or several (a dict)."""
    bars = rows if isinstance(rows, dict) else {"AAA": rows}
    market = MarketData({name: series(name, own, timeframe) for name, own in bars.items()}, tuple(actions))
    model = VenueModel(BpsOfNotional(Decimal(bps)), **venue)
    return ReferenceVenue(market, model, capital, finer).run(commands)


def order(side, lots, kind=OrderType.MARKET, *, stop=None, limit=None, trail=None, symbol="AAA", **more):
    return OrderRequest(
        symbol, side, lots, kind, stop_ticks=stop, limit_ticks=limit, trail_ticks=trail, **more
    )


def asked(*requests):
    return {0: [Submit(request) for request in requests]}


def prices(outcome):
    """Return (step, order, signed lots, ticks) of every fill."""
    return [(fill.step, fill.number, fill.lots, fill.ticks) for fill in outcome.fills]


def test_a_market_order_fills_at_the_next_open_and_pays_a_rounded_fee():
    outcome = run([FLAT, (12, 14, 11, 13)], asked(order(BUY, 7)), bps="250")
    assert outcome.fills == [(1, 1, 7, 12, 84, 2, False)]  # 84 cents; 2.1 cents of fee
    assert (outcome.cash, outcome.positions) == (100_000 - 86, {"AAA": (7, 84, 0)})


def test_a_gap_through_a_stop_fills_at_the_open_and_a_range_through_it_at_the_stop():
    requests = asked(order(BUY, 1, STOP, stop=12), order(BUY, 1, STOP, stop=15))
    assert prices(run([FLAT, (13, 16, 12, 14)], requests)) == [(1, 1, 1, 13), (1, 2, 1, 15)]


@pytest.mark.parametrize(
    ("how", "filled"), [(LimitFill.THROUGH, [(1, 2, 1, 9)]), (LimitFill.TOUCH, [(1, 1, 1, 8), (1, 2, 1, 9)])]
)
def test_a_limit_at_the_low_fills_only_when_touch_is_enough(how, filled):
    requests = asked(order(BUY, 1, LIMIT, limit=8), order(BUY, 1, LIMIT, limit=9))
    assert prices(run([FLAT, (10, 10, 8, 9)], requests, limit_fill=how)) == filled


def test_a_stop_limit_with_its_limit_below_waits_for_the_close_and_then_rests():
    request = order(BUY, 1, STOP_LIMIT, stop=14, limit=12)
    # The first bar triggers it and closes above the limit; the second comes down through it.
    assert prices(run([FLAT, (10, 15, 9, 13), (13, 13, 11, 13)], asked(request))) == [(2, 1, 1, 12)]
    assert prices(run([FLAT, (10, 15, 9, 11)], asked(request))) == [(1, 1, 1, 12)]


def test_a_limit_if_touched_fills_at_the_touch_price_or_at_a_limit_below_it():
    requests = asked(order(BUY, 1, TOUCHED, stop=8, limit=9), order(BUY, 1, TOUCHED, stop=8, limit=7))
    assert prices(run([FLAT, (10, 10, 6, 9)], requests)) == [(1, 1, 1, 8), (1, 2, 1, 7)]


def test_a_trailing_stop_follows_the_highs_of_completed_bars_only():
    rows = [FLAT, (10, 10, 10, 10), (10, 20, 9, 19), (18, 19, 16, 17)]
    outcome = run(rows, {0: [Submit(order(BUY, 5))], 1: [Submit(order(SELL, 5, TRAIL, trail=3))]})
    # From the close of 10 it stands at 7, after the high of 20 at 17.
    assert prices(outcome) == [(1, 1, 5, 10), (3, 2, -5, 17)]


def test_volume_is_shared_in_the_order_of_fills_and_a_rest_goes_on():
    rows = [FLAT, (10, 10, 10, 10, 10), (11, 11, 11, 11, 10)]
    outcome = run(rows, asked(order(BUY, 4), order(BUY, 3)), max_volume_share=Decimal("0.5"))
    assert prices(outcome) == [(1, 1, 4, 10), (1, 2, 1, 10), (2, 2, 2, 11)]


def test_a_bar_without_volume_fills_nothing_and_ends_what_is_for_at_once():
    now = order(BUY, 1, time_in_force=TimeInForce.IOC)
    outcome = run([FLAT, (10, 20, 5, 10, 0), (11, 11, 11, 11)], asked(order(BUY, 1), now))
    assert outcome.orders == [("filled", "", 1), ("expired", "time_in_force", 0)]
    assert prices(outcome) == [(2, 1, 1, 11)]


def test_fill_or_kill_takes_all_or_nothing_where_immediate_or_cancel_takes_a_part():
    rows = [FLAT, (10, 10, 10, 10, 10)]
    kill = order(BUY, 6, time_in_force=TimeInForce.FOK)
    now = order(BUY, 6, time_in_force=TimeInForce.IOC)
    outcome = run(rows, asked(kill, now), max_volume_share=Decimal("0.5"))
    assert outcome.orders == [("expired", "time_in_force", 0), ("expired", "time_in_force", 5)]


def test_the_cash_account_cuts_a_purchase_to_its_cash_and_a_sale_to_its_shares():
    rows = [FLAT, (12, 12, 12, 12), FLAT]
    outcome = run(rows, {0: [Submit(order(BUY, 10))], 1: [Submit(order(SELL, 20))]}, capital=100, bps="100")
    # Eight cost 96 and a fee of 0.96, nine would cost 108.
    assert prices(outcome) == [(1, 1, 8, 12), (2, 2, -8, 10)]
    assert [reason for _, reason, _ in outcome.orders] == ["insufficient_cash", "short_sale_not_allowed"]


def bracketed(**policy):
    legs = (
        order(SELL, 5, STOP, stop=8, group="exit", reduce_only=True),
        order(SELL, 5, LIMIT, limit=15, group="exit", reduce_only=True),
    )
    rows = [FLAT, (10, 16, 7, 9)]
    return run(rows, asked(order(BUY, 5, then=legs)), **policy)


@pytest.mark.parametrize(
    ("policy", "filled"),
    [
        (Intrabar.WORST, (1, 2, -5, 8)),
        (Intrabar.BEST, (1, 3, -5, 15)),
        (Intrabar.NEARER_FIRST, (1, 2, -5, 8)),
        (Intrabar.OHLC, (1, 2, -5, 8)),
        (Intrabar.FINER_BARS, (1, 2, -5, 8)),
    ],
)
def test_a_bracket_whose_legs_are_both_in_the_bar_of_its_entry_fills_by_the_policy(policy, filled):
    outcome = bracketed(intrabar=policy)
    assert prices(outcome) == [(1, 1, 5, 10), filled]
    assert [fill.ambiguous for fill in outcome.fills] == [False, True]
    assert sorted(outcome.orders[1:]) == [("canceled", "group_done", 0), ("filled", "", 5)]


def test_finer_bars_tell_which_leg_came_first():
    hours = [FLAT] * 24 + [(10, 12, 9, 12), (12, 16, 12, 15), (15, 15, 7, 9)]
    finer = {"AAA": series("AAA", hours, Timeframe.H1)}
    outcome = bracketed(intrabar=Intrabar.FINER_BARS, finer=finer)
    assert prices(outcome)[1] == (1, 3, -5, 15)


def test_an_entry_inside_the_bar_arms_only_the_leg_in_the_direction_of_travel():
    legs = (order(SELL, 5, STOP, stop=8, group="exit"), order(SELL, 5, LIMIT, limit=15, group="exit"))
    falling = run([FLAT, (11, 16, 7, 12)], asked(order(BUY, 5, LIMIT, limit=9, then=legs)))
    assert prices(falling) == [(1, 1, 5, 9), (1, 2, -5, 8)]
    rising = run([FLAT, (11, 16, 7, 12)], asked(order(BUY, 5, STOP, stop=13, then=legs)))
    assert prices(rising) == [(1, 1, 5, 13), (1, 3, -5, 15)]
    assert not any(fill.ambiguous for fill in (*falling.fills, *rising.fills))


def test_a_child_is_active_for_what_its_parent_filled_and_is_cut_when_the_parent_ends():
    rows = [FLAT, (10, 10, 10, 10, 8), (10, 20, 10, 20, 100), (20, 20, 20, 20, 100)]
    leg = order(SELL, 10, LIMIT, limit=15)
    commands = {0: [Submit(order(BUY, 10, then=(leg,)))], 1: [CancelOrder(1)]}
    outcome = run(rows, commands, max_volume_share=Decimal("0.5"))
    assert prices(outcome) == [(1, 1, 4, 10), (2, 2, -4, 15)]
    assert outcome.orders == [("canceled", "canceled_by_strategy", 4), ("filled", "", 4)]


def test_an_order_for_the_open_or_the_close_waits_for_its_session_and_expires_with_it():
    rows = [(10, 10, 10, 10)] * 22 + [(11, 11, 11, 11), (12, 13, 12, 13), (14, 15, 14, 15)]
    requests = [order(BUY, 1, kind, time_in_force=TimeInForce.DAY) for kind in (ON_OPEN, ON_CLOSE)]
    outcome = run(rows, {21: [Submit(request) for request in requests]}, timeframe=Timeframe.H1)
    assert prices(outcome) == [(23, 2, 1, 13), (24, 1, 1, 14)]


def test_a_moment_in_the_middle_of_a_bar_still_lets_the_order_work_in_it():
    at = day(2) + Timeframe.D1.nanoseconds // 3
    request = order(BUY, 1, LIMIT, limit=8, time_in_force=TimeInForce.GTD, expires_at=at)
    assert prices(run([FLAT, FLAT, (10, 10, 7, 9)], asked(request))) == [(2, 1, 1, 8)]
    late = run([FLAT, FLAT, FLAT, (10, 10, 7, 9)], asked(request))
    assert late.orders == [("expired", "time_in_force", 0)]


def test_a_replacement_acts_at_once_and_keeps_the_place():
    commands = {
        **asked(order(BUY, 5, LIMIT, limit=5), order(BUY, 1, LIMIT, limit=5)),
        1: [ReplaceOrder(1, lots=3, limit_ticks=9), ReplaceOrder(2, lots=0)],
    }
    outcome = run([FLAT, FLAT, (10, 10, 8, 10)], commands)
    assert prices(outcome) == [(2, 1, 3, 9)]
    assert outcome.orders[1] == ("canceled", "replaced_below_filled", 0)


@pytest.mark.parametrize(
    ("slippage", "expected"),
    [
        (Slippage(SlippageModel.FIXED_TICKS, Decimal(2)), [102, 98, 101]),
        (Slippage(SlippageModel.FIXED_BPS, Decimal(150)), [102, 98, 101]),
        (Slippage(SlippageModel.VOLUME_SHARE, Decimal(20)), [102, 98, 101]),
    ],
)
def test_slippage_is_rounded_against_the_order_and_stops_at_the_limit(slippage, expected):
    rows = [(100, 100, 100, 100), (100, 100, 100, 100)]
    requests = (order(BUY, 10), order(SELL, 10), order(BUY, 10, LIMIT, limit=101))
    outcome = run(rows, asked(*requests), slippage=slippage, account=CREDIT)
    assert [fill.ticks for fill in outcome.fills] == expected


def test_the_square_root_impact_is_exact_where_the_root_is():
    assert square_root_share(Decimal(1), Decimal("0.02"), 25, 10_000) == Fraction(1, 1_000)
    assert square_root_share(Decimal(1), Decimal("0.02"), 25, 0) == 0


def test_a_split_rescales_what_is_held_and_what_waits_and_a_dividend_pays_the_holder():
    rows = [(30, 30, 30, 30)] * 3 + [(20, 21, 16, 20), (20, 20, 20, 20)]
    actions = [Split("AAA", day(3), 3, 2), Dividend("AAA", day(4), day(4), Decimal("0.015"), "USD")]
    commands = {**asked(order(BUY, 7)), 1: [Submit(order(SELL, 7, STOP, stop=25))], 2: [CancelOrder(9)]}
    outcome = run(rows, commands, actions=actions)
    # Half a new share of 20 is paid and takes 1/21 of the cost of 210; the stop of 25 becomes 17 for 10.
    assert prices(outcome) == [(1, 1, 7, 30), (3, 2, -10, 17)]
    assert outcome.cash == 100_000 - 210 + 10 + 170
    kept = run(rows, asked(order(BUY, 7)), actions=actions)
    assert kept.positions["AAA"] == (10, 200, 0)
    assert kept.cash == 100_000 - 210 + 10 + 15


def test_a_margin_call_cancels_what_does_not_reduce_and_closes_the_largest_position_first():
    flat, fell = (100, 100, 100, 100), (100, 100, 60, 60)
    rows = {"AAA": [flat, flat, fell, (60, 60, 60, 60)], "BBB": [flat, flat, flat, flat]}
    requests = (order(BUY, 10), order(BUY, 5, symbol="BBB"), order(BUY, 1, LIMIT, limit=1))
    outcome = run(rows, asked(*requests), capital=600, account=Account(AccountKind.REG_T))
    # Equity 600 - 400 = 200; the margin of 600 and 500 is 275, of the 500 that stay 125.
    assert prices(outcome)[2:] == [(3, 4, -10, 60)]
    assert outcome.orders[2] == ("canceled", "margin_call", 0)


def test_an_order_waits_for_a_bar_that_starts_when_every_bar_seen_has_ended():
    noon = Timeframe.D1.nanoseconds // 2
    late = series("BBB", [FLAT, FLAT, FLAT])
    shifted = BarSeries(**{**vars(late), "timestamps": late.timestamps + noon})
    market = MarketData({"AAA": series("AAA", [FLAT, (11, 11, 11, 11), (12, 12, 12, 12)]), "BBB": shifted})
    venue = VenueModel(BpsOfNotional(Decimal(0)))
    outcome = ReferenceVenue(market, venue, 1_000).run({1: [Submit(order(BUY, 1))]})
    # Made when BBB's first bar is seen, which lasts into the second day of AAA.
    assert prices(outcome) == [(4, 1, 1, 12)]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_program_leaves_an_account_that_adds_up(data):
    program = data.draw(programs(finer=True))
    venue = ReferenceVenue(program.market, program.venue, program.capital, program.finer)
    outcome = venue.run(program.commands)
    paid = sum(fill.fee for fill in outcome.fills)
    dividends = outcome.cash - program.capital + paid
    dividends += sum(cost - realised for _, cost, realised in outcome.positions.values())
    pays = any(isinstance(action, Dividend) for action in program.market.actions)
    assert pays or dividends == 0
    assert min((fill.fee for fill in outcome.fills), default=0) >= 0
    for number, (status, _, filled) in enumerate(outcome.orders, start=1):
        assert sum(abs(fill.lots) for fill in outcome.fills if fill.number == number) == filled
        assert status in {"filled", "canceled", "expired"}


def test_a_seed_always_gives_the_same_program():
    assert described(program_from_seed(7)) == described(program_from_seed(7))
    assert described(program_from_seed(7)) != described(program_from_seed(8))

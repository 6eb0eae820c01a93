"""What strategies that decide by prices promise: patience, no hindsight, no memory outside their state."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ports import Split
from plugins_strategy.bollinger_reversion import BollingerReversion, BollingerReversionOptions
from plugins_strategy.donchian_breakout import DonchianBreakout, DonchianBreakoutOptions
from plugins_strategy.macd_trend import MacdTrend, MacdTrendOptions
from plugins_strategy.pairs import Pairs, PairsOptions
from plugins_strategy.rsi_reversion import RsiReversion, RsiReversionOptions

pytestmark = pytest.mark.unit

# Each strategy, with lengths short enough to act on few bars, and the first step at which it may.
STRATEGIES = {
    "rsi_reversion": (lambda: RsiReversion(RsiReversionOptions(length=2, allow_short=True)), 3),
    "bollinger_reversion": (
        lambda: BollingerReversion(BollingerReversionOptions(length=4, deviations=1.2)),
        3,
    ),
    "donchian_breakout": (lambda: DonchianBreakout(DonchianBreakoutOptions(entry=3, exit=2, atr=2)), 3),
    "macd_trend": (lambda: MacdTrend(MacdTrendOptions(fast=2, slow=3, smoothing=2)), 4),
    "pairs": (lambda: Pairs(PairsOptions(window=10, entry=1.5)), 9),
}
every_strategy = pytest.mark.parametrize(("make", "warm"), STRATEGIES.values(), ids=STRATEGIES)


@st.composite
def bars(draw):
    """Return the open, high, low and close of one bar, in whole cents."""
    close, up, down = draw(st.integers(500, 1_500)), draw(st.integers(0, 200)), draw(st.integers(0, 200))
    return tuple(price / 100 for price in (close, close + up, close - down, close))


def rows(least, most):
    """Return bars of two symbols, of which the second misses some."""
    return st.lists(st.tuples(bars(), st.one_of(bars(), bars(), st.none())), min_size=least, max_size=most)


def columns(found):
    first, second = zip(*found, strict=True)
    return {"AAA": first, "BBB": second} if any(second) else {"AAA": first}


@every_strategy
@given(found=rows(2, 30))
def test_nothing_is_wanted_before_the_warm_up_is_over(small, asked, *, make, warm, found):
    assert all(step >= warm for step, _ in asked(make(), small(columns(found))))


@every_strategy
@given(found=rows(12, 40), data=st.data())
def test_later_bars_change_no_decision(small, asked, *, make, warm, found, data):
    until = data.draw(st.integers(2, len(found)))
    whole = asked(make(), small(columns(found)))
    part = asked(make(), small(columns(found[:until])))
    assert part == [(step, targets) for step, targets in whole if step < until]


@every_strategy
@given(found=rows(10, 40))
def test_a_strategy_made_anew_before_each_bar_decides_the_same(
    small, replay, restarted, *, make, warm, found
):
    market = small(columns(found))
    once, often = replay(market, make()), replay(market, restarted(make()))
    assert often.result.state_hash == once.result.state_hash


@every_strategy
def test_two_instances_share_no_memory(small, asked, *, make, warm):
    before = make().get_debug_info()
    asked(make(), small({"AAA": [5, 4, 3, 9, 8, 1, 9, 5] * 3, "BBB": [5, 6, 3, 8, 8, 2, 9, 7] * 3}))
    assert make().get_debug_info() == before


@every_strategy
@given(cents=st.integers(1, 5_000), other=st.integers(1, 5_000))
def test_a_price_at_rest_is_no_signal_and_neither_is_its_split(
    small, asked, day, *, make, warm, cents, other
):
    market = small(
        {
            "AAA": [*[3 * cents / 100] * 20, *[cents / 100] * 20],
            "BBB": [*[3 * other / 100] * 25, *[other / 100] * 15],
        },
        actions=[Split("AAA", day(20), 3, 1), Split("BBB", day(25), 3, 1)],
    )
    assert asked(make(), market) == []

"""Crossings of two averages, against exact fractions."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.errors import PluginError
from app.ports import Split, Target
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

pytestmark = pytest.mark.unit

ABOVE, BELOW = (
    Target("AAA", signal=signal, tag=f"crossed {tag}") for signal, tag in ((1, "above"), (0, "below"))
)


def crossing(fast, slow):
    return SmaCross(SmaCrossOptions(fast=fast, slow=slow))


def exact_signals(closes, fast, slow):
    """Return (step, signal) of each crossing, worked out with fractions."""
    signals, before = [], None
    for step in range(slow - 1, len(closes)):
        window = [Fraction(close) for close in closes[: step + 1]]
        spread = sum(window[-fast:]) / fast - sum(window[-slow:]) / slow
        if before is not None and before <= 0 < spread:
            signals.append((step, 1))
        elif before is not None and before >= 0 > spread:
            signals.append((step, 0))
        before = spread
    return signals


# A running sum keeps the errors of the largest price that it has seen: some hundreds to one, they are noise.
ticks = st.integers(100, 20_000)


@given(st.integers(1, 4), st.integers(1, 5), st.lists(ticks, min_size=2, max_size=30))
def test_it_signals_exactly_at_the_crossings(small, asked, fast, more, prices):
    slow = fast + more
    market = small({"AAA": [price / 100 for price in prices]})
    found = [(step, target.signal) for step, (target,) in asked(crossing(fast, slow), market)]
    assert found == exact_signals(prices, fast, slow)


def test_it_enters_when_the_fast_average_crosses_above_and_leaves_when_below(small, asked):
    market = small({"AAA": [10, 9, 8, 9, 12, 12, 8, 5]})
    assert asked(crossing(1, 2), market) == [(3, [ABOVE]), (6, [BELOW])]


@pytest.mark.parametrize("prices", [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]], ids=["above", "below"])
def test_a_level_that_holds_on_the_first_valid_bar_is_no_signal(small, asked, prices):
    assert asked(crossing(1, 2), small({"AAA": prices})) == []


def test_averages_that_touch_and_part_again_are_a_crossing_from_the_touch(small, asked):
    # Spreads: 0 (equal), then above; and from above through 0 to below.
    assert asked(crossing(1, 2), small({"AAA": [5, 5, 6]})) == [(2, [ABOVE])]
    assert asked(crossing(1, 2), small({"AAA": [5, 6, 6, 5]})) == [(3, [BELOW])]


def test_a_price_that_comes_to_rest_is_no_signal(small, asked):
    # The float sums of these averages end apart in their last digits; the averages themselves are equal.
    market = small({"AAA": [0.07, 0.11, 0.1, 12.34, 3.3, 7.77, *[8.81] * 12]})
    assert asked(crossing(3, 7), market) == exact_targets(market, 3, 7)


def exact_targets(market, fast, slow):
    closes = market.series["AAA"].closes.tolist()
    return [(step, [ABOVE if signal else BELOW]) for step, signal in exact_signals(closes, fast, slow)]


@given(st.lists(st.integers(1, 2_000), min_size=8, max_size=20))
def test_prices_that_come_to_rest_are_no_signal(small, asked, prices):
    market = small({"AAA": [price / 100 for price in [*prices, *[prices[-1]] * 8]]})
    assert asked(crossing(3, 7), market) == exact_targets(market, 3, 7)


def test_a_split_is_no_crossing(small, asked, day):
    even = small({"AAA": [30, 30, 30, 10, 10, 10]}, actions=[Split("AAA", day(3), 3, 1)])
    crash = small({"AAA": [30, 30, 30, 10, 10, 10]})
    assert asked(crossing(1, 3), even) == []
    assert asked(crossing(1, 3), crash) != []


def test_symbols_are_followed_each_by_themselves_at_their_own_bars(small, asked):
    market = small({"AAA": [3, 2, None, 4, 4], "BBB": [2, 3, 2, 1, None]})
    found = [
        (step, [(each.symbol, each.signal) for each in targets])
        for step, targets in asked(crossing(1, 2), market)
    ]
    assert found == [(2, [("BBB", 0)]), (3, [("AAA", 1)])]


@pytest.mark.parametrize(
    ("fast", "slow", "told"),
    [
        (20, 20, r"fast \(20\) must be smaller than slow \(20\)"),
        (30, 20, r"fast \(30\) must be smaller than slow \(20\)"),
        (0, 20, "greater than or equal to 1"),
        (1, 1, "greater than or equal to 2"),
        ("x", 20, "valid integer"),
        (2.5, 20, "valid integer"),
    ],
)
def test_lengths_without_a_meaning_are_refused(fast, slow, told):
    with pytest.raises(ValidationError, match=told):
        SmaCrossOptions(fast=fast, slow=slow)


def test_a_parameter_that_breaks_the_order_of_the_lengths_is_refused():
    strategy = SmaCross()
    with pytest.raises(PluginError, match=r"SmaCross: .*fast \(100\) must be smaller than slow \(100\)"):
        strategy.set_params(fast=100)
    assert (strategy.options.fast, strategy.options.slow) == (20, 100)
    strategy.set_params(fast=100, slow=200)
    assert strategy.indicators()["slow"].warmup == 200


def test_the_defaults_and_what_can_be_watched_are_documented():
    assert SmaCross.plugin_params == {"fast": 20, "slow": 100, "stop_percent": 0}
    assert SmaCross().get_debug_info() == {"signals": 0, "spread": {}}


def test_debug_information_shows_signals_and_the_last_spread(small, asked):
    strategy = crossing(1, 2)
    asked(strategy, small({"AAA": [3, 2, 4]}))
    assert strategy.get_debug_info() == {"signals": 1, "spread": {"AAA": 1.0}}


@given(st.lists(ticks, min_size=2, max_size=20), st.data())
def test_it_goes_on_from_a_snapshot_as_if_it_had_never_stopped(small, asked, prices, data):
    market = small({"AAA": [price / 100 for price in prices], "BBB": [1 / 100] * len(prices)})
    stop = data.draw(st.integers(0, len(prices)))
    whole = asked(crossing(1, 3), market)
    first, second = crossing(1, 3), crossing(1, 3)
    before = asked(first, market, range(stop))
    snapshot = msgspec.msgpack.encode(first.state)
    second.state = msgspec.msgpack.decode(snapshot, type=SmaCross.State)
    assert before + asked(second, market, range(stop, len(prices))) == whole

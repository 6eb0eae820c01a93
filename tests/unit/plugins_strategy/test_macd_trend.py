"""Crossings of the MACD line and its signal, by hand and against exact fractions."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.ports import Target
from plugins_strategy.macd_trend import MacdTrend, MacdTrendOptions

pytestmark = pytest.mark.unit

ABOVE = Target("AAA", signal=1, tag="MACD above its signal")
BELOW = Target("AAA", signal=0, tag="MACD below its signal")

# With lengths 1, 2 and 2: averages of two 12, 10, 10, 12, 12, 14 from the second bar on, so MACD is
# 0, -1, 0, 1, 0, 1 and its signal, from the third, -1/2, -1/6, 11/18, 11/54, 119/162.
PRICES = [12, 12, 9, 10, 13, 12, 15]


def trend(fast=1, slow=2, smoothing=2, **options):
    return MacdTrend(MacdTrendOptions(fast=fast, slow=slow, smoothing=smoothing, **options))


def averages(values, length):
    """Return the exponential averages from the first full one on, exactly."""
    mean = sum(values[:length]) / Fraction(length)
    found = [mean]
    for value in values[length:]:
        mean += (value - mean) * Fraction(2, length + 1)
        found.append(mean)
    return found


def exact_signals(prices, fast, slow, smoothing):
    """Return (step, signal) of each crossing, worked out with fractions; the fast average starts late."""
    short = averages(prices[slow - fast :], fast)
    macd = [a - b for a, b in zip(short, averages(prices, slow), strict=True)]
    spreads = [a - b for a, b in zip(macd[smoothing - 1 :], averages(macd, smoothing), strict=True)]
    signals = []
    for step, (before, now) in enumerate(pairwise(spreads), slow + smoothing - 1):
        if before <= 0 < now:
            signals.append((step, 1))
        elif before >= 0 > now:
            signals.append((step, 0))
    return signals


def test_it_enters_when_macd_crosses_above_its_signal_and_leaves_when_below(small, asked):
    assert asked(trend(), small({"AAA": PRICES})) == [(3, [ABOVE]), (5, [BELOW]), (6, [ABOVE])]


def test_a_crossing_that_is_not_above_zero_can_be_refused(small, asked):
    # MACD is 0 at the first crossing and 1 at the last.
    assert asked(trend(above_zero=True), small({"AAA": PRICES})) == [(5, [BELOW]), (6, [ABOVE])]


@given(
    fast=st.integers(1, 3),
    more=st.integers(1, 3),
    smoothing=st.integers(2, 3),
    prices=st.lists(st.integers(1, 500), min_size=9, max_size=25),
)
def test_it_signals_exactly_at_the_crossings(small, asked, *, fast, more, smoothing, prices):
    slow = fast + more
    market = small({"AAA": [price / 100 for price in prices]})
    found = [(step, target.signal) for step, (target,) in asked(trend(fast, slow, smoothing), market)]
    assert found == exact_signals([Fraction(price) for price in prices], fast, slow, smoothing)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"fast": 26}, r"fast \(26\) must be smaller than slow \(26\)"),
        ({"smoothing": 1}, "greater than or equal to 2"),
        ({"fast": 0}, "greater than or equal to 1"),
    ],
)
def test_lengths_without_a_meaning_are_refused(options, told):
    with pytest.raises(ValidationError, match=told):
        MacdTrendOptions(**options)


def test_the_histogram_can_be_watched(small, asked):
    strategy = trend()
    asked(strategy, small({"AAA": PRICES[:3]}))
    assert strategy.get_debug_info() == {"histogram": {"AAA": pytest.approx(-0.5)}}

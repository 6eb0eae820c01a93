"""Buy and hold, against a loop over days."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.benchmark import buy_and_hold
from app.domain.events import CorporateAction, Dividend, Split

pytestmark = pytest.mark.unit

Prices = dict[str, tuple[np.ndarray, np.ndarray]]
DAYS = 12


def column(*values: float) -> np.ndarray:
    return np.array(values, np.float64)


def naive(prices: Prices, actions: list[CorporateAction], times: list[int], capital: float) -> list[float]:
    """Walk through every moment and keep shares and cash of each symbol."""
    cash = {symbol: capital / len(prices) for symbol in prices}
    shares = dict.fromkeys(prices, 0.0)
    last = dict.fromkeys(prices, 0.0)
    bought: set[str] = set()
    pending = sorted(actions, key=lambda action: (action.ex_time, isinstance(action, Dividend)))
    values = {}
    for now in range(-2, DAYS + 3):
        for symbol, (stamps, closes) in prices.items():
            if now not in stamps:
                continue
            for action in [action for action in pending if action.symbol == symbol and action.ex_time <= now]:
                pending.remove(action)
                if symbol in bought and isinstance(action, Split):
                    shares[symbol] *= action.numerator / action.denominator
                elif symbol in bought and isinstance(action, Dividend):
                    cash[symbol] += shares[symbol] * float(action.amount)
            last[symbol] = closes[list(stamps).index(now)]
            if symbol not in bought:
                bought.add(symbol)
                shares[symbol], cash[symbol] = cash[symbol] / last[symbol], 0.0
        values[now] = sum(cash.values()) + sum(shares[symbol] * last[symbol] for symbol in prices)
    return [values[time] for time in times]


@st.composite
def markets(draw: st.DrawFn) -> Prices:
    prices: Prices = {}
    for symbol in draw(st.sampled_from([["A"], ["A", "B"], ["A", "B", "C"]])):
        days = sorted(draw(st.sets(st.integers(0, DAYS), min_size=1)))
        closes = draw(st.lists(st.integers(1, 10_000).map(float), min_size=len(days), max_size=len(days)))
        prices[symbol] = (np.array(days, np.int64), column(*closes))
    return prices


symbols = st.sampled_from(["A", "B", "C"])
moments = st.integers(-1, DAYS + 1)
splits = st.builds(Split, symbols, moments, st.integers(1, 5), st.integers(1, 5))
dividends = st.builds(
    lambda symbol, time, cents: Dividend(symbol, time, time, Decimal(cents) / 100, "USD"),
    symbols,
    moments,
    st.integers(1, 500),
)


@given(
    markets(),
    st.lists(splits | dividends, max_size=8),
    st.lists(st.integers(-2, DAYS + 2), min_size=1).map(sorted),
)
def test_the_value_is_that_of_a_loop_over_days(
    prices: Prices, actions: list[CorporateAction], times: list[int]
) -> None:
    value = buy_and_hold(prices, actions, np.array(times, np.int64), 1_000.0)
    assert value == pytest.approx(naive(prices, actions, times, 1_000.0), rel=1e-9)


def test_each_symbol_gets_its_part_at_its_first_close_and_idles_before() -> None:
    prices = {"A": (np.array([0, 1, 2]), column(10, 20, 20)), "B": (np.array([1, 2]), column(5, 10))}
    value = buy_and_hold(prices, [], np.array([-1, 0, 1, 2]), 100.0)
    assert value.tolist() == [100, 100, 150, 200]


def test_a_split_does_not_look_like_a_crash_and_a_dividend_is_kept() -> None:
    prices = {"A": (np.array([0, 1, 2]), column(10, 5, 5))}
    actions = [Split("A", 1, 2, 1), Dividend("A", 2, 2, Decimal("0.50"), "USD")]
    assert buy_and_hold(prices, actions, np.array([0, 1, 2]), 100.0).tolist() == [100, 100, 110]


def test_without_symbols_the_capital_idles() -> None:
    assert buy_and_hold({}, [], np.array([0, 1]), 100.0).tolist() == [100, 100]


def test_a_symbol_without_bars_idles() -> None:
    empty = (np.array([], np.int64), column())
    assert buy_and_hold({"A": empty}, [], np.array([0]), 100.0).tolist() == [100]

"""Random small markets: several symbols with gaps, bars without volume, splits and dividends."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from app.ports import CorporateAction, Dividend, Split

SYMBOLS = ("AAA", "BBB")

cents = st.integers(1, 4_000)


@st.composite
def bar(draw: DrawFn) -> tuple[Any, ...] | None:
    """Draw a consistent bar, or none for a period in which the symbol does not trade."""
    if draw(st.integers(0, 5)) == 0:
        return None
    open_, close = draw(cents), draw(cents)
    above, below = draw(st.integers(0, 200)), draw(st.integers(0, 200))
    prices = (open_, max(open_, close) + above, max(1, min(open_, close) - below), close)
    return (*(Decimal(price).scaleb(-2) for price in prices), draw(st.sampled_from([0, 500, 500])))


@st.composite
def market_parts(
    draw: DrawFn, day: Callable[[int], int]
) -> tuple[Mapping[str, Sequence[Any]], tuple[CorporateAction, ...]]:
    """Draw the bars of each symbol and the corporate actions, as `small` takes them."""
    periods = draw(st.integers(3, 12))
    bars = {}
    for symbol in SYMBOLS:
        rows = draw(st.lists(bar(), min_size=periods, max_size=periods))
        # A market has at least one bar of each of its symbols.
        rows[draw(st.integers(0, periods - 1))] = (10, 11, 9, 10, 500)
        bars[symbol] = rows
    days = st.integers(0, periods - 1)
    ratio = st.integers(1, 5)
    actions: list[CorporateAction] = [
        Split(draw(st.sampled_from(SYMBOLS)), day(draw(days)), draw(ratio), draw(ratio))
        for _ in range(draw(st.integers(0, 3)))
    ]
    for _ in range(draw(st.integers(0, 2))):
        ex_day = draw(days)
        amount = Decimal(draw(st.integers(0, 20_000))).scaleb(-4)
        paid = day(ex_day + draw(st.integers(0, 2)))
        actions.append(Dividend(draw(st.sampled_from(SYMBOLS)), day(ex_day), paid, amount, "USD"))
    return bars, tuple(actions)


@pytest.fixture(scope="session")
def markets(day: Callable[[int], int]) -> SearchStrategy:
    """The strategy that draws (bars, actions) of a random small market."""
    return market_parts(day)

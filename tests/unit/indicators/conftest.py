"""Bars to compute indicators of: whole markets as named columns."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from hypothesis import strategies as st

from app.indicators.base import Float64, Indicator

Market = Mapping[str, Float64]


def random_market(rows: int = 700, seed: int = 7, price: float = 100.0) -> Market:
    """Return a market that wanders by about one percent a bar, in cents, seven bars to a day."""
    rng = np.random.default_rng(seed)
    closes = price * np.exp(np.cumsum(rng.normal(0, 0.01, rows)))
    opens = closes * (1 + rng.normal(0, 0.005, rows))
    highs = np.maximum(opens, closes) * (1 + np.abs(rng.normal(0, 0.004, rows)))
    lows = np.minimum(opens, closes) * (1 - np.abs(rng.normal(0, 0.004, rows)))
    prices = {"opens": opens, "highs": highs, "lows": lows, "closes": closes}
    market = {name: np.round(column, 2) for name, column in prices.items()}
    market["volumes"] = rng.integers(0, 10**6, rows).astype(np.float64)
    market["days"] = 18_262.0 + np.arange(rows) // 7
    return market


def flat_market(price: float = 0.1, volume: float = 0.0, rows: int = 120) -> Market:
    """Return a market of one price."""
    columns = {name: np.full(rows, price) for name in ("opens", "highs", "lows", "closes")}
    return {**columns, "volumes": np.full(rows, volume), "days": np.arange(rows) // 7 * 1.0}


def of_market(indicator: Indicator, market: Market) -> Float64:
    """Return an indicator's results over a market, of shape (outputs, rows)."""
    return np.atleast_2d(np.array(indicator.over(*(market[name] for name in indicator.columns))))


cents = st.one_of(st.integers(1, 10**7), st.integers(98, 102))
bars = st.tuples(cents, cents, cents, cents, st.one_of(st.just(0), st.integers(0, 10**7)))


@st.composite
def drawn_markets(draw: st.DrawFn, least: int = 0, most: int = 40) -> Market:
    """Draw a market of any bars: prices jump, stand still and repeat, volumes are often zero."""
    rows = draw(st.lists(bars, min_size=least, max_size=most))
    columns = np.array([(row[0], max(row[:4]), min(row[:4]), row[3]) for row in rows], np.float64)
    market = dict(zip(("opens", "highs", "lows", "closes"), columns.reshape(-1, 4).T / 100, strict=True))
    market["volumes"] = np.array([row[4] for row in rows], np.float64)
    market["days"] = np.arange(len(rows)) // 5 * 1.0
    return market


@pytest.fixture(scope="session")
def markets() -> Callable[..., st.SearchStrategy[Market]]:
    """Give `markets(least, most)`: Hypothesis draws markets of so many bars."""
    return drawn_markets


@pytest.fixture(scope="session")
def wandering() -> Callable[..., Market]:
    """Give `wandering(rows, seed, price)`, a random market that is the same every time."""
    return random_market


@pytest.fixture(scope="session")
def flat() -> Callable[..., Market]:
    """Give `flat(price, volume, rows)`, a market of one price."""
    return flat_market


@pytest.fixture(scope="session")
def results() -> Callable[[Indicator, Market], Float64]:
    """Give `results(indicator, market)`, an array of shape (outputs, rows)."""
    return of_market

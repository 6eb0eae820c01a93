"""Indicators compared with their formula, written down naively with NumPy and all at once."""

import numpy as np
import pytest

from app.indicators.catalogue import (
    HMA,
    VWAP,
    Aroon,
    Beta,
    BollingerBands,
    Correlation,
    DonchianChannels,
    ForceIndex,
    Ichimoku,
    KeltnerChannels,
    LinearRegression,
    SessionVWAP,
    Supertrend,
    ZScore,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]


def windows(column, length):
    return np.lib.stride_tricks.sliding_window_view(column, length)


def recursive(column, first, weight, seed):
    """Return a recursive mean that is `seed` at row `first`, NaN before."""
    mean = np.full(len(column), np.nan)
    mean[first] = seed
    for row in range(first + 1, len(column)):
        mean[row] = weight * column[row] + (1 - weight) * mean[row - 1]
    return mean


def typical(market):
    return (market["highs"] + market["lows"] + market["closes"]) / 3


def average_true_range(market, length):
    before = market["closes"][:-1]
    high, low = np.maximum(market["highs"][1:], before), np.minimum(market["lows"][1:], before)
    reach = np.concatenate(([np.nan], high - low))
    return recursive(reach, length, 1 / length, reach[1 : length + 1].mean())


def agree(got, expected):
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-9 * np.nanmax(np.abs(expected)))


@pytest.fixture
def market(wandering):
    return wandering(400)


@pytest.mark.parametrize("length", [4, 9, 16, 21])
def test_hull_average(length, market, results):
    def weighted(column, size):
        weights = np.arange(1, size + 1)
        return np.concatenate(
            (np.full(size - 1, np.nan), windows(column, size) @ weights / weights.sum()),
        )

    raw = 2 * weighted(market["closes"], length // 2) - weighted(market["closes"], length)
    agree(results(HMA(length), market)[0], weighted(raw, int(length**0.5)))


def test_keltner_channels(market, results):
    prices, reach = typical(market), 1.5 * average_true_range(market, 10)
    middle = recursive(prices, 19, 2 / 21, prices[:20].mean())
    agree(
        results(KeltnerChannels(20, 10, 1.5), market)[:, 19:], [(middle + s * reach)[19:] for s in (1, 0, -1)]
    )


def test_keltner_channels_of_another_price(market, results):
    middle = recursive(market["closes"], 19, 2 / 21, market["closes"][:20].mean())
    agree(results(KeltnerChannels(source="closes"), market)[1], middle)


def test_donchian_channels(market, results):
    upper, lower = windows(market["highs"], 20).max(axis=1), windows(market["lows"], 20).min(axis=1)
    assert (results(DonchianChannels(20), market)[:, 19:] == [upper, (upper + lower) / 2, lower]).all()


def test_ichimoku_is_given_where_it_is_known(market, results):
    def middle(length):
        highest, lowest = windows(market["highs"], length), windows(market["lows"], length)
        return ((highest.max(axis=1) + lowest.min(axis=1)) / 2)[52 - length :]

    conversion, base, span_b = middle(9), middle(26), middle(52)
    expected = [conversion, base, (conversion + base) / 2, span_b]
    assert (results(Ichimoku(9, 26, 52), market)[:, 51:] == expected).all()


@pytest.mark.parametrize("multiple", [0.5, 1.0, 3.0])
def test_supertrend(multiple, market, results):
    reach = multiple * average_true_range(market, 10)
    middle, closes = (market["highs"] + market["lows"]) / 2, market["closes"]
    upper, lower, up = middle + reach, middle - reach, True
    line, direction = np.full((2, len(closes)), np.nan)
    for row in range(10, len(closes)):
        if row > 10:
            if closes[row - 1] <= upper[row - 1]:
                upper[row] = min(upper[row], upper[row - 1])
            if closes[row - 1] >= lower[row - 1]:
                lower[row] = max(lower[row], lower[row - 1])
            up = closes[row] >= lower[row] if up else closes[row] > upper[row]
        line[row], direction[row] = (lower[row], 1) if up else (upper[row], -1)
    agree(results(Supertrend(10, multiple), market), [line, direction])
    assert len(set(direction[10:])) == 2


def test_rolling_vwap(market, results):
    prices, volumes = windows(typical(market), 20), windows(market["volumes"], 20)
    agree(results(VWAP(20), market)[0, 19:], np.average(prices, axis=1, weights=volumes))


def test_session_vwap_begins_anew_each_day(market, results):
    prices, volumes = typical(market), market["volumes"]
    first = [np.flatnonzero(market["days"] == day)[0] for day in market["days"]]
    rows = [slice(start, row + 1) for row, start in enumerate(first)]
    agree(results(SessionVWAP(), market)[0], [np.average(prices[at], weights=volumes[at]) for at in rows])


def test_force_index(market, results):
    force = np.diff(market["closes"], prepend=np.nan) * market["volumes"]
    agree(results(ForceIndex(13), market)[0], recursive(force, 13, 2 / 14, force[1:14].mean()))
    assert (results(ForceIndex(1), market)[0, 1:] == force[1:]).all()


def test_z_score_and_bollinger_bands(market, results):
    window = windows(market["closes"], 20)
    mean, deviation = window.mean(axis=1), window.std(axis=1)
    agree(results(ZScore(20), market)[0, 19:], (window[:, -1] - mean) / deviation)
    agree(results(BollingerBands(20, 2.5), market)[:, 19:], [mean + s * 2.5 * deviation for s in (1, 0, -1)])


def test_linear_regression(market, results):
    window, time = windows(market["closes"], 14), np.arange(14)
    slope, start = np.polyfit(time, window.T, 1)
    fit = [np.corrcoef(time, values)[0, 1] ** 2 for values in window]
    agree(results(LinearRegression(14), market)[:, 13:], [start + 13 * slope, slope, fit])


def test_correlation_and_beta(market, results):
    closes, volumes = windows(market["closes"], 30), windows(market["volumes"], 30)
    expected = [np.corrcoef(one, other)[0, 1] for one, other in zip(closes, volumes, strict=True)]
    agree(results(Correlation(30), market)[0, 29:], expected)
    moves = [windows(np.diff(market[name]) / market[name][:-1], 20) for name in ("opens", "closes")]
    slopes = [np.polyfit(one, other, 1)[0] for one, other in zip(*moves, strict=True)]
    agree(results(Beta(20, "closes", against="opens"), market)[0, 20:], slopes)


def test_aroon_counts_the_latest_of_equal_extremes(results):
    market = {"highs": np.array([5, 9, 9, 1, 1.0]), "lows": np.array([4, 3, 3, 3, 4.0])}
    assert results(Aroon(4), market)[:, -1].tolist() == [50, 75, -25]

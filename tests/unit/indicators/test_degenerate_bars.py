"""Bars that do not move, have no range or no volume give documented numbers, and no rounding of theirs."""

import numpy as np
import pytest

from app.indicators.catalogue import (
    ADX,
    ATR,
    CCI,
    DEMA,
    EMA,
    HMA,
    KAMA,
    MACD,
    MFI,
    NATR,
    OBV,
    ROC,
    RSI,
    SMA,
    TEMA,
    TRIX,
    VWAP,
    WMA,
    AccumulationDistribution,
    Aroon,
    Beta,
    BollingerBands,
    ChaikinOscillator,
    Correlation,
    DonchianChannels,
    ForceIndex,
    Ichimoku,
    KeltnerChannels,
    LinearRegression,
    Momentum,
    ParabolicSAR,
    SessionVWAP,
    StandardDeviation,
    Stochastic,
    Supertrend,
    TrueRange,
    WilliamsR,
    ZScore,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

PRICE = 0.1
AT_THE_PRICE = (
    *(SMA(7), EMA(7), WMA(7), DEMA(7), TEMA(7), HMA(7), KAMA(7)),
    *(BollingerBands(7), KeltnerChannels(7, 7), DonchianChannels(7), Ichimoku(3, 5, 7)),
    *(ParabolicSAR(), VWAP(7), SessionVWAP()),
)
NOTHING = (
    *(Momentum(7), ROC(7), TRIX(7), RSI(7), MACD(3, 7, 3)),
    *(Stochastic(7), WilliamsR(7), CCI(7), TrueRange(), ATR(7), NATR(7), ADX(7)),
    *(OBV(), MFI(7), AccumulationDistribution(), ChaikinOscillator(), ForceIndex(7)),
    *(StandardDeviation(7), ZScore(7), Correlation(7), Correlation(7, "highs", "lows"), Beta(7)),
)


@pytest.mark.parametrize("indicator", AT_THE_PRICE, ids=repr)
def test_averages_bands_and_stops_of_a_price_that_never_moves_are_the_price(indicator, flat, results):
    known = results(indicator, flat(PRICE))[:, indicator.warmup - 1 :]
    np.testing.assert_allclose(known, PRICE, rtol=1e-13)


@pytest.mark.parametrize("indicator", NOTHING, ids=repr)
def test_oscillators_and_changes_of_a_price_that_never_moves_are_zero(indicator, flat, results):
    known = results(indicator, flat(PRICE))[:, indicator.warmup - 1 :]
    np.testing.assert_allclose(known, 0, atol=1e-13)


@pytest.mark.parametrize("indicator", NOTHING, ids=repr)
def test_prices_of_zero_divide_nothing(indicator, flat, results):
    assert (results(indicator, flat(0.0))[:, indicator.warmup - 1 :] == 0).all()


def test_the_rest_of_a_price_that_never_moves(flat, results):
    market = flat(PRICE)
    assert results(Aroon(7), market)[:, -1].tolist() == [100, 100, 0]
    assert results(Supertrend(7), market)[:, -1].tolist() == [PRICE, 1]
    assert results(LinearRegression(7), market)[:, -1].tolist() == [PRICE, 0, 0]


EXACT = (SMA(7), WMA(7), BollingerBands(7), LinearRegression(7), StandardDeviation(7), ZScore(7), CCI(7))


@pytest.mark.parametrize("indicator", EXACT, ids=repr)
def test_a_price_that_never_moves_gives_one_number_and_no_rounding(indicator, flat, results):
    for price in (0.1, 1 / 3, 2_345.67):
        known = results(indicator, flat(price))[:, indicator.warmup - 1 :]
        assert all(len(set(output)) == 1 for output in known.tolist())


SHAKEN = (
    *((StandardDeviation(5), 0), (ZScore(5), 0), (CCI(5), 0), (KAMA(5), 2), (WMA(5), 2), (MFI(5), 0)),
    *((BollingerBands(5), 2), (Correlation(5), 0), (VWAP(5), 2), (Stochastic(5, 1, 1), 0)),
)


@pytest.mark.parametrize(("indicator", "expected"), SHAKEN, ids=str)
def test_a_shock_leaves_nothing_behind_once_it_has_left_the_window(indicator, expected, flat, results):
    market = {name: column.copy() for name, column in flat(2.0, 0.0, rows=200).items()}
    for name in ("opens", "highs", "lows", "closes"):
        market[name][20:40] *= np.linspace(1e9, 3, 20) ** 0.7
    market["volumes"][20:40] = 1e13 / 3
    assert results(indicator, market)[0, -1] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_a_fall_to_the_same_level_is_not_a_fall_because_of_rounding(results):
    rows = [(125.79, 125.35, 125.77), (125.93, 125.36, 125.62)]
    highs, lows, closes = np.array(rows * 4).T
    assert len(set((highs + lows + closes) / 3)) == 2
    market = {"highs": highs, "lows": lows, "closes": closes, "volumes": np.ones(8)}
    assert results(MFI(5), market)[0, -1] == 0
    assert results(CCI(5), market)[0, -1] == 0


def test_volume_that_stops_leaves_the_last_price_as_the_average(flat, results):
    market = {name: column.copy() for name, column in flat(5.0, 0.1, rows=40).items()}
    market["volumes"][10:] = 0
    for name in ("highs", "lows", "closes"):
        market[name][10:] = 7.0
    averages = results(VWAP(8), market)[0]
    assert averages[16] == pytest.approx(5)
    assert averages[17] == 7

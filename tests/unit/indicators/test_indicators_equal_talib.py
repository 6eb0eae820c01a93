"""The indicators that TA-Lib has, too, equal it: values, seeds and warm-up."""

import numpy as np
import pytest
import talib

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
    WMA,
    AccumulationDistribution,
    Aroon,
    Beta,
    BollingerBands,
    ChaikinOscillator,
    Correlation,
    DonchianChannels,
    ForceIndex,
    KeltnerChannels,
    LinearRegression,
    Momentum,
    ParabolicSAR,
    SessionVWAP,
    StandardDeviation,
    Stochastic,
    Supertrend,
    TrueRange,
    TypicalPrice,
    WilliamsR,
    ZScore,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

PRICES = {"o": "opens", "h": "highs", "l": "lows", "c": "closes", "v": "volumes"}

# (ours, TA-Lib's function or functions in the order of our outputs, the columns that it reads, its options)
CASES = (
    (SMA(20), "SMA", "c", (20,)),
    (SMA(5, source="highs"), "SMA", "h", (5,)),
    (EMA(20), "EMA", "c", (20,)),
    (WMA(15), "WMA", "c", (15,)),
    (DEMA(9), "DEMA", "c", (9,)),
    (TEMA(9), "TEMA", "c", (9,)),
    (HMA(16), "HMA", "c", (16,)),
    (HMA(15), "HMA", "c", (15,)),
    (KAMA(10), "KAMA", "c", (10,)),
    (Momentum(10), "MOM", "c", (10,)),
    (ROC(10), "ROC", "c", (10,)),
    (TRIX(10), "TRIX", "c", (10,)),
    (RSI(14), "RSI", "c", (14,)),
    (RSI(2), "RSI", "c", (2,)),
    (MACD(12, 26, 9), "MACD", "c", (12, 26, 9)),
    (MACD(3, 7, 4), "MACD", "c", (3, 7, 4)),
    (Stochastic(14, 3, 3), "STOCH", "hlc", (14, 3, 0, 3, 0)),
    (Stochastic(5, 1, 3), "STOCHF", "hlc", (5, 3, 0)),
    (WilliamsR(14), "WILLR", "hlc", (14,)),
    (CCI(20), "CCI", "hlc", (20,)),
    (TypicalPrice(), "TYPPRICE", "hlc", ()),
    (TrueRange(), "TRANGE", "hlc", ()),
    (ATR(14), "ATR", "hlc", (14,)),
    (NATR(14), "NATR", "hlc", (14,)),
    (BollingerBands(20, 2.0), "BBANDS", "c", (20, 2.0, 2.0)),
    (BollingerBands(10, 1.5), "BBANDS", "c", (10, 1.5, 1.5)),
    (KeltnerChannels(11, 10, 2.0), "KC", "hlc", (11, 10, 2.0)),
    (DonchianChannels(20), "DONCHIAN", "hl", (20,)),
    (ADX(14), "ADX PLUS_DI MINUS_DI", "hlc", (14,)),
    (ADX(5), "ADX PLUS_DI MINUS_DI", "hlc", (5,)),
    (ParabolicSAR(0.02, 0.2), "SAR", "hl", (0.02, 0.2)),
    (ParabolicSAR(0.1, 0.05), "SAR", "hl", (0.1, 0.05)),
    (Supertrend(10, 3.0), "SUPERTREND", "hlc", (10, 3.0)),
    (Supertrend(5, 1.0), "SUPERTREND", "hlc", (5, 1.0)),
    (OBV(), "OBV", "cv", ()),
    (MFI(14), "MFI", "hlcv", (14,)),
    (AccumulationDistribution(), "AD", "hlcv", ()),
    (ChaikinOscillator(3, 10), "ADOSC", "hlcv", (3, 10)),
    (ForceIndex(13), "EFI", "cv", (13,)),
    (StandardDeviation(20), "STDDEV", "c", (20,)),
    (Correlation(30, "highs", "lows"), "CORREL", "hl", (30,)),
    (Correlation(10, "closes", "volumes"), "CORREL", "cv", (10,)),
    (Beta(5, "closes", against="opens"), "BETA", "oc", (5,)),
)
every = pytest.mark.parametrize(("indicator", "call"), [(case[0], case[1:]) for case in CASES], ids=str)


def by_talib(call, market):
    names, columns, options = call
    found = []
    for name in names.split():
        result = getattr(talib, name)(*(market[PRICES[letter]] for letter in columns), *options)
        found += result if isinstance(result, tuple | list) else [result]
    return np.array(found, np.float64)


def assert_equal(got, expected, known):
    """Compare to nine digits of each number, and of the largest where numbers pass through zero."""
    for one, other in zip(got[:, known], expected[:, known], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-10 * np.abs(other).max())


@every
@pytest.mark.parametrize("price", [3.0, 100.0, 50_000.0])
def test_values_equal_talib(indicator, call, price, wandering, results):
    market = wandering(seed=int(price), price=price)
    got, expected = results(indicator, market), by_talib(call, market)
    assert_equal(got, expected, slice(indicator.warmup - 1, None))


@every
def test_the_warm_up_equals_talib(indicator, call, wandering):
    expected = by_talib((call[0].split()[0], *call[1:]), wandering())[0]
    assert np.flatnonzero(~np.isnan(expected))[0] + 1 == indicator.warmup


@every
def test_bars_that_never_move_give_what_talib_gives(indicator, call, flat, results):
    market = flat(0.1)
    got, expected = results(indicator, market), by_talib(call, market)
    np.testing.assert_allclose(got[:, indicator.warmup :], expected[:, indicator.warmup :], atol=1e-12)


def test_aroon_equals_talib(wandering, results):
    market = wandering()
    down, up = talib.AROON(market["highs"], market["lows"], 14)
    oscillator = talib.AROONOSC(market["highs"], market["lows"], 14)
    assert_equal(results(Aroon(14), market), np.array([up, down, oscillator]), slice(14, None))
    assert Aroon(14).warmup == 15


def test_the_line_of_a_regression_equals_talib(wandering, results):
    closes = wandering()["closes"]
    line = np.array([talib.LINEARREG(closes, 14), talib.LINEARREG_SLOPE(closes, 14)])
    assert_equal(results(LinearRegression(14), wandering())[:2], line, slice(13, None))


def test_how_well_a_line_fits_is_the_square_of_the_correlation_with_time(wandering, results):
    closes = wandering()["closes"]
    expected = talib.CORREL(closes, np.arange(len(closes)) * 1.0, 14)[13:] ** 2
    np.testing.assert_allclose(results(LinearRegression(14), wandering())[2, 13:], expected, rtol=1e-7)


def test_a_z_score_is_the_distance_from_talibs_bands(wandering, results):
    closes = wandering()["closes"]
    upper, middle, _ = talib.BBANDS(closes, 20, 1.0, 1.0)
    expected = ((closes - middle) / (upper - middle))[19:]
    np.testing.assert_allclose(results(ZScore(20), wandering())[0, 19:], expected, rtol=1e-9, atol=1e-9)


def test_keltner_channels_approach_talibs_whose_range_is_seeded_later(wandering, results):
    market = wandering()
    got, expected = results(KeltnerChannels(), market), by_talib(("KC", "hlc", (20, 10, 2.0)), market)
    assert_equal(got[1:2], expected[1:2], slice(19, None))
    assert_equal(got, expected, slice(300, None))


def test_a_session_is_talibs_average_of_the_days_bars(wandering, results):
    market = wandering()
    names = ("highs", "lows", "closes", "volumes")
    days = [slice(first, first + 7) for first in range(0, 700, 7)]
    expected = [talib.VWAP(*(market[name][day] for name in names)) for day in days]
    np.testing.assert_allclose(results(SessionVWAP(), market)[0], np.concatenate(expected), rtol=1e-12)

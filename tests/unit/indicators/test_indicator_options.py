"""Options that make no sense are refused when the indicator is made, with what would."""

from math import inf, nan

import pytest

from app.domain.errors import ConfigurationError
from app.indicators.catalogue import (
    ADX,
    EMA,
    HMA,
    MACD,
    RSI,
    SMA,
    BollingerBands,
    ChaikinOscillator,
    LinearRegression,
    ParabolicSAR,
    ZScore,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("length", [0, -3, 2.5, "3", True, None])
def test_a_length_is_a_whole_number_of_at_least_one(length):
    with pytest.raises(ConfigurationError, match="'length' of the indicator SMA") as caught:
        SMA(length)
    assert caught.value.remedy == "Make it a whole number of at least 1."


@pytest.mark.parametrize("kind", [ADX, HMA, ZScore, LinearRegression])
def test_some_lengths_are_at_least_two(kind):
    with pytest.raises(ConfigurationError, match="is 1") as caught:
        kind(1)
    assert "at least 2" in caught.value.remedy
    assert kind(2).length == 2


@pytest.mark.parametrize("deviations", [-1.0, nan, inf, "2", None])
def test_a_factor_is_finite_and_not_negative(deviations):
    with pytest.raises(ConfigurationError, match="'deviations' of the indicator BollingerBands"):
        BollingerBands(20, deviations)


def test_a_factor_may_be_a_whole_number():
    assert BollingerBands(20, 2) == BollingerBands(20, 2.0)


def test_the_fast_length_is_below_the_slow_one():
    for make in (lambda: MACD(26, 12, 9), lambda: MACD(5, 5, 3), lambda: ChaikinOscillator(10, 3)):
        with pytest.raises(ConfigurationError, match="fast"):
            make()


def test_the_usual_options_are_the_defaults():
    assert RSI() == RSI(14, source="closes")
    assert MACD() == MACD(12, 26, 9)
    assert BollingerBands() == BollingerBands(20, 2.0)
    assert ParabolicSAR() == ParabolicSAR(0.02, 0.2)
    assert EMA(9) != EMA(9, source="highs")

"""Indicators over other indicators: warm-ups add up, and everything is computed once."""

from dataclasses import dataclass
from math import nan
from typing import NamedTuple

import numpy as np
import pytest

from app.domain.errors import ConfigurationError
from app.indicators.base import Columns, Indicator, stages
from app.indicators.catalogue import (
    ADX,
    DEMA,
    EMA,
    HMA,
    MACD,
    RSI,
    SMA,
    TEMA,
    TRIX,
    BollingerBands,
    Correlation,
    KeltnerChannels,
    TypicalPrice,
)

pytestmark = pytest.mark.unit


def test_warm_ups_add_up():
    assert RSI(14).warmup == 15
    assert SMA(5, source=RSI(14)).warmup == 19
    assert EMA(9, SMA(5, RSI(14))).warmup == 27
    assert SMA(3, MACD(12, 26, 9).output("signal")).warmup == 36
    assert (DEMA(10).warmup, TEMA(10).warmup, TRIX(10).warmup, HMA(16).warmup) == (19, 28, 29, 19)
    assert KeltnerChannels(5, 10).warmup == 11


def test_an_indicator_over_another_is_the_one_over_the_others_numbers(wandering, results):
    market = wandering(200)
    inner = results(RSI(14), market)[0, 14:]
    outer = SMA(5, source=RSI(14)).over(market["closes"])
    assert outer[14:].tobytes() == SMA(5).over(inner).tobytes()
    assert np.isnan(outer[:18]).all()


def test_one_of_several_outputs_can_be_the_source(wandering, results):
    market = wandering(200)
    upper = results(BollingerBands(20, 2.0), market)[0]
    composed = EMA(3, BollingerBands(20, 2.0).output("upper")).over(market["closes"])
    assert composed.tobytes() == EMA(3).over(upper).tobytes()


def test_the_columns_are_those_of_the_innermost_sources_each_once():
    assert SMA(5, RSI(14, "highs")).columns == ("highs",)
    assert Correlation(5, RSI(3), TypicalPrice()).columns == ("closes", "highs", "lows")
    assert Correlation(5, "volumes", RSI(3)).columns == ("volumes", "closes")


def test_what_two_stages_share_is_computed_once():
    kinds = [type(stage.indicator).__name__ for stage in stages(TEMA(5))]
    assert kinds == ["EMA", "EMA", "EMA", "TEMA"]
    assert len(stages(Correlation(5, RSI(3), SMA(2, RSI(3))))) == 3


def test_several_outputs_at_once_are_no_source():
    with pytest.raises(ConfigurationError, match="SMA cannot read all outputs of MACD") as caught:
        SMA(5, source=MACD())
    assert "macd, signal, histogram" in caught.value.remedy


def test_an_output_that_there_is_not_is_refused_with_those_that_there_are():
    with pytest.raises(ConfigurationError, match="ADX has no output 'plus'") as caught:
        ADX().output("plus")
    assert "adx, plus_di, minus_di" in caught.value.remedy
    with pytest.raises(ConfigurationError, match="RSI has no output 'value'"):
        RSI().output("value")


class RangeValues(NamedTuple):
    """The range of a bar, and its share of the close."""

    height: float
    share: float


@dataclass(frozen=True)
class Range(Indicator):
    """An indicator as a plugin would bring it."""

    Values = RangeValues
    inputs = ("highs", "lows", SMA(2))
    window = 1
    start = ()

    @staticmethod
    def step(
        _state: tuple[()], row: int, columns: Columns, _params: tuple[()]
    ) -> tuple[tuple[()], tuple[float, float]]:
        """Measure the bar."""
        height = columns[0][row] - columns[1][row]
        return (), (height, height / columns[2][row])


class Ago(Indicator):
    """An indicator that is no dataclass: the value of some rows ago."""

    inputs = ("closes",)
    start = (0,)
    window = 3
    params = (2,)

    @staticmethod
    def step(state: tuple[int], row: int, columns: Columns, params: tuple[int]) -> tuple[tuple[int], float]:
        """Look back."""
        seen = state[0] + 1
        return (seen,), columns[0][row - params[0]] if seen > params[0] else nan


def test_indicators_of_plugins_work_like_ours(wandering):
    market = wandering(50)
    height = market["highs"] - market["lows"]
    whole = Range().over(*(market[name] for name in Range().columns))
    assert Range().columns == ("highs", "lows", "closes")
    assert whole.height[1:].tolist() == height[1:].tolist()
    assert whole.share[1:] == pytest.approx(height[1:] / SMA(2).over(market["closes"])[1:])
    assert SMA(4, Range().output("share")).warmup == 5


def test_an_indicator_need_not_be_a_dataclass():
    column = np.arange(6.0)
    assert Ago().over(column)[2:].tolist() == [0, 1, 2, 3]
    stream = SMA(2, Ago()).stream()
    assert [stream.update(value) for value in column][3:] == [0.5, 1.5, 2.5]


def test_an_indicator_without_a_step_cannot_be_made():
    with pytest.raises(TypeError, match="step"):
        type("Nothing", (Indicator,), {"start": ()})()

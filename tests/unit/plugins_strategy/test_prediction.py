"""Predictions turned into signals: the rule by itself, and the strategy over bars that carry columns."""

from dataclasses import dataclass
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.domain.errors import InputError, PluginError
from app.ports import Target
from plugins_strategy.prediction import Prediction, PredictionOptions, decide_on

pytestmark = pytest.mark.unit

fractions = st.floats(-1, 1) | st.just(nan)
shares = st.floats(0, 1) | st.just(nan)


@dataclass(frozen=True)
class Row:
    """The latest bar of one symbol, of which only the columns beside its prices count."""

    symbol: str
    columns: dict

    def value(self, name):
        return self.columns[name]


class Rows(dict):
    """Bars that all symbols have at one time."""

    @property
    def updated(self):
        return tuple(self)


def row(prediction, confidence=0.9, uncertainty=0.01, symbol="AAA"):
    values = {"prediction": prediction, "confidence": confidence, "uncertainty": uncertainty}
    return Rows({symbol: Row(symbol, values)})


def asked_in_turn(strategy, *predictions):
    """Return (bar, signal, tag) at each bar at which the strategy wants something."""
    wanted = [(number, strategy.decide(row(value), None)) for number, value in enumerate(predictions)]
    return [(number, each.signal, each.tag) for number, found in wanted for each in found]


def options(**changes):
    return PredictionOptions(**changes)


@pytest.mark.parametrize(
    ("prediction", "confidence", "uncertainty", "changes", "signal"),
    [
        (0.02, 1.0, 0.01, {}, 1.0),
        (0.02, 0.75, 0.01, {}, 0.75),
        (0.02, 0.75, 0.01, {"sized": False}, 1.0),
        (0.02, 0.80, 0.01, {}, 0.75),
        (0.02, 0.90, 0.01, {}, 1.0),
        (0.02, 0.80, 0.01, {"step": 0.1}, 0.8),
        (0.02, 0.49, 0.01, {}, 0.0),
        (0.02, 0.50, 0.01, {}, 0.5),
        (0.02, 0.49, 0.01, {"min_confidence": 0}, 0.5),
        (0.02, 0.10, 0.01, {"min_confidence": 0}, 0.0),
        (0.02, 1.0, 0.02, {}, 0.0),
        (0.02, 1.0, 0.019, {}, 1.0),
        (0.02, 1.0, 0.011, {"uncertainties": 2}, 0.0),
        (0.02, 1.0, 5.0, {"uncertainties": 0}, 1.0),
        (0.02, 1.0, 0.0, {"threshold": 0.02}, 0.0),
        (0.02, 1.0, 0.0, {"threshold": 0.019}, 1.0),
        (0.0, 1.0, 0.0, {}, 0.0),
        (-0.02, 1.0, 0.01, {}, 0.0),
        (-0.02, 0.75, 0.01, {"allow_short": True}, -0.75),
        (nan, 1.0, 0.0, {}, 0.0),
        (0.02, nan, 0.0, {}, 0.0),
        (0.02, 1.0, nan, {}, 0.0),
        (0.02, 1.0, inf, {}, 0.0),
    ],
)
def test_a_prediction_is_worth(prediction, confidence, uncertainty, changes, signal):
    assert decide_on(prediction, confidence, uncertainty, options(**changes)) == signal


@given(
    prediction=fractions,
    confidence=shares,
    uncertainty=shares,
    chosen=st.builds(options, step=st.floats(0.01, 1), sized=st.booleans(), allow_short=st.booleans()),
)
def test_a_signal_is_within_one_and_never_against_the_prediction(prediction, confidence, uncertainty, chosen):
    signal = decide_on(prediction, confidence, uncertainty, chosen)
    assert -1 <= signal <= 1
    assert signal == 0 or (signal > 0) == (prediction > 0)
    assert chosen.allow_short or signal >= 0


@given(st.floats(0.001, 1), shares, st.floats(0, 1), st.floats(0, 1))
def test_less_certainty_never_makes_a_larger_signal(prediction, confidence, uncertainty, more):
    chosen = options()
    signal = decide_on(prediction, confidence, uncertainty, chosen)
    assert decide_on(prediction, confidence, uncertainty + more, chosen) <= signal
    assert decide_on(prediction, confidence * (1 - more), uncertainty, chosen) <= signal


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ((inf, 1.0, 0.0), "A prediction is inf"),
        ((0.1, 80.0, 0.0), "A confidence is 80; it must be from 0 to 1"),
        ((0.1, -0.1, 0.0), "A confidence is -0.1"),
        ((0.1, 1.0, -0.01), "An uncertainty is -0.01"),
    ],
)
def test_values_without_a_meaning_are_refused(values, told):
    with pytest.raises(InputError, match=told):
        decide_on(*values, options())


def test_a_target_is_wanted_only_where_the_signal_changes():
    found = asked_in_turn(Prediction(), 0.02, 0.03, 0.005, -0.02, 0.04)
    assert found == [(0, 1, "predicted +0.02"), (2, 0, "predicted +0.005"), (4, 1, "predicted +0.04")]


def test_without_a_newer_prediction_the_last_one_stands_for_its_bars():
    assert asked_in_turn(Prediction(), nan, 0.02, nan, nan) == [
        (1, 1, "predicted +0.02"),
        (2, 0, "prediction ran out"),
    ]
    holding = Prediction(options(holds=3))
    assert asked_in_turn(holding, 0.02, nan, 0.03, nan, nan, nan, nan) == [
        (0, 1, "predicted +0.02"),
        (5, 0, "prediction ran out"),
    ]


@given(st.lists(st.floats(-0.05, 0.05) | st.just(nan), max_size=20), st.integers(1, 4))
def test_it_goes_on_from_a_snapshot_as_if_it_had_never_stopped(restarted, predictions, holds):
    chosen = options(holds=holds, allow_short=True)
    once, often = Prediction(chosen), restarted(Prediction(chosen))
    assert asked_in_turn(often, *predictions) == asked_in_turn(once, *predictions)


def test_symbols_are_followed_each_by_themselves():
    strategy = Prediction()
    both = row(0.02) | row(-0.02, symbol="BBB")
    assert strategy.decide(Rows(both), None) == [Target("AAA", signal=1, tag="predicted +0.02")]
    assert strategy.get_debug_info() == {"signal": {"AAA": 1, "BBB": 0}}


def test_columns_have_the_names_that_the_options_say():
    named = Prediction(options(column="p", confidence="", uncertainty=""))
    (target,) = named.decide(Rows({"AAA": Row("AAA", {"p": 0.001})}), None)
    assert target.signal == 1


@pytest.mark.parametrize("missing", ["prediction", "confidence", "uncertainty"])
def test_every_column_of_the_options_is_read(missing):
    bars = row(0.02)
    del bars["AAA"].columns[missing]
    with pytest.raises(KeyError, match=missing):
        Prediction().decide(bars, None)


def test_bars_of_prices_only_are_refused(small, asked):
    with pytest.raises(PluginError, match="AAA have no extra column 'prediction'"):
        asked(Prediction(), small({"AAA": [1, 2]}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"column": ""}, "at least 1 character"),
        ({"min_confidence": 1.1}, "less than or equal to 1"),
        ({"step": 0}, "greater than 0"),
        ({"threshold": inf}, "finite"),
        ({"holds": 0}, "greater than or equal to 1"),
    ],
)
def test_options_without_a_meaning_are_refused(changes, told):
    with pytest.raises(ValidationError, match=told):
        options(**changes)

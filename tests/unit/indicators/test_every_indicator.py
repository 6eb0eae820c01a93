"""What holds for every indicator of the catalogue, whatever the bars."""

import pickle
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.indicators.base import stages
from app.indicators.catalogue import (
    ADX,
    ATR,
    CCI,
    DEMA,
    EMA,
    HMA,
    INDICATORS,
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
    StochasticK,
    Supertrend,
    TrueRange,
    TypicalPrice,
    WilliamsR,
    ZScore,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

EXAMPLES = (
    *(SMA(3), SMA(1), EMA(3), EMA(1, "highs"), WMA(4), DEMA(2), TEMA(2), HMA(5), KAMA(3)),
    *(Momentum(2), ROC(2), TRIX(2), RSI(3), RSI(1), MACD(2, 4, 3), MACD(1, 2, 1)),
    *(StochasticK(4), Stochastic(4, 2, 3), Stochastic(4, 1, 1), WilliamsR(3), CCI(4)),
    *(TrueRange(), ATR(3), NATR(2), BollingerBands(4, 1.5), DonchianChannels(3)),
    *(KeltnerChannels(4, 2, 1.5), KeltnerChannels(2, 4, 0.0, "lows")),
    *(ADX(3), Aroon(4), Ichimoku(2, 3, 5), ParabolicSAR(), ParabolicSAR(0.5, 0.3), Supertrend(3, 1.0)),
    *(TypicalPrice(), OBV(), MFI(3), VWAP(3), SessionVWAP(), AccumulationDistribution()),
    *(ChaikinOscillator(2, 4), ForceIndex(3)),
    *(StandardDeviation(4), ZScore(4), LinearRegression(4), Correlation(4), Beta(3)),
    *(SMA(2, RSI(3)), EMA(2, MACD(2, 3, 2).output("signal")), Correlation(3, RSI(2), EMA(4))),
)
every = pytest.mark.parametrize("indicator", EXAMPLES, ids=repr)
few = settings(max_examples=15)


class Guarded(Sequence):
    """A column of which only the latest rows may be read."""

    def __init__(self, column, row, window):
        self._column, self._first, self._last = column, row - window, row

    def __len__(self):
        return len(self._column)

    def __getitem__(self, row):
        assert max(self._first, 0) <= row <= self._last, f"row {row} is out of reach"
        return self._column[row]


def test_every_indicator_of_the_catalogue_has_an_example_here():
    assert {type(example) for example in EXAMPLES} == set(INDICATORS)


@every
@few
@given(st.data())
def test_bar_by_bar_and_over_columns_are_equal_bit_for_bit(indicator, markets, results, data):
    market = data.draw(markets())
    stream = indicator.stream()
    rows = zip(*(market[name].tolist() for name in indicator.columns), strict=True)
    bar_by_bar = np.array([stream.update(*row) for row in rows], np.float64)
    expected = bar_by_bar.reshape(-1, max(len(indicator.outputs), 1)).T
    assert results(indicator, market).tobytes() == np.ascontiguousarray(expected).tobytes()


@every
@few
@given(st.data())
def test_results_are_numbers_exactly_from_the_warm_up_on(indicator, markets, results, data):
    market = data.draw(markets(least=1))
    known = np.isfinite(results(indicator, market))
    expected = np.arange(len(market["days"])) + 1 >= indicator.warmup
    assert (known == expected).all()


@every
@few
@given(st.data())
def test_what_comes_later_does_not_change_what_was(indicator, markets, results, data):
    market = data.draw(markets(least=2))
    cut = data.draw(st.integers(1, len(market["days"]) - 1))
    past = {name: column[:cut] for name, column in market.items()}
    whole = results(indicator, market)[:, :cut]
    assert np.ascontiguousarray(whole).tobytes() == results(indicator, past).tobytes()


@every
@few
@given(st.data())
def test_a_gap_gives_nothing_and_begins_again_after_it(indicator, markets, results, data):
    before, after = data.draw(markets(least=1, most=15)), data.draw(markets(least=1, most=25))
    gap = np.full(data.draw(st.integers(1, 3)), np.nan)
    joined = {name: np.concatenate((before[name], gap, after[name])) for name in before}
    expected = np.hstack(
        (
            results(indicator, before),
            np.full((max(len(indicator.outputs), 1), len(gap)), np.nan),
            results(indicator, after),
        )
    )
    assert results(indicator, joined).tobytes() == np.ascontiguousarray(expected).tobytes()


@every
@few
@given(st.data())
def test_steps_read_only_their_window_and_keep_the_types_of_their_state(indicator, markets, data):
    known = dict(data.draw(markets(least=1)))
    for stage in stages(indicator):
        columns = [known[source] for source in stage.inputs]
        known.update(zip(stage.results, stage.indicator.sweep(*columns), strict=True))
        state, types = stage.indicator.start, [type(part) for part in stage.indicator.start]
        missing = max(int(np.isnan(column).sum()) for column in columns)
        plain = [column[missing:].tolist() for column in columns]
        for row in range(len(plain[0])):
            guarded = [Guarded(column, row, stage.indicator.window) for column in plain]
            state, out = stage.indicator.step(state, row, guarded, stage.indicator.params)
            assert [type(part) for part in state] == types
            assert {type(value) for value in (out if stage.indicator.outputs else (out,))} == {float}


@every
def test_a_stream_forgets_the_rows_that_no_step_reads_again(indicator, wandering):
    market = wandering(900)
    stream = indicator.stream()
    rows = list(zip(*(market[name].tolist() for name in indicator.columns), strict=True))
    last = [stream.update(*row) for row in rows][-1]
    assert len(pickle.dumps(stream)) < 30_000 * len(stages(indicator))
    whole = indicator.over(*(market[name] for name in indicator.columns))
    assert last == (tuple(column[-1] for column in whole) if indicator.outputs else whole[-1])


@every
def test_indicators_are_values(indicator):
    copy = pickle.loads(pickle.dumps(indicator))  # noqa: S301  # our own bytes
    assert copy == indicator
    assert hash(copy) == hash(indicator)
    with pytest.raises(AttributeError):
        indicator.length = 5


@every
def test_several_results_have_their_names(indicator, wandering):
    market = wandering(60)
    whole = indicator.over(*(market[name] for name in indicator.columns))
    stream = indicator.stream()
    latest = stream.update(*(market[name].item(0) for name in indicator.columns))
    if indicator.outputs:
        assert whole._fields == latest._fields == indicator.outputs
        assert all(column.shape == (60,) for column in whole)
    else:
        assert whole.shape == (60,)
        assert isinstance(latest, float)


@every
def test_another_number_of_columns_is_refused(indicator):
    stream = indicator.stream()
    with pytest.raises(ValueError, match="columns"):
        stream.update(*[1.0] * (len(indicator.columns) + 1))
    with pytest.raises(ValueError, match="longer"):
        indicator.over(*[np.ones(3)] * (len(indicator.columns) + 1))

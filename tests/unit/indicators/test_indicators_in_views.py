"""Declared indicators in what a strategy sees: floats now, and arrays of all bars so far."""

from decimal import Decimal

import numpy as np
import pytest

from app.domain.errors import PluginError
from app.engine.simulation import Simulation
from app.indicators.catalogue import MACD, OBV, RSI, SMA, BollingerBands, SessionVWAP, StochasticK, TrueRange
from app.ports import BpsOfNotional, Split, Timeframe, VenueModel

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]


def bars_at(market, step, **indicators):
    simulation = Simulation(market, VenueModel(BpsOfNotional(Decimal(0))), "USD", indicators)
    for done in range(step + 1):
        simulation.advance(done)
    return simulation.bars


def test_one_result_is_a_float(small):
    bar = bars_at(small({"AAA": [1, 2, 6, 7]}), 2, mean=SMA(2))["AAA"]
    assert bar.mean == 4.0
    assert isinstance(bar.mean, float)


def test_several_results_have_their_names(small):
    bar = bars_at(small({"AAA": [1, 2, 6, 7]}), 2, bands=BollingerBands(3, 2.0))["AAA"]
    assert bar.bands.middle == 3
    assert bar.bands.upper == pytest.approx(3 + 2 * np.std([1, 2, 6]))
    assert bar.bands == (bar.bands.upper, bar.bands.middle, bar.bands.lower)
    assert isinstance(bar.bands.lower, float)


def test_the_series_so_far_ends_at_the_present_bar(small):
    market = small({"AAA": [1, 2, 6, 7]})
    bar = bars_at(market, 2, mean=SMA(2), macd=MACD(1, 2, 1))["AAA"]
    assert bar.series("mean")[1:].tolist() == [1.5, 4]
    assert bar.series("mean")[-1] == bar.mean
    macd = bar.series("macd")
    assert [len(column) for column in macd] == [3, 3, 3]
    assert (macd.signal[-1], macd.macd[-1]) == (bar.macd.signal, bar.macd.macd)


def test_indicators_read_any_column_and_other_indicators(small):
    rows = [(10, 12, 9, 11, 500), (11, 14, 8, 12, 700), (12, 13, 11, 13, 100)]
    bars = bars_at(
        small({"AAA": rows}),
        2,
        reach=TrueRange(),
        flow=OBV(),
        place=StochasticK(3),
        smooth=SMA(2, TrueRange()),
    )
    bar = bars["AAA"]
    assert (bar.reach, bar.flow, bar.smooth) == (2, 1_300, 4)
    assert bar.place == pytest.approx(100 * (13 - 8) / (14 - 8))


def test_sessions_are_days_of_the_bars_start(small):
    rows = [(price, price, price, price, 10) for price in range(1, 31)]
    market = small({"AAA": rows}, timeframe=Timeframe.H1)
    assert bars_at(market, 23, vwap=SessionVWAP())["AAA"].vwap == np.mean(range(1, 25))
    assert bars_at(market, 25, vwap=SessionVWAP())["AAA"].vwap == 25.5


def test_a_split_brings_indicators_of_several_results_into_new_shares(small, day):
    market = small({"AAA": [30, 36, 12]}, actions=[Split("AAA", day(2), 3, 1)])
    before, after = (
        bars_at(market, step, bands=BollingerBands(2), vwap=SessionVWAP())["AAA"] for step in (1, 2)
    )
    assert (before.bands.middle, after.bands) == (33, (12, 12, 12))
    assert (before.vwap, after.vwap) == (36, 12)
    assert after.series("bands").middle[1:].tolist() == [11, 12]


def test_results_cannot_be_written_nor_unlocked(small):
    bar = bars_at(small({"AAA": [1, 2, 6, 7]}), 3, mean=SMA(2), bands=BollingerBands(2), rsi=RSI(2))["AAA"]
    for column in (bar.series("mean"), bar.series("rsi"), *bar.series("bands")):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 7
        with pytest.raises(ValueError, match="WRITEABLE"):
            column.flags.writeable = True


def test_an_unknown_name_is_refused_with_those_that_there_are(small):
    bar = bars_at(small({"AAA": [1]}), 0, mean=SMA(1), bands=BollingerBands(2))["AAA"]
    for ask in (lambda: bar.rsi, lambda: bar.series("rsi")):
        with pytest.raises(AttributeError, match=r"no 'rsi'; the strategy's indicators are: mean, bands"):
            ask()


def test_an_indicator_cannot_take_the_name_of_what_bars_have(small):
    for name in ("series", "close", "symbol"):
        with pytest.raises(PluginError, match=f"cannot be named '{name}'"):
            bars_at(small({"AAA": [1]}), 0, **{name: SMA(1)})


def test_a_column_that_bars_do_not_have_is_refused_however_deep_it_is_named(small):
    with pytest.raises(PluginError, match="'mean' reads 'close', which bars do not have"):
        bars_at(small({"AAA": [1]}), 0, mean=SMA(3, RSI(2, source="close")))

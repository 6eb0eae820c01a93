"""What a strategy reads of the bars."""

from decimal import Decimal

import numpy as np
import pytest

from app.domain.errors import PluginError
from app.engine.simulation import Simulation
from app.indicators.sma import SMA
from app.ports import BpsOfNotional, Instrument, Split, VenueModel

pytestmark = pytest.mark.unit


def bars_at(market, step, **indicators):
    simulation = Simulation(market, VenueModel(BpsOfNotional(Decimal(0))), "USD", indicators)
    for done in range(step + 1):
        simulation.advance(done)
    return simulation.bars


def test_the_latest_bar_and_all_bars_so_far_are_floats(small, day):
    bar = bars_at(small({"AAA": [(10, 12, 9, 11, 500), (11, 14, 8.5, 12.25, 700), 99]}), 1)["AAA"]
    assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == (11, 14, 8.5, 12.25, 700)
    assert bar.closes.dtype == np.float64
    assert bar.closes.tolist() == [11, 12.25]
    assert (bar.opens.tolist(), bar.highs.tolist()) == ([10, 11], [12, 14])
    assert (bar.lows.tolist(), bar.volumes.tolist()) == ([9, 8.5], [500, 700])
    assert bar.time == day(1)


def test_prices_are_the_nearest_floats_of_the_exact_decimals(small):
    def fine(symbol):
        return Instrument(symbol, tick=Decimal("0.0001"), lot=Decimal("0.001"))

    bar = bars_at(small({"AAA": [("0.1", "0.3", "0.1", "0.2999", 1_234)]}, instrument=fine), 0)["AAA"]
    assert (bar.open, bar.close, bar.volume) == (0.1, 0.2999, 1.234)


def test_symbols_appear_with_their_first_bar_and_are_marked_when_they_have_a_new_one(small, day):
    market = small({"AAA": [1, None, 3], "BBB": [None, 5, 6]})
    seen = [bars_at(market, step) for step in range(3)]
    assert [list(bars) for bars in seen] == [["AAA"], ["AAA", "BBB"], ["AAA", "BBB"]]
    assert [bars.updated for bars in seen] == [("AAA",), ("BBB",), ("AAA", "BBB")]
    assert [bars.time for bars in seen] == [day(0), day(1), day(2)]
    assert seen[1]["AAA"].close == 1
    assert len(seen[1]) == 2


def test_a_declared_indicator_is_an_attribute(small):
    bar = bars_at(small({"AAA": [1, 2, 6]}), 2, fast=SMA(2), top=SMA(3, source="highs"))["AAA"]
    assert (bar.fast, bar.top) == (4, 3)


def test_an_indicator_is_not_a_number_during_its_warm_up(small):
    market = small({"AAA": [1, 2, 6]})
    assert [np.isnan(bars_at(market, step, fast=SMA(3))["AAA"].fast) for step in range(3)] == [
        True,
        True,
        False,
    ]


def test_an_unknown_attribute_names_the_indicators_that_there_are(small):
    market = small({"AAA": [1]})
    with pytest.raises(AttributeError, match=r"no 'rsi'; the strategy's indicators are: fast, slow"):
        _ = bars_at(market, 0, fast=SMA(1), slow=SMA(2))["AAA"].rsi
    with pytest.raises(AttributeError, match="none"):
        _ = bars_at(market, 0)["AAA"].rsi


@pytest.mark.parametrize("name", ["close", "closes", "symbol", "time", "advance", "_row"])
def test_an_indicator_cannot_hide_behind_what_bars_have_already(small, name):
    with pytest.raises(PluginError, match=f"cannot be named '{name}'"):
        bars_at(small({"AAA": [1]}), 0, **{name: SMA(1)})


def test_an_indicator_of_a_column_that_bars_do_not_have_is_refused(small):
    with pytest.raises(PluginError, match="'mean' reads 'close', which bars do not have") as caught:
        bars_at(small({"AAA": [1]}), 0, mean=SMA(1, source="close"))
    assert "closes" in caught.value.remedy


def test_a_split_brings_history_and_indicators_into_new_shares(small, day):
    market = small({"AAA": [30, 36, 12]}, actions=[Split("AAA", day(2), 3, 1)])
    before, after = (bars_at(market, step, mean=SMA(2))["AAA"] for step in (1, 2))
    assert (before.closes.tolist(), before.mean) == ([30, 36], 33)
    assert (after.closes.tolist(), after.mean) == ([10, 12, 12], 12)
    assert after.volumes.tolist() == [3_000, 3_000, 1_000]
    assert before.volumes.tolist()[:1] == [1_000]


def test_a_reverse_split_brings_history_into_new_shares(small, day):
    market = small({"AAA": [3, 3, 30]}, actions=[Split("AAA", day(2), 1, 10)])
    bar = bars_at(market, 2)["AAA"]
    assert (bar.closes.tolist(), bar.volumes.tolist()) == ([30, 30, 30], [100, 100, 1_000])

"""What a strategy reads of the bars."""

import copy
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError, PluginError
from app.engine.timeline import Timeline, due_actions
from app.engine.views import Bars
from app.indicators.sma import SMA
from app.indicators.volatility import BollingerBands
from app.ports import BarFlag, BarSeries, Instrument, MarketData, Split, Timeframe

pytestmark = pytest.mark.unit


def bars_at(market, step, *, only=False, stale_after=None, **indicators):
    """Return the bars after every step up to one, or after that one `only`."""
    timeline = Timeline(market)
    bars = Bars(market, timeline, indicators, stale_after=stale_after)
    due = due_actions(market, timeline, market.actions)
    for done in range(step + 1):
        for action in due.get(done, ()):
            bars.split(action, done)
        if not only or done == step:
            bars.advance(done)
    return bars


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


@pytest.mark.parametrize(
    "name", ["close", "closes", "symbol", "time", "at", "stale", "flags", "completed", "split", "_row"]
)
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


LATEST = ("time", "open", "high", "low", "close", "volume", "mean", "flags", "completed", "stale")


def seen(bars):
    return (
        bars.time,
        bars.updated,
        sorted(bars),
        {symbol: [str(getattr(bar, name)) for name in LATEST] for symbol, bar in bars.items()},
        {
            symbol: (len(bar), bar.closes.tobytes(), bar.series("mean").tobytes())
            for symbol, bar in bars.items()
        },
    )


@settings(max_examples=40)
@given(st.data())
def test_a_step_shows_the_same_whatever_way_it_is_reached(small, markets, data):
    bars, actions = data.draw(markets)
    market = small(bars, actions=[action for action in actions if isinstance(action, Split)])
    for step in range(len(Timeline(market))):
        walked = bars_at(market, step, stale_after=1, mean=SMA(2))
        jumped = bars_at(market, step, only=True, stale_after=1, mean=SMA(2))
        assert seen(jumped) == seen(walked)


def long_market(rows, *symbols):
    """Return a market of hourly bars; each symbol has only the bars at multiples of its number."""
    series = {}
    for symbol, every in symbols:
        numbers = np.arange(0, rows, every)
        prices = 1_000 + (numbers * 7_919 * every) % 997
        columns = [prices, prices + 9, prices - 9, prices + 3, numbers + 1]
        flags = (numbers % 3).astype(np.uint8)
        times = numbers * Timeframe.H1.nanoseconds
        series[symbol] = BarSeries(Instrument(symbol), Timeframe.H1, times, *columns, flags=flags)
    return MarketData(series)


@pytest.mark.parametrize("symbols", [[("AAA", 1), ("BBB", 1)], [("AAA", 1), ("BBB", 3)]], ids=["same", "own"])
def test_long_series_are_read_as_short_ones(symbols):
    market = long_market(20_000, *symbols)
    timeline = Timeline(market)
    bars = Bars(market, timeline, {"mean": SMA(5), "bands": BollingerBands(4, 1.0)})
    for step in range(len(timeline)):
        bars.advance(step)
        if step % 1_000 > 5 and step % 8_192 > 5:
            continue
        assert bars.time == timeline.times[step]
        assert bars.updated == tuple(name for name, every in symbols if step % every == 0)
        for name, every in symbols:
            row, bar, series = step // every, bars[name], market.series[name]
            assert (bar.close, bar.volume) == (series.closes[row] / 100, series.volumes[row])
            assert (bar.open, bar.high, bar.low) == (bar.opens[-1], bar.highs[-1], bar.lows[-1])
            assert (bar.time, len(bar), bar.flags) == (series.timestamps[row], row + 1, series.flags[row])
            assert str(bar.mean) == str(bar.series("mean")[-1])
            assert str(bar.bands) == str(bar.bands._make(c.item(-1) for c in bar.series("bands")))
            assert bar.completed is (step % every == 0)


def test_flags_are_those_of_the_latest_bar(small):
    market = small({"AAA": [1, 2, 3]})
    flags = np.array([BarFlag.GOOD, BarFlag.GAP | BarFlag.REPAIRED, BarFlag.STALE], np.uint8)
    market = MarketData({"AAA": replace(market.series["AAA"], flags=flags)})
    assert [bars_at(market, step)["AAA"].flags for step in range(3)] == flags.tolist()
    assert isinstance(bars_at(market, 1)["AAA"].flags, BarFlag)


@pytest.mark.parametrize(
    ("limit", "stale"),
    [
        (None, [False] * 6),
        (0, [False, True, True, True, False, True]),
        (2, [False, False, False, True, False, False]),
        (timedelta(days=1), [False, False, True, True, False, False]),
        (timedelta(hours=23), [False, True, True, True, False, True]),
    ],
)
def test_a_symbol_is_stale_when_its_last_bar_is_older_than_the_limit(small, limit, stale):
    market = small({"AAA": [1, None, None, None, 2, None], "BBB": [1] * 6})
    for step in range(6):
        bars = bars_at(market, step, stale_after=limit)
        assert bars["AAA"].stale is stale[step]
        assert bars["BBB"].stale is False
        assert bars["AAA"].completed is (step in {0, 4})


def test_where_all_trade_at_every_step_none_is_stale(small):
    bars = bars_at(small({"AAA": [1, 2], "BBB": [1, 2]}), 1, stale_after=0)
    assert [(bar.stale, bar.completed) for bar in bars.values()] == [(False, True)] * 2


@pytest.mark.parametrize("limit", [-1, timedelta(seconds=-1)])
def test_a_limit_below_zero_is_refused(small, limit):
    with pytest.raises(ConfigurationError, match="cannot be stale after"):
        bars_at(small({"AAA": [1]}), 0, stale_after=limit)


def test_nothing_is_there_before_the_first_step(small):
    for market in (small({"AAA": [1, 2]}), small({"AAA": [1, None], "BBB": [None, 1]})):
        bars = Bars(market, Timeline(market), {})
        assert (len(bars), bars.updated) == (0, ())


@dataclass(frozen=True)
class Broken(SMA):
    """An indicator with a mistake in it."""

    def over(self, *columns):
        return columns[0].nothing


def test_an_indicator_that_fails_is_named_with_its_symbol(small):
    bar = bars_at(small({"AAA": [1, 2]}), 1, mean=Broken(2))["AAA"]
    for read in (lambda: bar.mean, lambda: bar.series("mean")):
        with pytest.raises(PluginError, match="The indicator 'mean' failed on AAA: AttributeError"):
            read()


def test_indicators_may_have_the_names_of_inner_columns(small):
    market = small({"AAA": [1, 2, 6]})
    bar = bars_at(market, 2, days=SMA(2), times=SMA(3), completed_at=SMA(1))["AAA"]
    assert (bar.days, bar.times, bar.time, bar.completed_at) == (4, 3, market.series["AAA"].timestamps[2], 6)


def test_a_view_that_is_copied_does_not_lose_its_way(small):
    bars = bars_at(small({"AAA": [1, 2, 6]}), 2, mean=SMA(2))
    with pytest.raises((AttributeError, TypeError)):
        copy.copy(bars["AAA"])

"""Several time frames in one strategy: higher bars beside the bars that they are made of."""

from datetime import timedelta
from itertools import islice
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.errors import PluginError
from app.engine.consolidation import (
    EveryN,
    RangeBars,
    Renko,
    TickBars,
    TimeBars,
    VolumeBars,
    consolidate,
)
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline, due_actions
from app.engine.views import Bars, HigherBarView
from app.indicators.sma import SMA
from app.indicators.volatility import BollingerBands
from app.ports import BarFlag, Split, Timeframe

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

COLUMNS = ("opens", "highs", "lows", "closes", "volumes")
LATEST = ("time", "open", "high", "low", "close", "volume", "mean", "bands", "completed", "flags")
KINDS = {
    "weekly": TimeBars(Timeframe.W1),
    "pairs": EveryN(2),
    "heavy": VolumeBars(800),
    "wide": RangeBars(300),
    "bricks": Renko(200),
}
INDICATORS = {"mean": SMA(2), "bands": BollingerBands(2, 1.0)}


def walk(market, consolidators, indicators=INDICATORS, **options):
    """Yield the bars after each step."""
    timeline = Timeline(market)
    bars = Bars(market, timeline, indicators, consolidators=consolidators, **options)
    due = due_actions(market, timeline, market.actions)
    for step in range(len(timeline)):
        for action in due.get(step, ()):
            if isinstance(action, Split):
                bars.split(action, step)
        bars.advance(step)
        yield bars


def at_step(market, step, consolidators, indicators=INDICATORS, **options):
    for done, bars in enumerate(walk(market, consolidators, indicators, **options)):
        if done == step:
            return bars
    raise AssertionError("no such step")


def shown(bars, names):
    """Return everything that higher bars show, as text and bytes."""
    return {
        (symbol, name): (
            [str(getattr(bar.at(name), attribute)) for attribute in LATEST],
            [getattr(bar.at(name), column).tobytes() for column in COLUMNS],
            [column.tobytes() for column in (bar.at(name).series("mean"), *bar.at(name).series("bands"))],
            len(bar.at(name)),
        )
        for symbol, bar in bars.items()
        for name in names
    }


def test_only_complete_bars_are_shown(small):
    market = small({"AAA": [(10, 12, 9, 11, 5), (11, 15, 10, 14, 6), (14, 14, 8, 9, 7), 9, 10]})
    seen = [
        (view.open, view.high, view.low, view.close, view.volume, view.completed, len(view))
        for bars in walk(market, {"pairs": EveryN(2)})
        for view in [bars["AAA"].at("pairs")]
    ]
    assert str(seen[0]) == str((*[float("nan")] * 5, False, 0))
    assert seen[1:] == [
        (10, 15, 9, 14, 11, True, 1),
        (10, 15, 9, 14, 11, False, 1),
        (14, 14, 8, 9, 1_007, True, 2),
        (14, 14, 8, 9, 1_007, False, 2),
    ]


def test_before_the_first_there_is_nothing(small):
    view = at_step(small({"AAA": [1, 2]}), 0, {"pairs": EveryN(2)})["AAA"].at("pairs")
    assert (view.time, view.flags, view.completed, len(view)) == (0, BarFlag.GOOD, False, 0)
    assert (view.closes.tolist(), view.series("mean").tolist()) == ([], [])
    assert isnan(view.close)
    assert isnan(view.mean)
    assert all(isnan(value) for value in view.bands)


def test_where_no_higher_bar_is_ever_complete_there_is_nothing(small):
    view = at_step(small({"AAA": [1, 2]}), 1, {"many": EveryN(9)})["AAA"].at("many")
    assert isnan(view.close)
    assert (len(view), view.symbol) == (0, "AAA")


def test_an_indicator_is_computed_on_each_kind_of_bars(small):
    market = small({"AAA": [1, 2, 3, 4, 5, 6]})
    bar = at_step(market, 5, {"pairs": EveryN(2), "threes": EveryN(3)})["AAA"]
    assert (bar.mean, bar.at("pairs").mean, bar.at("threes").mean) == (5.5, 5, 4.5)
    assert bar.at("pairs").bands.middle == 5
    assert str(bar.at("pairs").series("mean")) == "[nan  3.  5.]"


def test_an_indicator_may_be_declared_for_one_kind_of_bars(small):
    indicators = {"mean": SMA(2), "pairs.mean": SMA(3), "pairs.top": SMA(1, source="highs")}
    bar = at_step(small({"AAA": [1, 2, 3, 4, 5, 6]}), 5, {"pairs": EveryN(2), "all": EveryN(1)}, indicators)[
        "AAA"
    ]
    assert (bar.mean, bar.at("pairs").mean, bar.at("pairs").top, bar.at("all").mean) == (5.5, 4, 6, 5.5)
    for view in (bar, bar.at("all")):
        with pytest.raises(AttributeError, match="no 'top'; the strategy's indicators are: mean"):
            _ = view.top


def test_bars_of_time_appear_with_the_bar_that_ends_them_or_shows_that_they_have_ended(small):
    market = small({"AAA": [1, 2, 3, 4, None, 6, 7, 8]}, timeframe=Timeframe.M15)
    seen = [
        (bars["AAA"].close, bars["AAA"].at("hourly").close)
        for bars in walk(market, {"hourly": TimeBars(Timeframe.H1)})
        if bars["AAA"].at("hourly").completed
    ]
    assert seen == [(4, 4), (8, 8)]
    market = small({"AAA": [1, 2, 3, None, None, 6]}, timeframe=Timeframe.M15)
    bars = at_step(market, 3, {"hourly": TimeBars(Timeframe.H1)})
    assert (bars["AAA"].close, bars["AAA"].at("hourly").close) == (6, 3)


def test_a_symbol_without_a_bar_completes_nothing(small):
    market = small({"AAA": [1, 2, None, 3], "BBB": [1, 2, 3, 4]})
    seen = [
        {symbol: bar.at("pairs").completed for symbol, bar in bars.items()}
        for bars in walk(market, {"pairs": EveryN(2)})
    ]
    assert [found["AAA"] for found in seen] == [False, True, False, False]
    assert [found["BBB"] for found in seen] == [False, True, False, True]


def test_several_bricks_of_one_bar_are_shown_at_once(small):
    market = small({"AAA": [10, 11, 16, 15]})
    views = [
        (len(bars["AAA"].at("bricks")), bars["AAA"].at("bricks").close, bars["AAA"].at("bricks").completed)
        for bars in walk(market, {"bricks": Renko(200)})
    ]
    assert str(views) == "[(0, nan, False), (0, nan, False), (3, 16.0, True), (3, 16.0, False)]"


def test_a_split_brings_higher_bars_into_new_shares(small, day):
    market = small({"AAA": [40, 44, 48, 26, 28, 30, 31, 32]}, actions=[Split("AAA", day(3), 2, 1)])
    before = at_step(market, 2, {"pairs": EveryN(2)})["AAA"].at("pairs")
    assert (before.opens.tolist(), before.closes.tolist(), before.volume) == ([40], [44], 2_000)
    after = at_step(market, 7, {"pairs": EveryN(2)})["AAA"].at("pairs")
    # The second pair has its open, 48, before the split.
    assert after.opens.tolist() == [20, 24, 28, 31]
    assert after.closes.tolist() == [22, 26, 30, 32]
    assert after.volumes.tolist() == [4_000, 3_000, 2_000, 2_000]
    assert after.series("mean")[1:].tolist() == [24, 28, 31]


def test_a_split_reaches_higher_bars_that_are_known_only_after_it(small, day):
    rows = [30, 36, None, None, None, None, None, 12, 13]
    market = small({"AAA": rows}, actions=[Split("AAA", day(7), 3, 1)])
    view = at_step(market, 2, {"weekly": TimeBars(Timeframe.W1)})["AAA"].at("weekly")
    assert view.completed
    assert (view.opens.tolist(), view.closes.tolist()) == ([10], [12])


@settings(max_examples=40)
@given(st.data())
def test_higher_bars_are_the_consolidated_bars_of_a_series_in_present_shares(small, markets, day, data):
    rows, actions = data.draw(markets)
    splits = [action for action in actions if isinstance(action, Split)]
    market = small(rows, actions=splits)
    for bars in walk(market, KINDS):
        for symbol, bar in bars.items():
            series = market.series[symbol]
            own = [split for split in splits if split.symbol == symbol]
            for name, consolidator in KINDS.items():
                made, view = consolidate(series, consolidator, own), bar.at(name)
                known = made.completed_at < len(bar)
                assert len(view) == known.sum()
                assert view.completed == (symbol in bars.updated and len(bar) - 1 in made.completed_at)
                closes = made.closes[known] / 100
                for split in own:
                    row = np.searchsorted(series.timestamps, split.ex_time)
                    if 0 < row < len(bar):
                        closes = np.where(made.last_at[known] < row, closes / float(split.ratio), closes)
                assert view.closes == pytest.approx(closes, rel=1e-12)
                assert str(view.close) == str(view.closes[-1] if len(view) else np.nan)


@settings(max_examples=40)
@given(st.data())
def test_higher_bars_are_the_same_whatever_the_future_is(small, markets, day, data):
    (rows, actions), (other, more) = data.draw(markets), data.draw(markets)
    cut = data.draw(st.integers(0, len(rows["AAA"]) - 1))
    mixed = {
        symbol: [*rows[symbol][: cut + 1], *other[symbol][cut + 1 :], (7, 8, 6, 7, 500)] for symbol in rows
    }
    until = day(cut)
    known = [action for action in actions if isinstance(action, Split) and action.ex_time <= until]
    later = [action for action in more if isinstance(action, Split) and action.ex_time > until]
    one, two = small(rows, actions=known), small(mixed, actions=[*known, *later])
    steps = sum(int(time) <= until for time in Timeline(one).times)
    walks = (walk(market, KINDS) for market in (one, two))
    for seen in islice(zip(*walks, strict=False), steps):
        assert shown(seen[0], KINDS) == shown(seen[1], KINDS)


@pytest.mark.parametrize("step", range(7))
def test_reading_late_shows_what_reading_always_shows(small, day, step):
    market = small({"AAA": [40, 44, 48, 26, 28, 30, 31]}, actions=[Split("AAA", day(3), 2, 1)])
    always = [shown(bars, KINDS) for bars in walk(market, KINDS)]
    assert shown(at_step(market, step, KINDS), KINDS) == always[step]


def test_sessions_end_bars_of_time(small, day):
    market = small({"AAA": [1, 2, 3, 4, 5]}, timeframe=Timeframe.H1)
    sessions = Sessions(np.array([day(0)]), np.array([day(0) + timedelta(hours=3).seconds * 10**9]))
    seen = [
        bars["AAA"].at("daily").close
        for bars in walk(market, {"daily": TimeBars(Timeframe.D1)}, sessions=sessions)
    ]
    assert str(seen) == "[nan, nan, 3.0, 3.0, 3.0]"


def test_higher_bars_cannot_be_written(small):
    view = at_step(small({"AAA": [1, 2, 3, 4]}), 3, {"pairs": EveryN(2)})["AAA"].at("pairs")
    assert isinstance(view, HigherBarView)
    for column in (view.closes, view.volumes, view.series("mean"), *view.series("bands")):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 7
    with pytest.raises(AttributeError):
        view.close = 1.0


def test_higher_bars_that_are_not_declared_are_named_with_those_that_are(small):
    bar = at_step(small({"AAA": [1]}), 0, {"pairs": EveryN(2), "heavy": VolumeBars(5)})["AAA"]
    with pytest.raises(PluginError, match="no higher bars 'hourly'; declared are: pairs, heavy"):
        bar.at("hourly")
    with pytest.raises(PluginError, match="declared are: none"):
        at_step(small({"AAA": [1]}), 0, {})["AAA"].at("hourly")


@pytest.mark.parametrize("name", ["", "a.b"])
def test_a_name_that_higher_bars_cannot_have_is_refused(small, name):
    with pytest.raises(PluginError, match=f"Higher bars cannot be named '{name}'"):
        at_step(small({"AAA": [1]}), 0, {name: EveryN(2)})


def test_a_consolidator_that_does_not_suit_is_refused_before_the_first_bar(small):
    market = small({"AAA": [1, 2]})
    with pytest.raises(PluginError, match="The consolidator 'hourly': AAA: bars of 1h cannot be made"):
        at_step(market, 0, {"hourly": TimeBars(Timeframe.H1)})
    with pytest.raises(PluginError, match="The consolidator 'ticks': AAA: TickBars cannot be made of bars"):
        at_step(market, 0, {"ticks": TickBars(3)})


def test_an_indicator_for_higher_bars_that_are_not_declared_is_refused(small):
    market = small({"AAA": [1, 2]})
    with pytest.raises(PluginError, match=r"'weekly.mean' is for higher bars 'weekly', which the strategy"):
        at_step(market, 0, {"pairs": EveryN(2)}, {"weekly.mean": SMA(2)})
    with pytest.raises(PluginError, match="cannot be named 'close'"):
        at_step(market, 0, {"pairs": EveryN(2)}, {"pairs.close": SMA(2)})
    with pytest.raises(PluginError, match="cannot be named ''"):
        at_step(market, 0, {"pairs": EveryN(2)}, {"pairs.": SMA(2)})


def test_a_market_of_different_lengths_has_its_own_higher_bars(small):
    market = small({"AAA": [1, 2, 3, 4], "BBB": [None, None, 5, 6]})
    last = at_step(market, 3, {"pairs": EveryN(2)})
    assert [last[symbol].at("pairs").opens.tolist() for symbol in last] == [[1, 3], [5]]

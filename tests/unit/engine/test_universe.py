"""Members of a universe are chosen from what was known, delisted symbols included while they traded."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError, PluginError
from app.engine.timeline import Timeline
from app.engine.universe import membership
from app.ports import MarketData, Split
from app.ports.scheduling import Every, EveryPeriod, MonthStart, Timer, TopByDollarVolume

pytestmark = pytest.mark.unit


def traded(price, volume):
    return (price, price, price, price, volume)


def members(universe, market):
    timeline = Timeline(market)
    found = membership(universe, market, timeline)
    return [found.at(step) for step in range(len(timeline))]


def test_the_most_traded_are_chosen_when_the_window_is_full_and_again_as_due(small):
    market = small(
        {
            "AAA": [traded(10, volume) for volume in (5, 5, 5, 5, 1, 1, 1)],
            "BBB": [traded(20, volume) for volume in (1, 1, 1, 1, 9, 9, 9)],
            "CCC": [traded(1, 1)] * 7,
        }
    )
    chosen = members(TopByDollarVolume(2, window=2, rebalance=Every(3)), market)
    assert chosen == [(), *[("AAA", "BBB")] * 4, *[("BBB", "AAA")] * 2]


def test_the_default_rebalances_with_the_first_bar_of_a_month(small):
    # Day 0 is the first of January; the change of the lead in mid-January counts from 1 February on.
    january = [traded(1, 9)] * 15 + [traded(1, 1)] * 25
    market = small({"AAA": january, "BBB": [traded(1, 5)] * 40})
    chosen = members(TopByDollarVolume(1, window=5), market)
    assert chosen == [()] * 4 + [("AAA",)] * 27 + [("BBB",)] * 9


def test_a_delisted_symbol_is_a_member_while_it_traded_and_leaves_at_the_next_choice(small):
    market = small({"DEAD": [traded(9, 9)] * 8, "LIVE": [traded(1, 1)] * 20})
    chosen = members(TopByDollarVolume(1, window=10, rebalance=Every(2), silent=3), market)
    # Its last bar is that of step 7: at step 9 it is still one of the last three, at step 11 no longer.
    assert chosen == [()] * 9 + [("DEAD",)] * 2 + [("LIVE",)] * 9


def test_a_split_does_not_change_the_rank(small, day):
    halves = [traded(10, 10)] * 3 + [traded(5, 20)] * 3
    market = small({"AAA": halves, "BBB": [traded(9, 10)] * 6}, actions=[Split("AAA", day(3), 2, 1)])
    assert set(members(TopByDollarVolume(1, window=1, rebalance=Every(1)), market)) == {("AAA",)}


def test_equals_stand_by_name_and_missing_bars_count_as_nothing(small):
    market = small(
        {
            "CCC": [traded(1, 4)] * 4,
            "AAA": [traded(1, 4)] * 4,
            "BBB": [traded(1, 5), None, None, traded(1, 5)],
        }
    )
    assert members(TopByDollarVolume(3, window=4), market)[-1] == ("AAA", "CCC", "BBB")


def test_before_the_window_is_full_and_on_short_data_there_are_no_members(small):
    assert members(TopByDollarVolume(1, window=9), small({"AAA": [1, 2, 3]})) == [()] * 3


def test_a_feed_without_volume_cannot_be_ranked(small):
    market = small({"AAA": [1, 2, 3]}, has_volume=False)
    with pytest.raises(ConfigurationError, match="cannot rank AAA: its bars have no volume"):
        members(TopByDollarVolume(1, window=1), market)


@pytest.mark.parametrize("wrong", [{"n": 0}, {"window": 0}, {"silent": 0}, {"n": True}, {"window": 2.0}])
def test_numbers_below_one_are_refused(wrong):
    with pytest.raises(ConfigurationError, match="TopByDollarVolume: "):
        TopByDollarVolume(**{"n": 1, "window": 1, **wrong})


@dataclass(frozen=True)
class Named:
    """Chooses the same names whatever is known."""

    names: tuple[str, ...]
    window: int = 1
    rebalance: Timer = field(default_factory=MonthStart)

    def members(self, known):
        return self.names


@pytest.mark.parametrize("names", [("AAA", "XXX"), ("AAA", "AAA"), ("BBB",)])
def test_a_rule_may_only_choose_each_symbol_once_and_after_its_first_bar(small, names):
    market = small({"AAA": [1, 1], "BBB": [None, 1]})
    with pytest.raises(PluginError, match="The universe Named chose"):
        members(Named(names), market)


@dataclass(frozen=True)
class Meddling(Named):
    """Tries to change the data that it is shown."""

    def members(self, known):
        known.series["AAA"].closes[0] = 5
        return self.names


def test_a_rule_cannot_change_what_it_is_shown(small):
    with pytest.raises(ValueError, match="read-only"):
        members(Meddling(("AAA",)), small({"AAA": [1, 1]}))


rules = st.builds(
    TopByDollarVolume,
    st.integers(1, 3),
    window=st.integers(1, 6),
    rebalance=st.one_of(
        st.integers(1, 4).map(Every),
        st.just(MonthStart()),
        st.just(EveryPeriod(timedelta(days=3))),
    ),
    silent=st.integers(1, 4),
)
prices = st.one_of(st.none(), st.tuples(st.integers(1, 50), st.integers(0, 9)))


@st.composite
def listings(draw):
    """Draw three symbols with gaps, late listings and delistings around the turn of a month."""
    length = draw(st.integers(3, 20))
    rows = {symbol: draw(st.lists(prices, min_size=length, max_size=length)) for symbol in ("A", "B", "C")}
    rows["A"][draw(st.integers(0, length - 1))] = (7, 7)
    return {
        symbol: [None] * 24 + [row and traded(*row) for row in column]
        for symbol, column in rows.items()
        if any(column)
    }


def cut(series, rows, junk):
    """Return the series with everything outside `rows` replaced by junk, at the same timestamps."""
    columns = {
        name: np.where(rows, getattr(series, name), junk)
        for name in ("opens", "highs", "lows", "closes", "volumes")
    }
    return replace(series, **columns)


@given(listings(), rules, st.integers(0, 2**40), st.data())
def test_replacing_the_future_with_garbage_changes_no_member_before_it(small, bars, rule, junk, data):
    market = small(bars)
    timeline = Timeline(market)
    step = data.draw(st.integers(0, len(timeline) - 1))
    until = timeline.times.item(step)
    garbage = {
        symbol: cut(series, series.timestamps <= until, junk) for symbol, series in market.series.items()
    }
    honest, tampered = members(rule, market), members(rule, MarketData(garbage))
    assert honest[: step + 1] == tampered[: step + 1]


@given(listings(), rules, st.data())
def test_a_market_that_ends_earlier_had_the_same_members_until_then(small, bars, rule, data):
    market = small(bars)
    timeline = Timeline(market)
    step = data.draw(st.integers(0, len(timeline) - 1))
    until = timeline.times.item(step)
    names = ("timestamps", "opens", "highs", "lows", "closes", "volumes", "flags")
    shorter = {
        symbol: replace(series, **{name: getattr(series, name)[series.timestamps <= until] for name in names})
        for symbol, series in market.series.items()
        if series.timestamps[0] <= until
    }
    # At its last step the shorter market does not know yet what is due before its next bar ends.
    assert members(rule, MarketData(shorter))[:step] == members(rule, market)[:step]

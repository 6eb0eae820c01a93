"""Each month the strongest symbols are held in equal parts, by what was known at its first bar."""

from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.ports import Split, Target
from plugins_strategy.momentum_rotation import MomentumRotation, MomentumRotationOptions

pytestmark = pytest.mark.unit

FEBRUARY = 31  # the step of 1 February, since day 0 is the first of January 2020
MARCH = 60


def rotation(lookback=3, skip=1, top=1, invested=1.0):
    return MomentumRotation(MomentumRotationOptions(lookback=lookback, skip=skip, top=top, invested=invested))


def winner(symbol, weight=1.0):
    return Target(symbol, weight=weight, tag="past winner")


def loser(symbol):
    return Target(symbol, weight=0, tag="no longer a winner")


def path(*levels):
    """Return 31 prices of January, 29 of February and 31 of March that grow by these factors a day."""
    prices = [100.0]
    for days, growth in zip((31, 29, 31), levels, strict=False):
        prices += [prices[-1] * growth**number for number in range(1, days + 1)]
    return [round(price, 4) for price in prices[1:]]


def test_the_best_of_the_past_is_held_from_the_first_bar_of_each_month(small, asked):
    market = small({"AAA": path(1.01, 1.0, 1.0), "BBB": path(1.0, 1.02, 1.0), "CCC": path(1.0, 1.0, 1.0)})
    assert asked(rotation(), market) == [
        (FEBRUARY, [winner("AAA")]),
        (MARCH, [loser("AAA"), winner("BBB")]),
    ]


def test_several_winners_share_what_is_invested(small, asked):
    market = small({"AAA": path(1.01), "BBB": [*path(1.02), 190], "CCC": path(1.0)})
    assert asked(rotation(top=2, invested=0.98), market) == [
        (FEBRUARY, [winner("BBB", 0.49), winner("AAA", 0.49)])
    ]


def test_the_latest_bars_are_left_out(small, asked):
    # With the last day AAA would be the best; the day is skipped.
    rows = {"AAA": [*[10] * 31, 99], "BBB": [*[10] * 30, 11, 11]}
    assert asked(rotation(skip=1), small(rows)) == [(FEBRUARY, [winner("BBB")])]
    assert asked(rotation(skip=0), small(rows)) == [(FEBRUARY, [winner("AAA")])]


def test_a_place_for_which_no_symbol_has_enough_bars_stays_in_cash(small, asked):
    market = small({"AAA": [10] * 32, "NEW": [*[None] * 30, 10, 20]})
    assert asked(rotation(top=2), market) == [(FEBRUARY, [winner("AAA", 0.5)])]


def test_a_symbol_that_has_fallen_silent_is_not_ranked_and_is_sold(small, asked):
    dead = [10.0 + number for number in range(45)]
    market = small({"DEAD": [*dead, *[None] * 20], "LIVE": [10] * 65})
    assert asked(rotation(), market) == [
        (FEBRUARY, [winner("DEAD")]),
        (MARCH, [loser("DEAD"), winner("LIVE")]),
    ]


def test_a_split_is_no_fall(small, asked, day):
    market = small({"AAA": [*[30] * 29, *[11] * 3], "BBB": [10] * 32}, actions=[Split("AAA", day(29), 3, 1)])
    assert asked(rotation(lookback=5), market) == [(FEBRUARY, [winner("AAA")])]


def test_in_the_month_in_which_the_data_begin_nothing_is_done(small, asked):
    assert asked(rotation(), small({"AAA": path(1.01)})) == []


@given(
    st.lists(st.lists(st.integers(1, 400), min_size=70, max_size=70), min_size=2, max_size=4),
    st.tuples(st.integers(1, 3), st.integers(0, 4), st.integers(1, 20)),
)
def test_it_holds_what_a_ranking_of_the_closes_gives(small, asked, columns, numbers):
    top, skip, more = numbers
    lookback = skip + more
    market = small({f"S{number}": [price / 10 for price in column] for number, column in enumerate(columns)})
    for step, targets in asked(rotation(lookback, skip, top), market):
        date = datetime.fromtimestamp(market.series["S0"].timestamps[step] / 1e9, UTC)
        assert date.day == 1
        momentum = {
            symbol: series.closes[step - skip] / series.closes[step - lookback]
            for symbol, series in market.series.items()
        }
        best = sorted(momentum.values(), reverse=True)[:top]
        held = [target.symbol for target in targets if target.weight]
        assert np.allclose([momentum[symbol] for symbol in held], best)
        assert sum(target.weight for target in targets) <= 1 + 1e-12


@given(st.lists(st.integers(1, 400), min_size=70, max_size=70), st.integers(1, 69), st.integers(1, 10**6))
def test_garbage_after_a_bar_changes_nothing_up_to_it(small, asked, prices, step, junk):
    def market(column):
        return small({"AAA": [price / 10 for price in column], "BBB": [10] * 70})

    tampered = market([*prices[:step], *[junk] * (70 - step)])
    until = range(step)
    assert asked(rotation(), market(prices), until) == asked(rotation(), tampered, until)


@pytest.mark.parametrize("stop", [0, 10, FEBRUARY, FEBRUARY + 1, MARCH])
def test_it_goes_on_from_a_snapshot_as_if_it_had_never_stopped(small, asked, stop):
    market = small({"AAA": path(1.01, 1.0, 1.0), "BBB": path(1.0, 1.02, 1.0)})
    first, second = rotation(), rotation()
    before = asked(first, market, range(stop))
    second.state = msgspec.json.decode(msgspec.json.encode(first.state), type=MomentumRotation.State)
    assert before + asked(second, market, range(stop, 91)) == asked(rotation(), market)


def test_the_skipped_bars_must_be_fewer_than_those_looked_back():
    with pytest.raises(ValidationError, match=r"skip \(21\) must be smaller than lookback \(21\)"):
        MomentumRotationOptions(lookback=21)


def test_the_defaults_and_what_can_be_watched_are_documented(small, asked):
    assert MomentumRotation.plugin_params == {"lookback": 252, "skip": 21, "top": 2, "invested": 0.98}
    strategy = rotation()
    asked(strategy, small({"AAA": [10] * 32}))
    assert strategy.get_debug_info() == {"held": ["AAA"], "momentum": {"AAA": 0.0}}


@pytest.mark.requirement("SYS-001")
def test_the_account_follows_the_rotation(small, replay):
    market = small({"AAA": path(1.01, 1.0, 1.0), "BBB": path(1.0, 1.02, 1.0)})
    done = replay(market, rotation(invested=0.9), capital="10000")
    assert [(day, symbol, side) for day, symbol, side, _, _ in done.fills] == [
        (FEBRUARY + 1, "AAA", "buy"),
        (MARCH + 1, "AAA", "sell"),
        (MARCH + 1, "BBB", "buy"),
    ]

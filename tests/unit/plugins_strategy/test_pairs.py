"""Spreads of two symbols: the regression by hand and against NumPy, the rule, and bars that only one has."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.ports import Split
from plugins_strategy.pairs import Pairs, PairsOptions, hedge_and_z

pytestmark = pytest.mark.unit

WINDOW = 10


def pairs(**options):
    return Pairs(PairsOptions(**{"window": WINDOW, **options}))


def signals(found):
    return [(step, {target.symbol: target.signal for target in targets}) for step, targets in found]


def walk(length=120, seed=3):
    """Return two random walks that come back to each other, in whole cents."""
    chance = np.random.default_rng(seed)
    common = np.cumsum(chance.normal(0, 0.01, length))
    first = 50 * np.exp(common + chance.normal(0, 0.01, length))
    second = 20 * np.exp(0.8 * common + chance.normal(0, 0.01, length))
    return first.round(2).tolist(), second.round(2).tolist()


def by_numpy(first, second, entry, leave):
    """Return (step, side, hedge) at each change of side, with NumPy's own regression."""
    side, found = 0, []
    for end in range(WINDOW, len(first) + 1):
        y, x = np.log(first[end - WINDOW : end]), np.log(second[end - WINDOW : end])
        hedge, level = np.polyfit(x, y, 1)
        left = y - hedge * x - level
        z = left[-1] / left.std()
        wanted = side if -side * z > leave else 0
        if hedge > 0 and abs(z) > entry:
            wanted = 1 if z < 0 else -1
        if wanted != side:
            side = wanted
            found.append((end - 1, side, hedge))
    return found


def test_the_slope_and_the_last_residual_by_hand():
    # Sxx 10, Sxy 30; residuals 1, 0, -1, -2, 2 with the deviation sqrt(2).
    assert hedge_and_z([0, 2, 4, 6, 13], [0, 1, 2, 3, 4]) == pytest.approx((3, np.sqrt(2)))


def test_what_does_not_move_or_fits_exactly_is_no_spread():
    assert hedge_and_z([5.0] * 5, [3.0] * 5) == (0, 0)
    assert hedge_and_z([5.0] * 5, [1.0, 2.0, 3.0, 4.0, 5.0]) == (0, 0)
    hedge, z = hedge_and_z([0.3 * x + 1.7 for x in (1.1, 1.3, 1.2, 1.7)], [1.1, 1.3, 1.2, 1.7])
    assert (hedge, z) == (pytest.approx(0.3), 0)


def test_the_last_digits_of_floats_are_no_spread():
    still = [5.0] * 9
    assert hedge_and_z([*still, 5.0 + 1e-14], [1.0, 2.0] * 5) == (pytest.approx(0, abs=1e-12), 0)
    assert hedge_and_z([1.0, 2.0] * 5, [*still, 5.0 + 1e-14])[0] == 0


@given(st.lists(st.tuples(st.integers(100, 999), st.integers(100, 999)), min_size=5, max_size=30))
def test_regression_agrees_with_numpy(rows):
    first, second = (np.log(column) for column in np.array(rows).T)
    assume(second.std() > 0)
    hedge, level = np.polyfit(second, first, 1)
    left = first - hedge * second - level
    assume(left.std() > 1e-6)
    assert hedge_and_z(first.tolist(), second.tolist()) == pytest.approx(
        (hedge, left[-1] / left.std()), abs=1e-6
    )


def test_it_buys_the_cheap_symbol_and_leaves_when_the_spread_has_closed(small, asked):
    base = [20, 21, 22, 21, 20, 19, 20, 21, 22, 21]
    first = [2 * price for price in base]
    cheap = small({"AAA": [*first, 38, 42], "BBB": [*base, 21, 21]})
    assert signals(asked(pairs(), cheap)) == [(10, {"AAA": 1, "BBB": 0}), (11, {"AAA": 0, "BBB": 0})]
    dear = small({"AAA": [*first, 46, 42], "BBB": [*base, 21, 21]})
    assert signals(asked(pairs(), dear)) == [(10, {"AAA": 0, "BBB": 1}), (11, {"AAA": 0, "BBB": 0})]


@pytest.mark.parametrize("seed", range(4))
def test_it_turns_where_a_regression_of_another_library_says(small, asked, seed):
    first, second = walk(seed=seed)
    found = signals(asked(pairs(entry=1.5, exit=0.3), small({"AAA": first, "BBB": second})))
    expected = by_numpy(first, second, 1.5, 0.3)
    assert len(expected) > 4
    assert found == [(step, {"AAA": max(side, 0), "BBB": max(-side, 0)}) for step, side, _ in expected]


def test_with_shorts_the_values_of_both_legs_stand_in_the_hedge_ratio(small, asked):
    first, second = walk()
    found = signals(asked(pairs(entry=1.5, exit=0.3, long_only=False), small({"AAA": first, "BBB": second})))
    for (_, wanted), (_, side, hedge) in zip(found, by_numpy(first, second, 1.5, 0.3), strict=True):
        larger = max(1, hedge)
        assert wanted == {"AAA": pytest.approx(side / larger), "BBB": pytest.approx(-side * hedge / larger)}
        assert all(abs(signal) <= 1 for signal in wanted.values())


def test_symbols_that_move_against_each_other_are_not_entered(small, asked):
    base = [20, 21, 22, 21, 20, 19, 20, 21, 22, 21]
    market = small({"AAA": [*(800 / price for price in base), 34], "BBB": [*base, 21]})
    strategy = pairs()
    assert asked(strategy, market) == []
    assert strategy.hedge < 0
    assert abs(strategy.z) > 2


def test_only_bars_that_both_symbols_have_count(small, asked):
    first, second = walk(60)
    alone = small({"AAA": first, "BBB": second})
    lone_first = [price for pair in zip(first, [0.5] * 60, strict=True) for price in pair]
    lone_second = [price for pair in zip(second, [None] * 60, strict=True) for price in pair]
    mixed = small({"AAA": lone_first, "BBB": lone_second})
    expected = asked(pairs(entry=1.5), alone)
    assert expected
    assert asked(pairs(entry=1.5), mixed) == [(2 * step, targets) for step, targets in expected]


def test_a_split_of_one_symbol_changes_nothing(small, asked, day):
    first, second = walk(60)
    rounded = [round(price * 2) / 2 for price in first]
    plain = small({"AAA": rounded, "BBB": second})
    halved = [*rounded[:30], *(price / 2 for price in rounded[30:])]
    market = small({"AAA": halved, "BBB": second}, actions=[Split("AAA", day(30), 2, 1)])
    assert signals(asked(pairs(entry=1.5), market)) == signals(asked(pairs(entry=1.5), plain)) != []


def test_without_names_it_takes_the_first_two_symbols_of_the_data(small, asked):
    first, second = walk()
    three = small({"AAA": first, "BBB": second, "CCC": first})
    named = small({"CCC": first, "AAA": first, "BBB": second})
    expected = asked(pairs(), small({"AAA": first, "BBB": second}))
    assert asked(pairs(), three) == expected
    assert asked(pairs(first="AAA", second="BBB"), named) == expected


def test_one_symbol_is_no_pair(small, asked):
    assert asked(pairs(), small({"AAA": walk()[0]})) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"first": "AAA"}, "two different symbols, or both be empty"),
        ({"first": "AAA", "second": "AAA"}, "two different symbols"),
        ({"exit": 2}, r"exit \(2\) must be smaller than entry \(2\)"),
        ({"window": 10, "entry": 3}, r"entry \(3\) must be smaller than .* \(3\): no z-score is larger"),
        ({"entry": float("nan")}, "finite"),
        ({"window": 9}, "greater than or equal to 10"),
    ],
)
def test_options_without_a_meaning_are_refused(options, told):
    with pytest.raises(ValidationError, match=told):
        PairsOptions(**options)


def test_the_spread_can_be_watched(small, asked):
    first, second = walk(WINDOW)
    strategy = pairs()
    asked(strategy, small({"AAA": first, "BBB": second}))
    expected = hedge_and_z(np.log(first).tolist(), np.log(second).tolist())
    assert strategy.get_debug_info() == {
        "hedge": pytest.approx(expected[0]),
        "z": pytest.approx(expected[1]),
        "side": 0,
    }

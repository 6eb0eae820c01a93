"""Returns from oversold, over an index of two bars that can be worked out by hand.

With mean gain G and mean loss L, each change c makes G = (G + max(c, 0)) / 2, L alike; RSI = 100 G / (G + L).
"""

import pytest
from pydantic import ValidationError

from app.ports import Target
from plugins_strategy.rsi_reversion import RsiReversion, RsiReversionOptions

pytestmark = pytest.mark.unit

LONG = Target("AAA", signal=1, tag="back from oversold")
FLAT = Target("AAA", signal=0, tag="back at the exit level")
SHORT = Target("AAA", signal=-1, tag="back from overbought")


def reversion(**options):
    return RsiReversion(RsiReversionOptions(length=2, **options))


def test_it_buys_on_the_way_back_and_leaves_at_the_exit_level(small, asked):
    # RSI: 0 (L 1), 33.3 (G 1/4, L 1/2), 60 (G 3/8, L 1/4).
    assert asked(reversion(), small({"AAA": [10, 9, 8, 8.5, 9]})) == [(3, [LONG]), (4, [FLAT])]


def test_being_oversold_is_no_signal(small, asked):
    assert asked(reversion(), small({"AAA": [10, 9, 8, 7, 6, 5]})) == []


def test_it_holds_below_the_exit_level_without_asking_again(small, asked):
    # RSI: 0, 33.3, 11.1 (G 1/8, L 1), 38.5 (G 5/16, L 1/2), 78.4 (G 29/32, L 1/4).
    found = asked(reversion(), small({"AAA": [10, 9, 8, 8.5, 7, 7.5, 9]}))
    assert found == [(3, [LONG]), (6, [FLAT])]


def test_a_return_beyond_the_exit_level_comes_too_late(small, asked):
    # RSI: 0, then 50 (G 1/2, L 1/2).
    assert asked(reversion(), small({"AAA": [10, 9, 8, 9]})) == []
    assert asked(reversion(exit=51), small({"AAA": [10, 9, 8, 9]})) == [(3, [LONG])]


def test_the_level_itself_counts_as_back_and_not_as_oversold(small, asked):
    # RSI: 0, then exactly 25 (G 1/4, L 3/4).
    assert asked(reversion(oversold=25), small({"AAA": [10, 9, 7, 7.5]})) == [(3, [LONG])]
    # RSI: 50, exactly 25, then 40.
    assert asked(reversion(oversold=25), small({"AAA": [10, 11, 10, 9, 9.25]})) == []


def test_it_sells_short_on_the_way_back_from_overbought_where_it_may(small, asked):
    # RSI: 100, 66.7 (G 1/2, L 1/4), 40 (G 1/4, L 3/8).
    market = small({"AAA": [10, 11, 12, 11.5, 11]})
    assert asked(reversion(allow_short=True), market) == [(3, [SHORT]), (4, [FLAT])]
    assert asked(reversion(), market) == []


def test_symbols_are_followed_each_by_themselves_at_their_own_bars(small, asked):
    market = small({"AAA": [10, 9, None, 8, 8.5], "BBB": [5, 4, 3, 3.5, 4]})
    found = [
        (step, [(each.symbol, each.signal) for each in wanted]) for step, wanted in asked(reversion(), market)
    ]
    assert found == [(3, [("BBB", 1)]), (4, [("AAA", 1), ("BBB", 0)])]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"oversold": 50}, r"oversold \(50\), exit \(50\) and overbought \(70\) must ascend"),
        ({"exit": 70}, r"oversold \(30\), exit \(70\) and overbought \(70\) must ascend"),
        ({"overbought": 100}, "less than 100"),
        ({"oversold": float("nan")}, "less than 100"),
        ({"length": 1}, "greater than or equal to 2"),
    ],
)
def test_levels_without_a_meaning_are_refused(options, told):
    with pytest.raises(ValidationError, match=told):
        RsiReversionOptions(**options)


def test_the_index_and_the_side_can_be_watched(small, asked):
    strategy = reversion()
    asked(strategy, small({"AAA": [10, 9, 8, 8.5]}))
    assert strategy.get_debug_info() == {"rsi": {"AAA": pytest.approx(100 / 3)}, "side": {"AAA": 1}}

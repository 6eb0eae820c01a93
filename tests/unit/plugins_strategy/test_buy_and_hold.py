"""Buy each symbol once and keep it."""

from dataclasses import dataclass

import msgspec
import pytest

from app.ports import Target
from plugins_strategy.buy_and_hold import BuyAndHold

pytestmark = pytest.mark.unit


def first(symbol):
    return Target(symbol, signal=1, tag="first bar")


def test_each_symbol_is_wanted_once_at_its_first_bar(small, asked):
    market = small({"AAA": [1, 2, 3, 4], "BBB": [None, None, 5, 6], "CCC": [9, None, 9, 9]})
    assert asked(BuyAndHold(), market) == [(0, [first("AAA"), first("CCC")]), (2, [first("BBB")])]


@pytest.mark.parametrize("stop", range(5))
def test_it_goes_on_from_a_snapshot_as_if_it_had_never_stopped(small, asked, stop):
    market = small({"AAA": [1, 2, 3, 4], "BBB": [None, None, 5, 6]})
    one, other = BuyAndHold(), BuyAndHold()
    before = asked(one, market, range(stop))
    other.state = msgspec.json.decode(msgspec.json.encode(one.state), type=BuyAndHold.State)
    assert before + asked(other, market, range(stop, 4)) == asked(BuyAndHold(), market)


def test_two_instances_share_no_memory(small, asked):
    asked(BuyAndHold(), small({"AAA": [1]}))
    assert BuyAndHold().get_debug_info() == {"bought": []}


def test_what_was_bought_can_be_watched(small, asked):
    strategy = BuyAndHold()
    asked(strategy, small({"AAA": [1], "BBB": [2]}))
    assert strategy.get_debug_info() == {"bought": ["AAA", "BBB"]}


class Counted(str):
    """A name that counts comparisons."""

    __slots__ = ()
    __hash__ = str.__hash__
    comparisons = 0

    def __eq__(self, other):
        Counted.comparisons += 1
        return str.__eq__(self, other)


@dataclass(frozen=True)
class Updated:
    """Bars of which only the updated symbols count."""

    updated: tuple[str, ...]


def test_a_symbol_is_looked_up_without_going_through_all_of_them():
    strategy = BuyAndHold()
    names = [f"S{number}" for number in range(1_000)]
    assert len(strategy.decide(Updated(tuple(names)), None)) == 1_000
    assert not strategy.decide(Updated(tuple(map(Counted, names))), None)
    assert Counted.comparisons < 10_000

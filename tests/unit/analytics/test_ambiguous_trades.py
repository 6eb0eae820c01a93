"""Which trades rest on a bar that does not tell the order of its fills."""

from dataclasses import replace

import pytest

from app.analytics.ambiguity import AmbiguousFills
from app.domain.fills import ExecutionFlag
from app.domain.instruments import Instrument
from app.domain.intents import Side

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]


@pytest.fixture
def between(trade):
    """Give `between(entry, exit)`, a trade."""
    return lambda entry, exit_: replace(trade(0), entry_time=entry, exit_time=exit_)


@pytest.fixture
def at(fill):
    """Give `at(time)`, an ambiguous fill."""
    return lambda time: replace(fill(Side.SELL, 100, 0), time=time, flags=ExecutionFlag.AMBIGUOUS)


@pytest.mark.parametrize(
    ("period", "found"), [((1, 4), False), ((1, 5), True), ((5, 9), True), ((6, 9), False)]
)
def test_a_trade_is_ambiguous_from_its_entry_to_its_exit(between, at, period, found):
    assert AmbiguousFills([at(5)]).within(between(*period)) is found


def test_other_fills_and_those_of_other_symbols_say_nothing(between, at):
    late = replace(at(5), flags=ExecutionFlag.LATE)
    other = replace(at(5), instrument=Instrument("BBB"))
    assert not AmbiguousFills([late, other]).within(between(1, 9))


def test_fills_are_remembered_from_batch_to_batch(between, at):
    fills = AmbiguousFills()
    fills.add([at(5)])
    fills.add([replace(at(20), flags=ExecutionFlag.AMBIGUOUS | ExecutionFlag.LATE)])
    assert [fills.within(between(*period)) for period in ((3, 6), (6, 19), (19, 20))] == [True, False, True]

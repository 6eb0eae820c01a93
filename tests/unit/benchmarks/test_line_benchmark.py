"""The benchmark of the line: its slope, and the orders that its strategy makes."""

import pytest

from benchmarks.line import InAndOut, ran, slope, table
from benchmarks.markets import walk
from benchmarks.peers.run_lts import market

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("power", "factor"), [(1, 3e-6), (2, 3e-9), (0, 0.5)])
def test_the_slope_is_the_power_with_which_time_grows(power, factor):
    assert slope({size: factor * size**power for size in (10, 100, 1_000)}) == pytest.approx(power, abs=1e-9)


@pytest.mark.parametrize("every", [1, 3])
def test_in_and_out_trades_whenever_it_is_due_and_a_bar_follows(every):
    _, fills = ran(market(walk(31)), InAndOut(every))
    assert fills == len(range(every, 31, every))


def test_the_table_says_what_each_unit_costs_beyond_the_base(capsys):
    table("orders", {10: (1.5, 9), 100: (10.5, 99)}, lambda size: size, base=0.5)
    out = capsys.readouterr().out
    assert "100000.00" in out
    assert "slope over orders: 1.00" in out

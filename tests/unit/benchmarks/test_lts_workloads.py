"""What LTS does in the comparison with other engines is what a plain loop over the bars does."""

import numpy as np
import pytest

from benchmarks.markets import Walk, walk
from benchmarks.peers import rules, run_lts

pytestmark = pytest.mark.integration


class Account:
    """Cash and shares of one symbol, in floats, with the commission of the comparison."""

    def __init__(self) -> None:
        self.cash = float(rules.CAPITAL)
        self.shares = 0
        self.fills = 0

    def trade(self, wanted: int, cents: float) -> None:
        value = (wanted - self.shares) * cents / 100
        self.cash -= value + abs(value) * rules.COMMISSION
        self.shares = wanted
        self.fills += 1

    def equity(self, cents: float) -> float:
        return self.cash + self.shares * cents / 100


def crossed(bars: Walk, *, guarded: bool) -> Account:
    """Return the account after the crossing, with exact sums of cents for averages."""
    opens, lows, closes = (column[0].tolist() for column in (bars.opens, bars.lows, bars.closes))
    sums = np.concatenate(([0], np.cumsum(bars.closes[0])))
    spread = np.full(len(closes), np.nan)
    fast, slow = rules.FAST, rules.SLOW
    spread[slow - 1 :] = (sums[slow:] - sums[slow - fast : -fast]) * slow - (
        sums[slow:] - sums[:-slow]
    ) * fast
    above, below = rules.crossings(spread)
    account, wanted, stop = Account(), None, 0
    for bar, close in enumerate(closes):
        if wanted is not None:
            account.trade(wanted, opens[bar])
            wanted, stop = None, opens[bar] * rules.STOP_PERCENT // 100
        elif guarded and account.shares and lows[bar] <= stop:
            account.trade(0, min(opens[bar], stop))
        if above[bar] and not (guarded and account.shares):
            wanted = rules.shares(account.equity(close), close / 100)
        elif below[bar] and account.shares:
            wanted = 0
        if wanted == account.shares:
            wanted = None
    return account


@pytest.mark.parametrize("guarded", [False, True], ids=["crossing", "with a stop"])
def test_the_crossing_trades_as_a_plain_loop_does(guarded: bool) -> None:
    bars = walk(20_000)
    expected = crossed(bars, guarded=guarded)
    outcome = run_lts.sma_cross_stop(bars) if guarded else run_lts.sma_cross(bars)
    assert outcome.fills == expected.fills
    assert outcome.final_equity == pytest.approx(expected.equity(int(bars.closes[0, -1])), abs=1)


def test_the_rotation_holds_the_ten_symbols_of_the_highest_momentum() -> None:
    bars = walk(200, symbols=15)
    outcome = run_lts.rotation(bars)
    turns = [bar for bar in range(199) if rules.rotates(bar)]
    assert rules.ROTATION_TOP * len(turns) <= outcome.fills <= 15 * len(turns)


def test_the_stop_is_reached_in_the_bars_that_are_used() -> None:
    bars = walk(20_000)
    assert crossed(bars, guarded=True).cash != crossed(bars, guarded=False).cash

"""What a backtest hands to the statistics: its benchmark, its trades' bars, its positions."""

from decimal import Decimal

import numpy as np
import pytest

from app.analytics.attribution import attribution
from app.analytics.catalogue import STATISTICS
from app.domain.events import Dividend, Split
from app.ports import Place, Side

pytestmark = pytest.mark.unit


def test_a_run_that_trades_at_a_gain_and_a_loss_has_every_statistic(small, replay):
    rng = np.random.default_rng(7)
    market = small({"AAA": (1_000 + rng.integers(-40, 40, 60).cumsum()).tolist()})
    orders = {step: [Place("AAA", Side.BUY if step % 10 else Side.SELL, 5)] for step in range(5, 55, 5)}
    result = replay(market, orders, bps="10").result
    unknown = {key for key, value in result.statistics.items() if value is None}
    assert len(result.trades) == 5
    assert list(result.statistics) == [statistic.key for statistic in STATISTICS]
    assert unknown <= {"max_drawdown_recovery", "treynor"}


def test_the_market_itself_has_a_beta_of_one_once_it_is_held(small, replay):
    market = small({"AAA": [10, 10, 11, 9, 12, 10]})
    result = replay(market, {0: [Place("AAA", Side.BUY, 100)]}, capital="1000").result
    assert result.statistics["beta"] == pytest.approx(1)
    assert result.statistics["alpha"] == pytest.approx(0)
    assert result.statistics["information_ratio"] is None
    assert result.benchmark_statistics["beta"] is None


def test_excursions_look_at_the_runs_own_bars_over_a_split(small, replay, day):
    quiet, wild = (100, 100, 100, 100), (100, 120, 90, 100)
    halved = (50, 50, 40, 50)
    market = small(
        {"AAA": [quiet, quiet, wild, halved, (50, 99, 1, 50)]}, actions=[Split("AAA", day(3), 2, 1)]
    )
    orders = {0: [Place("AAA", Side.BUY, 10)], 3: [Place("AAA", Side.SELL, 20)]}
    result = replay(market, orders).result
    assert len(result.trades) == 1
    assert result.statistics["average_mae"] == pytest.approx(-0.20)
    assert result.statistics["average_mfe"] == pytest.approx(0.20)
    assert result.statistics["average_mae_amount"] == -200_00
    assert result.statistics["average_mfe_amount"] == 200_00


def test_contributions_add_up_to_the_runs_profit(small, replay, day):
    market = small(
        {"AAA": [100, 100, 102, 34, 35, 36], "BBB": [50, 50, 48, 47, 49, 46]},
        actions=[Split("AAA", day(3), 3, 1), Dividend("BBB", day(2), day(4), Decimal(1), "USD")],
    )
    orders = {0: [Place("AAA", Side.BUY, 10), Place("BBB", Side.BUY, 20)], 4: [Place("BBB", Side.SELL, 5)]}
    result = replay(market, orders, bps="10").result
    parts = attribution(result.positions, result.last_ticks)
    assert {each.symbol for each in parts} == {"AAA", "BBB"}
    assert sum(each.profit for each in parts) == result.equity.equity[-1] - 100_000_00

"""The statistics of a run: stable keys, trades, costs and exposure."""

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from app.analytics.catalogue import STATISTICS, Group
from app.analytics.excursions import Excursions
from app.analytics.statistics import statistics
from app.analytics.trades import excursion_figures, trade_figures, turnover
from app.domain.fills import Fill, Trade
from app.domain.intents import Side

pytestmark = pytest.mark.unit

DAY = 86_400_000_000_000
KEYS = [statistic.key for statistic in STATISTICS]
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "statistics.md"


@pytest.mark.integration
def test_the_reference_lists_every_key_with_its_unit_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert rows == [(statistic.key, statistic.unit.value) for statistic in STATISTICS]


def test_keys_and_labels_are_unique() -> None:
    assert len(set(KEYS)) == len(KEYS)
    assert len({statistic.label for statistic in STATISTICS}) == len(STATISTICS)


@given(arrays(np.int64, st.integers(0, 30), elements=st.integers(-(10**6), 10**12)), st.integers(-10, 10**12))
def test_any_curve_gives_every_key_a_finite_number_or_none(equity: np.ndarray, initial: int) -> None:
    times = np.arange(len(equity), dtype=np.int64) * DAY
    figures = statistics(
        equity, times, initial=initial, periods_per_year=252, exposure=abs(equity), trades=[], fills=[]
    )
    assert list(figures) == KEYS
    assert all(value is None or np.isfinite(value) for value in figures.values())


def test_figures_without_a_source_are_none() -> None:
    figures = statistics(np.array([101, 99]), np.array([0, DAY]), initial=100, periods_per_year=252)
    assert figures["total_return"] == pytest.approx(-0.01)
    unsourced = [known.key for known in STATISTICS if known.group not in {Group.RETURN, Group.RISK}]
    assert [figures[key] for key in unsourced] == [None] * len(unsourced)


def test_a_benchmark_gives_the_relative_figures_of_equal_samples_only() -> None:
    equity, times = np.array([101, 99, 104]), np.arange(3) * DAY
    relative = [known.key for known in STATISTICS if known.group is Group.RELATIVE]

    def figures(benchmark: np.ndarray) -> list[float | None]:
        found = statistics(equity, times, initial=100, periods_per_year=252, benchmark=benchmark)
        return [found[key] for key in relative]

    assert None not in figures(np.array([102, 97, 103]))
    assert figures(np.array([102, 97])) == figures(np.array([102, 0, 103])) == [None] * 4


def test_tails_are_told_at_both_confidences() -> None:
    equity = np.cumprod(1 + np.arange(-50, 51) / 1000)
    figures = statistics(equity, np.arange(101) * DAY, initial=1, periods_per_year=252)
    assert figures["var_95"] == pytest.approx(-0.045)
    assert figures["cvar_95"] == pytest.approx(-0.0475)
    assert figures["var_99"] == pytest.approx(-0.049)
    assert figures["cvar_99"] == pytest.approx(-0.0495)


def test_the_deepest_drawdown_is_told_in_days_and_seconds() -> None:
    equity, times = np.array([100, 50, 100]), np.array([2 * DAY, 3 * DAY, 7 * DAY])
    figures = statistics(equity, times, initial=100, periods_per_year=252)
    assert figures["max_drawdown"] == -0.5
    assert figures["max_drawdown_days"] == 5
    assert figures["max_drawdown_peak"] == 2 * 86_400
    assert figures["max_drawdown_trough"] == 3 * 86_400
    assert figures["max_drawdown_recovery"] == 7 * 86_400


def test_exposure_is_the_mean_share_of_equity_and_time_in_market_the_share_of_samples() -> None:
    figures = statistics(
        np.array([100, 200]),
        np.array([0, DAY]),
        initial=100,
        periods_per_year=252,
        exposure=np.array([0, 100]),
    )
    assert figures["exposure"] == 0.25
    assert figures["time_in_market"] == 0.5


def test_fees_add_up_and_turnover_is_half_of_what_was_traded_per_year(fill: Callable[..., Fill]) -> None:
    fills = [fill(Side.BUY, 100, 3), fill(Side.SELL, 300, 4)]
    figures = statistics(
        np.array([100, 100]), np.array([0, DAY]), initial=100, periods_per_year=4, fills=fills
    )
    assert figures["fees"] == 7
    assert figures["turnover"] == 4.0
    assert turnover(fills, 0, 1) is None


def test_wins_and_losses_are_counted_after_fees(trade: Callable[..., Trade]) -> None:
    trades = [trade(300, fees=5, days=2), trade(100), trade(-200, fees=9), trade(0, fees=2, days=4)]
    assert trade_figures(trades) == {
        "trade_count": 4,
        "win_rate": 0.5,
        "profit_factor": 2.0,
        "average_trade": 50,
        "average_win": 200,
        "average_loss": -200,
        "largest_win": 300,
        "largest_loss": -200,
        "expectancy": pytest.approx(0.05, rel=1e-15),
        "average_holding_days": 2,
        "longest_holding_days": 4,
        "longest_winning_run": 2,
        "longest_losing_run": 1,
    }


@pytest.mark.parametrize(
    ("profits", "winning", "losing"),
    [
        ([1, 1, -1, 1, 1, 1, -1, -1], 3, 2),
        ([1, 0, 1], 1, 0),
        ([-1, -1, 0, -1], 0, 2),
        ([0], 0, 0),
    ],
)
def test_a_run_of_trades_ends_where_one_breaks_even(
    trade: Callable[..., Trade], profits: list[int], winning: int, losing: int
) -> None:
    figures = trade_figures([trade(profit) for profit in profits])
    assert (figures["longest_winning_run"], figures["longest_losing_run"]) == (winning, losing)


def test_excursions_are_averaged_as_fractions_and_as_amounts() -> None:
    both = Excursions(np.array([-50.0, 0.0]), np.array([100.0, 300.0]), np.array([1000.0, 500.0]))
    assert excursion_figures(both) == {
        "average_mae": -0.025,
        "average_mfe": pytest.approx(0.35),
        "average_mae_amount": -25,
        "average_mfe_amount": 200,
    }
    nothing = np.empty(0)
    assert set(excursion_figures(Excursions(nothing, nothing, nothing)).values()) == {None}


def test_without_losses_there_is_no_profit_factor(trade: Callable[..., Trade]) -> None:
    figures = trade_figures([trade(100)])
    assert figures["profit_factor"] is None
    assert figures["win_rate"] == 1


def test_without_trades_only_their_count_is_known() -> None:
    figures = trade_figures([])
    assert figures.pop("trade_count") == 0
    assert set(figures.values()) == {None}

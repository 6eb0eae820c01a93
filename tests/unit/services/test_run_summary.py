"""The summary of a run for programs, and the capital that a run may have."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError
from app.ports import Intrabar, MarketData, Target
from app.services.ambiguity import Bound, Bounds
from app.services.headless import check_capital
from app.services.summary import run_summary

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]


def test_money_is_exact_text_and_ratios_are_numbers(
    small: Callable[..., MarketData], replay: Callable[..., Any]
) -> None:
    market = small({"A": [10, 10, 11, 12]})
    result = replay(market, {0: [Target("A", quantity=10)]}, capital="1000.10", bps="10").result
    summary = run_summary("r1", result, ("A",), "lts.db")
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert (summary["run_id"], summary["database"], summary["report"]) == ("r1", "lts.db", None)
    assert (summary["initial_equity"], summary["final_equity"], summary["fees"]) == (
        "1000.10",
        "1020.00",
        "0.10",
    )
    assert (summary["bars"], summary["orders"], summary["fills"], summary["trades"]) == (4, 1, 1, 0)
    assert summary["total_return"] == pytest.approx(19.90 / 1000.10)


def test_the_bounds_of_an_ambiguous_run_are_told_as_the_run_is(
    small: Callable[..., MarketData], replay: Callable[..., Any]
) -> None:
    result = replace(replay(small({"A": [10, 11]}), {}, capital="1000").result, ambiguous=3)
    plain = run_summary("r1", result, ("A",), "lts.db")
    assert (plain["ambiguous_fills"], plain["under_worst"], plain["under_best"]) == (3, None, None)
    own = Bound(Intrabar.WORST, 990_05, -0.0099, None, -0.02)
    summary = run_summary("r1", result, ("A",), "lts.db", Bounds(own, own, None, "Why."))
    assert summary["under_worst"] == {
        "final_equity": "990.05",
        "total_return": -0.0099,
        "sharpe": None,
        "max_drawdown": -0.02,
    }
    assert summary["under_best"] is None


def test_a_run_is_so_many_times_faster_than_the_market(
    small: Callable[..., MarketData], replay: Callable[..., Any]
) -> None:
    result = replay(small({"A": [10, 11, 12]}), {}).result
    for seconds, times in ((2.0, 86_400), (0.0, None)):
        summary = run_summary("r1", replace(result, seconds=seconds), ("A",), "lts.db")
        assert summary["times_real_time"] == times
    still = replace(result, period=(0, 0))
    assert run_summary("r1", still, ("A",), "lts.db")["times_real_time"] is None


def test_a_run_that_was_stopped_before_its_first_bar_still_has_a_summary(
    small: Callable[..., MarketData], replay: Callable[..., Any]
) -> None:
    result = replay(small({"A": [10, 11]}), {}, capital="1000", stop_after=0).result
    summary = run_summary("r1", result, ("A",), "lts.db")
    assert summary["status"] == "interrupted"
    assert (summary["bars"], summary["initial_equity"], summary["final_equity"]) == (0, "1000.00", "1000.00")
    json.dumps(summary, allow_nan=False)


@given(st.decimals(min_value="0.01", max_value="92233720368.54", places=2))
def test_every_capital_that_can_be_stored_is_taken(capital: Decimal) -> None:
    check_capital(capital)


@pytest.mark.parametrize("capital", ["92233720368.55", "1e12", "1e30"])
def test_a_capital_that_cannot_be_stored_is_refused_by_its_key(capital: str) -> None:
    with pytest.raises(ConfigurationError, match=r"portfolio\.capital.*\n.*92 billion"):
        check_capital(Decimal(capital))

"""Every strategy that comes with the program, over the shipped prices and through the command line."""

from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-001")]

QUICK = ("--set", "data.start=2009-01-01", "--set", "data.symbols=IBM,MSFT")

STRATEGIES = sorted(
    entry.name for entry in distribution("lts-server").entry_points.select(group="plugins_strategy")
)


def database(folder: Path) -> str:
    return f"sqlite:///{(folder / 'lts.db').as_posix()}"


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name != "prediction"])
def test_a_shipped_strategy_trades_on_the_shipped_prices(lts: Any, tmp_path: Path, strategy: str) -> None:
    chosen = ("--strategy", strategy, *QUICK)
    done = lts.inside("run", "--json", "--db", database(tmp_path), *chosen).json
    assert done["status"] == "completed"
    assert done["fills"] > 0


def test_the_breakouts_stops_are_stored_as_filled_or_canceled_by_the_strategy(
    lts: Any, tmp_path: Path
) -> None:
    url = database(tmp_path)
    lts.inside("run", "--json", "--db", url, "--strategy", "donchian_breakout", *QUICK)
    found = lts.query("SELECT status, reason FROM orders WHERE type = 'stop'", url)
    assert {("filled", None), ("canceled", "canceled_by_strategy")} <= set(found)
    assert {status for status, _ in found} == {"filled", "canceled"}


def test_predictions_that_the_data_do_not_have_are_asked_for(lts: Any, tmp_path: Path) -> None:
    failed = lts.inside("run", "--db", database(tmp_path), "--strategy", "prediction", *QUICK, code=1)
    assert "IBM have no extra column 'prediction'; data.extra_columns gives: none" in failed.message

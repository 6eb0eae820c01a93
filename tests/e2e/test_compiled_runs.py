"""`run.speed`: a run, and a sweep, are the same whether compiled or not, and say why where they are not."""

from typing import Any

import pytest

pytestmark = [pytest.mark.system, pytest.mark.requirement("SYS-001", "SYS-005")]

COMPILED = ("--set", "run.speed=compiled")
GRID = ("--grid", "fast=5:25:5", "--grid", "slow=30:61:10", "--workers", "2")


def test_compiled_runs_and_sweeps_come_to_what_interpreted_ones_do(lts: Any) -> None:
    first = lts("run", "--json", *COMPILED, "--set", "strategy.stop_percent=5")
    assert "Compiling" in first.err
    plain = lts.inside("run", "--json", "--set", "strategy.stop_percent=5").json
    assert first.json["state_hash"] == plain["state_hash"]
    again = lts("run", "--json", *COMPILED)
    assert "Compiling" not in again.err
    swept = lts("sweep", *GRID, "--json", *COMPILED).json
    expected = lts("sweep", *GRID, "--json", "--set", "run.speed=interpreted").json
    assert swept["rows"] == expected["rows"]
    assert swept["warnings"] == []


def test_a_strategy_without_a_program_is_interpreted_and_the_user_is_told(lts: Any) -> None:
    done = lts.inside("run", "--json", *COMPILED, "--strategy", "buy_and_hold")
    assert "strategy buy_and_hold declares no program; the run is interpreted" in done.err
    assert done.json["status"] == "completed"

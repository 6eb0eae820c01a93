"""How an engine is asked for a workload and answers."""

from pathlib import Path

import pytest

from benchmarks.peers.measuring import measured
from benchmarks.peers.workloads import Workload

pytestmark = pytest.mark.integration


def test_lts_answers_from_a_process_of_its_own(tmp_path: Path) -> None:
    told: list[str] = []
    workload = Workload("sma_cross", "Short", bars=3_000, engines=("lts",))
    (found,) = measured(workload, ["lts"], folder=tmp_path, scratch=tmp_path, rounds=2, tell=told.append)
    assert found.label.startswith("LTS ")
    assert found.fills > 10
    assert found.rate == pytest.approx(3_000 / found.seconds)
    assert len(told) == len(found.answers) == 2


def test_an_engine_that_fails_is_named_with_its_message(tmp_path: Path) -> None:
    workload = Workload("no_such_work", "None", bars=100, engines=("lts",))
    with pytest.raises(SystemExit, match="lts failed on no_such_work_0k"):
        measured(workload, ["lts"], folder=tmp_path, scratch=tmp_path, rounds=1, tell=lambda _line: None)

"""What the measured figures look like."""

import pytest

from benchmarks.peers.measuring import Measured
from benchmarks.peers.protocol import Answer
from benchmarks.peers.tables import markdown, rows
from benchmarks.peers.workloads import ENGINES, WORKLOADS, listed

pytestmark = pytest.mark.unit


def answer(peer: str, seconds: float, peak: float | None = 120.4) -> Answer:
    return Answer(peer, "1.0", seconds, bars=1_000, fills=12, final_equity=1234.5, peak_megabytes=peak)


def measured(engine: str, *seconds: float, peak: float | None = 120.4) -> Measured:
    return Measured(engine, tuple(answer(engine, each, peak) for each in seconds))


def test_the_median_round_counts() -> None:
    assert measured("lts", 0.5, 9.0, 0.4).rate == 2_000


def test_each_peer_is_compared_with_lts() -> None:
    found = rows([measured("lts", 0.5), measured("backtrader", 5.0), measured("vectorbt", 0.005)])
    assert [row[3] for row in found] == ["", "10.0x as fast", "0.01x as fast"]


def test_markdown_has_a_row_for_each_engine_and_leaves_unknown_memory_out() -> None:
    text = markdown("Work", [measured("lts", 0.5, peak=None), measured("vectorbt", 1.0)])
    assert text.splitlines() == [
        "### Work",
        "",
        "| engine | seconds | bars/s | LTS is | fills | final equity | peak memory |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| lts 1.0 | 0.500 | 2,000 |  | 12 | 1,234.50 |  |",
        "| vectorbt 1.0 | 1.000 | 1,000 | 2.0x as fast | 12 | 1,234.50 | 120 MB |",
    ]


def test_work_that_lts_has_no_part_in_is_not_listed() -> None:
    for workload in listed():
        assert any(ENGINES[name].script == "run_lts" for name in workload.engines)


def test_workloads_have_names_of_their_own_and_known_engines() -> None:
    assert len({workload.name for workload in WORKLOADS}) == len(WORKLOADS)
    assert {name for workload in WORKLOADS for name in workload.engines} <= set(ENGINES)

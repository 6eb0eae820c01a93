"""One source, three speeds: the same programs of orders come to the same state, bit for bit."""

import pytest
from reference_programs import program_from_seed
from scripts import Script

from app.services.kernels import kernel_module
from plugins_strategy.sma_cross import crossing

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]


@pytest.fixture(scope="module")
def module(folder):
    return kernel_module(crossing, folder)


@pytest.mark.parametrize(
    ("first", "count", "finer"),
    [(0, 250, False), (250, 250, False), (500, 250, False), (750, 250, False), (0, 250, True)],
)
def test_a_thousand_programs_come_to_one_state_at_every_speed(module, monkeypatch, first, count, finer):
    for seed in range(first, first + count):
        script = Script(program_from_seed(seed, finer=finer), monkeypatch)
        assert script.interpreted() == script.expected, f"interpreted, seed {seed}"
        assert script.compiled(module) == script.expected, f"compiled, seed {seed}"
        assert script.event_by_event(module) == script.expected, f"event by event, seed {seed}"
        assert script.restarted(module) == script.expected, f"restarted, seed {seed}"

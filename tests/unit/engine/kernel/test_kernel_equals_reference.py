"""The kernel does with every program what the naive reference venue does with it, to the unit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_replay import difference
from reference_programs import program_from_seed, programs

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

CHUNK = 50


def differing(seeds, *, finer):
    """Return what differs first in each program that differs, by its seed."""
    found = {seed: difference(program_from_seed(seed, finer=finer)) for seed in seeds}
    return [f"seed {seed}, {text}" for seed, text in found.items() if text]


@pytest.mark.parametrize("start", range(0, 1_000, CHUNK))
def test_the_kernel_equals_the_reference_on_generated_programs(start):
    differences = differing(range(start, start + CHUNK), finer=False)
    assert not differences, f"{len(differences)} programs differ; {differences[0]}"


@pytest.mark.parametrize("start", range(10_000, 10_300, CHUNK))
def test_the_kernel_equals_the_reference_on_generated_programs_with_finer_bars(start):
    differences = differing(range(start, start + CHUNK), finer=True)
    assert not differences, f"{len(differences)} programs differ; {differences[0]}"


@settings(max_examples=100, deadline=None)
@given(st.booleans().flatmap(lambda finer: programs(finer=finer)))
def test_the_kernel_equals_the_reference_on_programs_that_shrink(program):
    text = difference(program)
    assert not text, text

"""Version 7 UUIDs."""

from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.persistence.ids import uuid7

pytestmark = pytest.mark.unit

milliseconds = st.integers(min_value=0, max_value=2**48 - 1)
noise = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_standard_is_met():
    # RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC.
    randomness = (0x0CC3 << 64 | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert uuid7(1645557742000 * 1_000_000, randomness) == UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


@given(milliseconds, noise)
def test_version_and_variant_are_those_of_the_standard(milliseconds: int, noise: bytes):
    made = uuid7(milliseconds * 1_000_000, noise)
    assert (made.version, made.variant, made.int >> 80) == (7, RFC_4122, milliseconds)


@given(milliseconds, milliseconds, noise, noise)
def test_ids_sort_as_their_times(early: int, late: int, noise: bytes, other: bytes):
    if early < late:
        first, second = uuid7(early * 1_000_000, noise), uuid7(late * 1_000_000, other)
        assert first < second
        assert str(first) < str(second)


def test_ids_of_one_moment_differ():
    assert len({uuid7(0) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(("now", "randomness"), [(-1, b"0" * 10), (2**48 * 1_000_000, b"0" * 10), (0, b"0")])
def test_what_does_not_fit_is_refused(now: int, randomness: bytes):
    with pytest.raises(ValueError, match=r"bytes|outside"):
        uuid7(now, randomness)

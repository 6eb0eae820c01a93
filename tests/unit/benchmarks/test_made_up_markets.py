"""The bars that every engine is compared on."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.markets import COLUMNS, Walk, walk

pytestmark = pytest.mark.unit


def test_a_longer_walk_begins_with_the_shorter_one() -> None:
    short, long = walk(500), walk(2_000)
    for name in COLUMNS:
        assert np.array_equal(getattr(short, name), getattr(long, name)[..., :500])


def test_opens_and_closes_lie_within_the_range_of_their_bar() -> None:
    bars = walk(5_000, symbols=3)
    assert (bars.lows <= np.minimum(bars.opens, bars.closes)).all()
    assert (bars.highs >= np.maximum(bars.opens, bars.closes)).all()
    assert (bars.lows > 0).all()


def test_opens_gap_so_that_a_fill_at_the_close_shows() -> None:
    bars = walk(5_000)
    assert (bars.opens[0, 1:] != bars.closes[0, :-1]).mean() > 0.5


def test_symbols_differ_and_share_their_timestamps() -> None:
    bars = walk(1_000, symbols=2)
    assert bars.symbols == 2
    assert bars.bars == 2_000
    assert len(bars.timestamps) == 1_000
    assert (bars.closes[0] != bars.closes[1]).any()


@pytest.mark.integration
def test_a_saved_walk_is_read_as_it_was(tmp_path: Path) -> None:
    saved = walk(100, symbols=2)
    saved.save(tmp_path / "walk.npz")
    read = Walk.load(tmp_path / "walk.npz")
    for name in COLUMNS:
        assert np.array_equal(getattr(saved, name), getattr(read, name))

"""Programs of orders at every speed; the oracle's generator, without the oracle, makes them."""

import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).parents[3] / "oracles"), str(Path(__file__).parent)]


@pytest.fixture(scope="session")
def folder(pytestconfig, tmp_path_factory):
    """Give the folder of compiled kernels, which all tests share: compiling one takes half a minute."""
    cache = getattr(pytestconfig, "cache", None)  # gone where somebody runs without it
    folder = tmp_path_factory.mktemp("kernels") if cache is None else Path(cache.mkdir("kernels"))
    folder.chmod(0o700)
    return folder

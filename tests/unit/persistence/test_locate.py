"""Where the migrations are, installed and in a checkout."""

from pathlib import Path

import pytest

from app.domain.errors import ConfigurationError
from app.persistence.locate import packaged

pytestmark = pytest.mark.unit


def test_an_installed_package_carries_its_own(tmp_path: Path):
    package = tmp_path / "app"
    (package / "_migrations").mkdir(parents=True)
    (tmp_path / "migrations").mkdir()
    assert packaged("migrations", package) == package / "_migrations"


def test_a_checkout_has_them_beside_the_package(tmp_path: Path):
    (tmp_path / "migrations").mkdir()
    assert packaged("migrations", tmp_path / "app") == tmp_path / "migrations"


def test_an_incomplete_installation_says_so(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="'migrations' is missing") as refused:
        packaged("migrations", tmp_path / "app")
    assert "install again" in refused.value.remedy


def test_this_installation_has_its_migrations():
    assert (packaged("migrations") / "env.py").is_file()

"""Process matters come from two variables and nothing else."""

from pathlib import Path

import pytest

from app.settings.collection import PROCESS_VARIABLES
from app.settings.process import ProcessSettings

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005")]


def test_variables_are_read_when_constructed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTS_DATABASE_URL", "postgresql://me:hunter2@db/lts")
    monkeypatch.setenv("LTS_HOME", "/data")
    settings = ProcessSettings()
    assert settings.home == Path("/data")
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://me:hunter2@db/lts"
    assert "hunter2" not in repr(settings)


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LTS_DATABASE_URL", "")
    monkeypatch.delenv("LTS_HOME", raising=False)
    assert ProcessSettings() == ProcessSettings.model_construct(database_url=None, home=None)


def test_the_known_names_are_those_that_are_read() -> None:
    assert {f"LTS_{name.upper()}" for name in ProcessSettings.model_fields} == PROCESS_VARIABLES

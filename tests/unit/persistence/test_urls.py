"""What is accepted as the address of a database, and how it is shown."""

from pathlib import Path

import pytest

from app.domain.errors import StorageUnusable
from app.persistence.urls import as_url, parsed, shown

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "name", ["lts.db", "with space.db", "what?.db", "100%.db", "a#b.db", "ü@:.db", "%20.db"]
)
def test_the_path_of_a_file_comes_back_whatever_its_name(tmp_path: Path, name: str):
    path = tmp_path.resolve() / name
    assert parsed(as_url(str(path))).database == str(path)
    assert shown(parsed(as_url(str(path)))) == str(path)


def test_a_path_may_begin_at_home_or_here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    expected = str(tmp_path.resolve() / "lts.db")
    for text in ("~/lts.db", "lts.db", "sqlite:///lts.db", "sqlite+pysqlite:///lts.db", "sqlite:///~/lts.db"):
        assert parsed(as_url(text)).database == expected


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_postgresql_is_reached_through_psycopg_and_shown_without_password(scheme: str):
    url = parsed(f"{scheme}://ada:canary@host:5432/lts?password=canary&sslmode=require")
    assert url.drivername == "postgresql+psycopg"
    assert "canary" not in shown(url)
    assert shown(url).startswith("postgresql://ada:")
    assert "sslmode=require" in shown(url)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "://",
        "mysql://ada:canary@host/lts",
        "postgresql+asyncpg://ada:canary@host/lts",
        "postgresql://ada:canary@host:port/lts",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:lts.db?uri=true",
        "sqlite:///lts.db?mode=ro",
        "sqlite:///a\0b.db",
    ],
)
def test_other_addresses_are_refused_without_telling_the_password(text: str):
    with pytest.raises(StorageUnusable) as refused:
        parsed(as_url(text))
    assert "canary" not in str(refused.value)
    assert refused.value.remedy

"""What is accepted as the address of a database, and how it is shown."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.engine import URL

from app.domain.errors import StorageUnusable
from app.persistence.urls import as_url, parsed, shown

pytestmark = pytest.mark.unit

printable = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=12)
passwords = printable.map(lambda text: f"{text}canary{text}")


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
        "sqlite:///lts.db?password=canary",
        "sqlite://ada:canary@host/lts.db",
        "sqlite://ada/x:canary@host/lts.db",
        "postgresql://ada:can@canary@host/lts",
        "postgresql://ada/x:canary@host/lts",
        "postgresql://ada:canary",
        " postgresql://ada:canary@host/lts",
        "postgresql:ada:canary@host/lts",
        "host=db password=canary dbname=lts",
        "dbname = lts user = ada password = canary",
        "PASSWORD='canary'",
        "Server=db;Pwd=canary",
        "host=db password=canary options=a://b",
    ],
)
def test_other_addresses_are_refused_without_telling_the_password(text: str):
    with pytest.raises(StorageUnusable) as refused:
        parsed(as_url(text))
    assert "canary" not in str(refused.value)
    assert refused.value.remedy


def test_what_is_refused_does_not_come_back_as_a_cause_either():
    with pytest.raises(StorageUnusable) as refused:
        parsed("postgresql://ada:canary")
    assert refused.value.__suppress_context__


@pytest.mark.parametrize("text", ["/data/host=a/lts.db", "a=b.db", "./postgresql:x"])
def test_a_path_with_an_equals_sign_or_a_colon_is_a_path(text: str):
    assert parsed(as_url(text)).database == str(Path(text).resolve())


def test_the_user_may_hold_an_at_sign():
    url = parsed("postgresql://ada@tenant:canary@host/lts")
    assert (url.username, url.host) == ("ada@tenant", "host")
    assert shown(url) == "postgresql://ada%40tenant:******@host/lts"


@pytest.mark.requirement("SYS-010")
@pytest.mark.parametrize("password", ["canary space", "canary%20space", "a:canary", "can?canary", "#canary/"])
def test_a_password_is_masked_whatever_is_in_it(password: str):
    assert shown(parsed(f"postgresql://u:{password}@h/x")) == "postgresql://u:******@h/x"
    assert shown(parsed(f"postgresql://my user:{password}@h/x")) == "postgresql://my user:******@h/x"


@pytest.mark.requirement("SYS-010")
@given(user=printable, password=passwords)
def test_a_password_that_is_escaped_arrives_and_is_never_shown(user: str, password: str):
    url = URL.create("postgresql", user, password, "host", 5432, "lts", {"sslpassword": password})
    read = parsed(url.render_as_string(hide_password=False))
    assert (read.username, read.password, read.host) == (user, password, "host")
    assert "canary" not in shown(read)


@pytest.mark.requirement("SYS-010")
@given(scheme=st.sampled_from(["postgresql", "sqlite", "mysql"]), user=printable, password=passwords)
def test_a_password_as_it_is_is_masked_or_refused_but_never_shown(scheme: str, user: str, password: str):
    try:
        said = shown(parsed(f"{scheme}://{user}:{password}@host/lts?sslmode=require"))
    except StorageUnusable as refused:
        said = str(refused)
    assert "canary" not in said

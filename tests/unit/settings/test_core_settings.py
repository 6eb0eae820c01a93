"""The core's own settings: what is taken, what is refused, and what the values mean."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.settings.errors import SettingsError
from app.settings.model import KINDS, CoreSettings, nanoseconds

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005"), pytest.mark.requirement("SYS-018")]

moments = st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001 - a zone is added below
offsets = st.integers(-12 * 60, 14 * 60)


@given(moment=moments, minutes=offsets)
def test_a_time_with_a_zone_is_its_utc_nanosecond(moment: datetime, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    text = f"{moment.isoformat()}{sign}{hours:02}:{rest:02}"
    since = moment.replace(tzinfo=UTC) - timedelta(minutes=minutes) - datetime(1970, 1, 1, tzinfo=UTC)
    assert nanoseconds(text) == since // timedelta(microseconds=1) * 1000


@given(day=st.dates(datetime(1700, 1, 1).date(), datetime(2200, 1, 1).date()))  # noqa: DTZ001 - only the day
def test_a_date_ends_one_nanosecond_before_the_next_begins(day: Any) -> None:
    last = nanoseconds(day.isoformat(), last=True)
    assert last is not None
    assert last + 1 == nanoseconds((day + timedelta(days=1)).isoformat())


def test_nanoseconds_are_exact() -> None:
    assert nanoseconds("") is None
    assert nanoseconds("1970-01-01") == 0
    assert nanoseconds("1970-01-01t00:00:01.000000001z") == 1_000_000_001
    assert nanoseconds("1969-12-31T23:59:59.5Z") == -500_000_000


@pytest.mark.parametrize(
    "text",
    [
        "2005",
        "2005-1-1",
        "20050101",
        "2005-W01-1",
        "2005-02-30",
        "2005-01-01T10:00",
        "2005-01-01T10:00:00",
        "2005-01-01T10:00:60Z",
        "2005-01-01T25:00:00Z",
        "2005-01-01T10:00:00+99:00",
        "2005-01-01T10:00:00.1234567890Z",
        "2005-01-01 ",
        "yesterday",
        "\u0662005-01-01",
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
    ],
)
def test_what_is_no_moment_is_refused(settle: Any, text: str) -> None:
    for key in ("data.start", "data.end"):
        with pytest.raises(SettingsError, match=key):
            settle(f"{key}={text}")


def test_an_end_before_the_start_names_both_keys(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("data.start=2005-01-02", files=({"data.end": "2005-01-01"},))
    assert "data.end lies before data.start" in caught.value.problem
    assert 'data.start = "2005-01-02" (from --set data.start)' in caught.value.problem
    assert 'data.end = "2005-01-01" (from 1.toml)' in caught.value.problem


def test_a_period_of_one_day_may_start_within_it(settle: Any) -> None:
    data = settle("data.start=2005-01-01T12:00:00Z", "data.end=2005-01-01").core.data
    assert data.start_nanoseconds < data.end_nanoseconds
    assert settle().core.data.end_nanoseconds is None


@pytest.mark.parametrize(
    "override",
    [
        "data.symbols=",
        "data.symbols=A,A",
        "data.symbols=A,,B",
        "data.symbols=A,B C",
        "data.symbols=" + "A" * 33,
        'data.symbols=["A"',
        "data.symbols=../x;rm",
        "data.source=csv file",
        "data.source=",
        "data.source=1csv",
        "data.path=" + "x" * 5000,
        "data.path=a\0b",
        "data.timeframe=2d",
        "data.timeframe=1D",
        "data.tick=0",
        "data.tick=-0.01",
        "data.tick=nan",
        "data.tick=inf",
        "data.tick=1e-99999999",
        "data.tick=fine",
        "run.seed=-1",
        "run.seed=9223372036854775808",
        "run.benchmark=A B",
        "log.level=INFO",
        "plugins.core=",
        "plugins.core=a.b",
    ],
)
def test_what_the_core_cannot_use_is_refused(settle: Any, override: str) -> None:
    key = override.partition("=")[0]
    with pytest.raises(SettingsError, match=f"{key} = .* is refused"):
        settle(override)


def test_what_the_core_can_use_is_taken(settle: Any) -> None:
    core = settle(
        'data.symbols=["^GSPC", "BRK.B"]',
        "data.source=parquet",
        "data.timeframe=15m",
        "data.tick=0.0001",
        "run.seed=9223372036854775807",
        "run.benchmark=EUR/USD",
        "log.level=error",
    ).core
    assert core.data.symbols == ("^GSPC", "BRK.B")
    assert core.data.tick_size == Decimal("0.0001")
    assert core.run.seed == 2**63 - 1
    assert settle("data.tick=").core.data.tick_size is None
    assert CoreSettings().data.tick_size is None


def test_core_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        CoreSettings().run.seed = 2  # type: ignore[misc]  # the point of the test
    assert KINDS == ("core", "aaa", "pipeline", "strategy", "broker", "portfolio")

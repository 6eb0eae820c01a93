"""Exchange calendars as plain sessions: half days, holidays, breaks, unknown names and unknown futures."""

import builtins
from datetime import UTC, date, datetime, timedelta

import pytest
from exchange_calendars import get_calendar

from app.data.calendars import calendar_names, early_closes, sessions
from app.domain.errors import ConfigurationError, InputError

pytestmark = pytest.mark.integration


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def inside(found, start, end):
    """Return (open, close) of the sessions between two times, as texts."""
    return [
        tuple(datetime.fromtimestamp(time // 10**9, UTC).strftime("%m-%d %H:%M") for time in bounds)
        for bounds in zip(found.opens.tolist(), found.closes.tolist(), strict=True)
        if start <= bounds[0] <= end
    ]


def test_holidays_have_no_session_half_days_end_early_and_clocks_go_back():
    start, end = at("2024-11-01"), at("2024-11-29T23:00")
    found = inside(sessions("XNYS", start, end), start, end)
    assert found[0] == ("11-01 13:30", "11-01 20:00")  # summer time
    assert found[-3:] == [
        ("11-26 14:30", "11-26 21:00"),
        ("11-27 14:30", "11-27 21:00"),
        ("11-29 14:30", "11-29 18:00"),  # Thanksgiving is closed, the day after a half day
    ]


def test_half_days_are_listed():
    assert early_closes("XNYS", at("2024-11-01"), at("2024-12-31")) == (
        date(2024, 11, 29),
        date(2024, 12, 24),
    )


def test_a_month_around_the_period_comes_along():
    found = sessions("XNYS", at("2024-03-15"), at("2024-03-20"))
    assert found.days[0] <= (date(2024, 2, 1) - date(1970, 1, 1)).days
    assert found.days[-1] >= (date(2024, 4, 30) - date(1970, 1, 1)).days


@pytest.mark.filterwarnings("ignore:Series.values returning an ndarray")  # the library's own use of pandas
@pytest.mark.parametrize("name", ["XNAS", "XBOM", "XTKS", "XNZE", "XASX", "CMES", "24/7", "24/5"])
def test_sessions_are_those_of_the_library(name):
    found = sessions(name, at("2023-06-01"), at("2024-06-01"))
    library = get_calendar(name, start="2022-06-01", end="2025-06-01").schedule
    days = [date(1970, 1, 1) + timedelta(days=int(day)) for day in found.days]
    shared = library.loc[str(days[0]) : str(days[-1])]
    assert days == [stamp.date() for stamp in shared.index]
    assert found.opens.tolist() == [stamp.value for stamp in shared["open"]]
    assert found.closes.tolist() == [stamp.value for stamp in shared["close"]]
    breaks = shared.dropna(subset=["break_start"])
    assert found.breaks.tolist() == [
        [row.break_start.value, row.break_end.value] for row in breaks.itertuples()
    ]


def test_a_session_is_found_by_time():
    found = sessions("XNYS", at("2024-11-25"), at("2024-11-29"))
    number = found.session_of(at("2024-11-29T17:59"))
    assert found.days[number] == (date(2024, 11, 29) - date(1970, 1, 1)).days
    assert found.session_of(at("2024-11-29T18:00")) is None
    assert found.session_of(at("2024-11-28T15:00")) is None


@pytest.mark.parametrize(
    ("name", "meant"), [("XNYSE", "XNYS"), ("xnys", "XNYS"), ("NASDAC", "NASDAQ"), ("24-7", "24/7")]
)
def test_an_unknown_name_is_refused_with_the_nearest(name, meant):
    with pytest.raises(ConfigurationError, match="There is no calendar") as told:
        sessions(name, at("2024-01-01"), at("2024-02-01"))
    assert told.value.remedy.startswith(f"Did you mean '{meant}'?")


def test_a_name_like_no_other_is_refused_with_all_that_there_are():
    with pytest.raises(ConfigurationError, match=r"There is no calendar '\?\?'") as told:
        sessions("??", at("2024-01-01"), at("2024-02-01"))
    assert told.value.remedy.startswith("There are: ")
    assert set(told.value.remedy.removeprefix("There are: ").rstrip(".").split(", ")) == set(calendar_names())


def test_a_period_beyond_what_the_calendar_knows_is_refused():
    with pytest.raises(ConfigurationError, match=r"The calendar XNYS is known from 1700-01-01 to \d{4}-"):
        sessions("XNYS", at("2024-01-01"), at("2100-01-01"))
    with pytest.raises(ConfigurationError, match="The calendar XSAU is known from 2021-01-01"):
        sessions("XSAU", at("2020-12-31"), at("2024-01-01"))


def test_the_first_days_that_a_calendar_knows_can_be_asked_for():
    found = sessions("XSAU", at("2021-01-01"), at("2021-03-01"))
    assert found.days[0] >= (date(2021, 1, 1) - date(1970, 1, 1)).days


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(InputError, match="ends before it begins"):
        sessions("XNYS", at("2024-02-01"), at("2024-01-01"))


@pytest.mark.requirement("SYS-011")
def test_without_the_package_the_command_that_installs_it_is_told(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.startswith("exchange_calendars"):
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigurationError, match="not installed") as told:
        sessions("XNYS", at("2024-01-01"), at("2024-02-01"))
    assert told.value.remedy == 'Run: pip install "lts-server[calendars]"'

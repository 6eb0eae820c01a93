"""Timestamp columns: ISO dates and RFC 3339 to nanoseconds UTC, with one offset in a file."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.text import Text
from app.data.times import TimeReader, written
from app.domain.errors import InputError

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-018")]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1701, 1, 1), datetime(2249, 12, 31))  # noqa: DTZ001 - the zone is added by the test
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def column(fields: list[str]) -> Text:
    encoded = [field.encode() for field in fields]
    ends = np.cumsum([len(field) + 1 for field in encoded]) - 1
    starts = ends - [len(field) for field in encoded]
    return Text(np.frombuffer(b",".join(encoded) + b",", np.uint8), starts, ends)


def fail(row: int, problem: str) -> InputError:
    return InputError(f"row {row}: {problem}")


def nanoseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


def read(*fields: str) -> list[int]:
    return TimeReader().read(column(list(fields)), fail).tolist()


@given(st.lists(MOMENTS, min_size=1), OFFSETS, st.sampled_from(["seconds", "milliseconds", "auto"]))
def test_any_moments_with_one_offset_are_read_exactly(
    moments: list[datetime], zone: timezone, precision: str
) -> None:
    moments = [moment.replace(tzinfo=zone) for moment in moments]
    if precision != "auto":
        kept = 1000 if precision == "milliseconds" else 1_000_000
        moments = [moment.replace(microsecond=moment.microsecond // kept * kept) for moment in moments]
    texts = [moment.isoformat(timespec=precision) for moment in moments]
    assert read(*texts) == [nanoseconds(moment) for moment in moments]


@given(st.lists(st.dates(datetime(1700, 1, 1).date(), datetime(2250, 12, 31).date()), min_size=1))  # noqa: DTZ001 - dates have no zone
def test_dates_are_midnight_utc(days: list[object]) -> None:
    expected = [np.datetime64(str(day), "ns").astype(np.int64) for day in days]
    assert read(*map(str, days)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-31T15:30:00Z", "2024-01-31t15:30:00z", "2024-01-31 15:30:00Z", "2024-01-31T15:30Z",
        "2024-01-31T15:30", "2024-01-31 15:30:00", "2024-01-31T16:30:00+01:00", "2024-01-31T10:30:00-0500",
        "2024-01-31T15:30:00.000Z", "2024-01-31T15:30:00.000000000", " 2024-01-31T15:30:00Z ",
    ],
)  # fmt: skip
def test_each_way_to_write_a_time_means_the_same(text: str) -> None:
    assert read(text) == [nanoseconds(datetime(2024, 1, 31, 15, 30, tzinfo=UTC))]


def test_nanoseconds_are_kept() -> None:
    assert read("1970-01-01T00:00:01.123456789Z", "1970-01-01T00:00:02.000000001Z") == [
        1_123_456_789,
        2_000_000_001,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "2024-02-30", "2024-13-01", "2024-01-31T24:00:00", "2024-01-31T15:60:00",
        "2024-01-31T15:30:60", "31.01.2024", "01/31/2024", "20240131", "1706659200", "2024-1-31",
        "2024-01-31T15:30:00+25:00", "2024-01-31T", "\u0662024-01-31",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_with_its_row(text: str) -> None:
    with pytest.raises(InputError, match=r"row 1: .* is not a date or time"):
        read("2024-01-30", text)
    with pytest.raises(InputError, match=r"row 0: .* is not a date or time"):
        read(text)


@pytest.mark.parametrize("text", ["1699-12-31", "2251-01-01", "0000-01-01", "9999-12-31T00:00:00Z"])
def test_times_that_64_bits_might_not_hold_are_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"row 0: "):
        read(text)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2024-01-30", "2024-01-31T00:00:00Z"),
        ("2024-01-30T00:00:00", "2024-01-31T00:00:00Z"),
        ("2024-01-30T00:00:00+01:00", "2024-01-31T00:00:00+02:00"),
        ("2024-01-30T00:00:00Z", "2024-01-31T00:00:00"),
    ],
)
def test_mixed_time_zones_are_refused_within_a_block_and_across_blocks(first: str, second: str) -> None:
    with pytest.raises(InputError, match=r"row 1: .*mixed time zones"):
        read(first, second)
    reader = TimeReader()
    reader.read(column([first]), fail)
    with pytest.raises(InputError, match=r"row 0: .*mixed time zones"):
        reader.read(column([second]), fail)


def test_z_and_a_zero_offset_are_the_same_zone() -> None:
    assert read("2024-01-30T00:00:00Z", "2024-01-31T00:00:00+00:00", "2024-02-01T00:00:00-00:00")


@pytest.mark.parametrize(
    ("text", "assumed"),
    [("2024-01-31", False), ("2024-01-31T00:00:00", True), ("2024-01-31T00:00:00Z", False)],
)
def test_only_times_without_an_offset_are_assumed_to_be_utc(text: str, *, assumed: bool) -> None:
    reader = TimeReader()
    reader.read(column([text]), fail)
    assert reader.assumed_utc is assumed


def test_a_time_is_written_as_a_date_when_it_is_midnight() -> None:
    assert written(0) == "1970-01-01"
    assert written(-1_000_000_000) == "1969-12-31T23:59:59Z"

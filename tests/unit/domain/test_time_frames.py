"""Time frames, and nanoseconds as moments."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bars import SECOND, BarFlag, Timeframe, moment

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("timeframe", "seconds"),
    [("1m", 60), ("5m", 300), ("15m", 900), ("1h", 3_600), ("4h", 14_400), ("1d", 86_400), ("1w", 604_800)],
)
def test_a_time_frame_is_written_as_users_write_it(timeframe, seconds):
    assert Timeframe(timeframe).nanoseconds == seconds * SECOND


def test_ratios_are_annualised_over_trading_days_or_weeks():
    assert {timeframe: timeframe.periods_per_year for timeframe in Timeframe} == {
        **dict.fromkeys(Timeframe, 252),
        Timeframe.W1: 52,
    }


@given(st.datetimes(datetime(1700, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001 # made aware below
def test_a_moment_is_the_utc_time_of_its_nanoseconds(naive):
    aware = naive.replace(tzinfo=UTC)
    since = aware - datetime(1970, 1, 1, tzinfo=UTC)
    microseconds = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    assert moment(microseconds * 1_000) == aware
    assert moment(microseconds * 1_000 + 999) == aware


def test_a_good_bar_has_no_flag():
    assert not BarFlag.GOOD
    assert BarFlag(5) == BarFlag.STALE | BarFlag.GAP

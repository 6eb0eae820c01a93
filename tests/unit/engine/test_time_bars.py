"""Bars of a time frame: where their intervals begin, and when they are known."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bars import Timeframe
from app.domain.errors import ConfigurationError
from app.domain.instruments import Instrument
from app.engine.columns import BarSeries
from app.engine.consolidation import SessionAnchor, TimeBars, consolidate
from app.engine.sessions import Sessions

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

QUARTER = Timeframe.M15.nanoseconds
NEW_YORK = SessionAnchor(time(9, 30), "America/New_York")
FUTURES = SessionAnchor(time(17), "America/Chicago", evening_before=True)


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def bars(times, timeframe=Timeframe.M15):
    stamps = np.array([at(text) if isinstance(text, str) else text for text in times], np.int64)
    prices = np.arange(1, len(stamps) + 1)
    flags = np.zeros(len(stamps), np.uint8)
    return BarSeries(Instrument("AAA"), timeframe, stamps, *[prices] * 5, flags=flags)


def stamps(made):
    return [f"{datetime.fromtimestamp(ns // 10**9, UTC):%m-%d %H:%M}" for ns in made.timestamps.tolist()]


def every(step, first, last, timeframe=Timeframe.M15):
    return bars(range(at(first), at(last), step.nanoseconds), timeframe)


def test_a_bar_is_complete_with_the_member_that_reaches_its_end():
    made = consolidate(every(Timeframe.M15, "2024-01-02 09:00", "2024-01-02 11:30"), TimeBars(Timeframe.H1))
    assert stamps(made) == ["01-02 09:00", "01-02 10:00"]
    assert (made.last_at.tolist(), made.completed_at.tolist()) == ([3, 7], [3, 7])


def test_where_the_last_member_is_missing_a_later_one_shows_that_the_bar_has_ended():
    times = ["2024-01-02 09:00", "2024-01-02 09:30", "2024-01-02 12:15", "2024-01-02 12:45"]
    made = consolidate(bars(times), TimeBars(Timeframe.H1))
    assert stamps(made) == ["01-02 09:00", "01-02 12:00"]
    assert (made.last_at.tolist(), made.completed_at.tolist()) == ([1, 3], [2, 3])


def test_a_bar_that_nothing_has_ended_is_not_known():
    assert len(consolidate(bars(["2024-01-02 09:00", "2024-01-02 09:30"]), TimeBars(Timeframe.H1))) == 0


def test_intervals_are_half_open():
    made = consolidate(bars(["2024-01-02 09:45", "2024-01-02 10:00"]), TimeBars(Timeframe.H1))
    assert (stamps(made), made.last_at.tolist()) == (["01-02 09:00"], [0])


def test_hours_are_counted_from_the_anchor_of_the_day():
    made = consolidate(
        every(Timeframe.M15, "2024-01-02 14:30", "2024-01-02 18:00"), TimeBars(Timeframe.H1, NEW_YORK)
    )
    assert stamps(made) == ["01-02 14:30", "01-02 15:30", "01-02 16:30"]


def test_days_follow_the_clocks_of_their_zone():
    # Clocks in New York go forward on 10 March 2024: 9:30 there is 14:30 UTC before and 13:30 after.
    times = [f"2024-03-{day:02} {hour}" for day in (8, 11, 12) for hour in ("14:30", "19:30")]
    made = consolidate(bars(times, Timeframe.M15), TimeBars(Timeframe.D1, NEW_YORK))
    assert stamps(made) == ["03-08 14:30", "03-11 13:30"]
    assert (made.opened_at.tolist(), made.completed_at.tolist()) == ([0, 2], [2, 4])


def test_the_last_interval_of_a_day_of_23_hours_is_shorter():
    anchor = SessionAnchor(time(0), "America/New_York")
    hourly = every(Timeframe.H1, "2024-03-10 05:00", "2024-03-11 05:00", Timeframe.H1)
    made = consolidate(hourly, TimeBars(Timeframe.H4, anchor))
    assert stamps(made) == [*(f"03-10 {hour:02}:00" for hour in (5, 9, 13, 17, 21)), "03-11 01:00"]
    assert made.volumes.tolist() == [10, 26, 42, 58, 74, 21 + 22 + 23]
    assert made.completed_at[-1] == 22


def test_a_futures_monday_begins_on_sunday_evening_and_so_does_its_week():
    # 2024-01-05 is a Friday; 17:00 in Chicago is 23:00 UTC.
    times = [
        "2024-01-05 21:00",
        "2024-01-07 23:00",
        "2024-01-08 22:45",
        "2024-01-08 23:00",
        "2024-01-15 00:00",
    ]
    daily = consolidate(bars(times), TimeBars(Timeframe.D1, FUTURES))
    assert stamps(daily) == ["01-04 23:00", "01-07 23:00", "01-08 23:00"]
    assert daily.completed_at.tolist() == [1, 2, 4]
    weekly = consolidate(bars(times), TimeBars(Timeframe.W1, FUTURES))
    assert stamps(weekly) == ["12-31 23:00", "01-07 23:00"]
    assert weekly.last_at.tolist() == [0, 3]


def test_a_close_ends_the_bars_of_its_session_and_what_trades_later_has_its_own():
    sessions = Sessions(
        np.array([at("2024-01-02 14:30"), at("2024-01-03 14:30")]),
        np.array([at("2024-01-02 21:00"), at("2024-01-03 18:00")]),
    )
    times = [
        "2024-01-02 14:30",
        "2024-01-02 20:45",
        "2024-01-02 22:00",
        "2024-01-03 14:30",
        "2024-01-03 17:45",
    ]
    made = consolidate(bars(times), TimeBars(Timeframe.D1, NEW_YORK), sessions=sessions)
    assert stamps(made) == ["01-02 14:30", "01-02 21:00", "01-03 14:30"]
    assert (made.last_at.tolist(), made.completed_at.tolist()) == ([1, 2, 4], [1, 3, 4])


@given(
    st.sets(
        st.integers(at("1990-01-01") // 900_000_000_000, at("1991-12-31") // 900_000_000_000), max_size=30
    ),
    st.sampled_from([frame for frame in Timeframe if frame.nanoseconds >= Timeframe.M15.nanoseconds]),
    st.sampled_from([SessionAnchor(), NEW_YORK, FUTURES, SessionAnchor(time(1, 45), "Australia/Lord_Howe")]),
)
def test_a_bar_is_known_from_its_end_on_and_never_before(quarters, timeframe, anchor):
    base = bars([quarter * QUARTER for quarter in sorted(quarters)])
    made = consolidate(base, TimeBars(timeframe, anchor))
    longest = timeframe.nanoseconds + timedelta(hours=1) // timedelta(microseconds=1) * 1000
    for number in range(len(made)):
        start, last, known = (int(c[number]) for c in (made.timestamps, made.last_at, made.completed_at))
        assert start <= base.timestamps[made.opened_at[number]]
        assert base.timestamps[last] < start + longest
        # Either the last member reaches the end, or a member beyond it shows that the bar has ended.
        assert known in {last, last + 1}
        if known == last + 1 and number + 1 < len(made):
            assert made.timestamps[number + 1] > start
    assert (np.diff(made.timestamps) > 0).all()


@given(st.integers(at("1960-01-01"), at("2060-01-01")), st.sampled_from([1, 7]))
def test_the_starts_of_days_reach_around_what_was_asked_for(moment, days):
    for anchor in (SessionAnchor(), NEW_YORK, FUTURES):
        starts = anchor.starts(moment, moment, every=days)
        assert starts[0] <= moment < starts[-1]
        assert (np.diff(starts) > 0).all()


def test_utc_days_and_weeks_begin_at_midnight_and_on_monday():
    daily = every(Timeframe.D1, "2024-01-01", "2024-01-16", Timeframe.D1)
    made = consolidate(daily, TimeBars(Timeframe.W1))
    assert stamps(made) == ["01-01 00:00", "01-08 00:00"]
    assert made.completed_at.tolist() == [6, 13]


def test_an_anchor_that_cannot_be_is_refused():
    with pytest.raises(ConfigurationError, match="The time zone 'America/Nowhere' is not known") as caught:
        SessionAnchor(time(9, 30), "America/Nowhere")
    assert "tzdata" in caught.value.remedy
    with pytest.raises(ConfigurationError, match="not known"):
        SessionAnchor(zone="../etc/passwd")
    with pytest.raises(ConfigurationError, match="has a zone of its own"):
        SessionAnchor(time(9, 30, tzinfo=UTC))

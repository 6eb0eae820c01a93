"""A timer comes at the last step whose bars have all ended by its moment, and never sees further."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ConfigurationError
from app.domain.money import INT64_MAX
from app.engine.schedule import due, steps_of_warmup
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline
from app.ports import BarSeries, Instrument, MarketData, Timeframe
from app.ports.scheduling import AtClose, AtOpen, Every, EveryPeriod, MonthEnd, MonthStart, WeekStart

pytestmark = pytest.mark.unit

MINUTE = Timeframe.M1.nanoseconds
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def at(text):
    """Return a UTC time such as 2020-01-31T21:00 in nanoseconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**9


def timeline_of(times, timeframe=Timeframe.D1):
    times = np.array(times, np.int64)
    ones = np.ones(len(times), np.int64)
    flags = np.zeros(len(times), np.uint8)
    return Timeline(
        MarketData({"AAA": BarSeries(Instrument("AAA"), timeframe, times, *[ones] * 5, flags=flags)})
    )


def weekdays(first, last):
    days = range(at(first), at(last) + 1, DAY)
    return [day for day in days if datetime.fromtimestamp(day // 10**9, UTC).weekday() < 5]


def new_york(first, last, *, early=()):
    """Return weekday sessions from 14:30 to 21:00, or to 18:00 on the days in `early`."""
    days = weekdays(first, last)
    closes = [day + (18 if day in map(at, early) else 21) * HOUR for day in days]
    return Sessions(np.array(days) + 14 * HOUR + 30 * MINUTE, np.array(closes))


def quarter_hours(days, calendar):
    return [
        time
        for day in days
        for time in range(at(day), at(day) + DAY, 15 * MINUTE)
        if calendar.session_of(time) is not None
    ]


def found(timer, timeline, sessions=None):
    """Return (start of the last bar seen, moment, first bar that its orders may meet), as texts."""
    return [
        (text(timeline.times.item(step)), text(one.moment), text(one.eligible))
        for step, occasions in due({"timer": timer}, timeline, sessions).items()
        for one in occasions
    ]


def text(time):
    if time == INT64_MAX:
        return "never"
    return datetime.fromtimestamp(time // 10**9, UTC).strftime("%m-%d %H:%M").removesuffix(" 00:00")


DAILY = weekdays("2020-01-27", "2020-02-05")
CALENDAR = new_york("2019-12-02", "2020-03-31")


def test_at_the_close_a_daily_bar_is_seen_whole_and_orders_wait_for_the_next():
    assert found(AtClose(), timeline_of(DAILY[:3]), CALENDAR) == [
        ("01-27", "01-27 21:00", "01-28"),
        ("01-28", "01-28 21:00", "01-29"),
        ("01-29", "01-29 21:00", "never"),
    ]


def test_at_the_open_the_day_before_is_seen_and_orders_meet_that_open():
    assert found(AtOpen(), timeline_of(DAILY[:3]), CALENDAR) == [
        ("01-27", "01-28 14:30", "01-28"),
        ("01-28", "01-29 14:30", "01-29"),
    ]


def test_after_the_open_a_daily_bar_of_that_day_is_no_longer_to_be_had():
    timer = AtOpen(timedelta(minutes=1))
    assert found(timer, timeline_of(DAILY[:3]), CALENDAR)[0] == ("01-27", "01-28 14:31", "01-29")


def test_before_the_close_only_the_bars_that_have_ended_are_seen():
    calendar = new_york("2020-01-06", "2020-03-31", early=["2020-01-30"])
    timeline = timeline_of(quarter_hours(["2020-01-29", "2020-01-30", "2020-01-31"], calendar), Timeframe.M15)
    assert found(AtClose(timedelta(minutes=-20)), timeline, calendar) == [
        ("01-29 20:15", "01-29 20:40", "01-29 20:45"),
        ("01-30 17:15", "01-30 17:40", "01-30 17:45"),
        ("01-31 20:15", "01-31 20:40", "01-31 20:45"),
    ]


def test_a_bar_that_would_last_beyond_the_close_ends_with_it():
    hours = [at("2020-01-29T14:30") + number * HOUR for number in range(7)]
    timeline = timeline_of([*hours, at("2020-01-30T14:30"), at("2020-01-30T15:30")], Timeframe.H1)
    assert found(AtClose(), timeline, CALENDAR) == [("01-29 20:30", "01-29 21:00", "01-30 14:30")]


def test_every_so_many_timestamps_counts_from_the_first():
    assert [seen for seen, _, _ in found(Every(3), timeline_of(DAILY))] == ["01-29", "02-03"]


def test_a_period_comes_at_its_whole_multiples_and_once_over_a_night():
    times = quarter_hours(["2020-01-29", "2020-01-30"], CALENDAR)
    hits = found(EveryPeriod(timedelta(hours=2)), timeline_of(times, Timeframe.M15))
    assert [(seen, moment) for seen, moment, _ in hits] == [
        ("01-29 15:45", "01-29 16:00"),
        ("01-29 17:45", "01-29 18:00"),
        ("01-29 19:45", "01-29 20:00"),
        ("01-29 20:45", "01-29 22:00"),
        ("01-30 15:45", "01-30 16:00"),
        ("01-30 17:45", "01-30 18:00"),
        ("01-30 19:45", "01-30 20:00"),
    ]


@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        (MonthStart(), ("01-31", "02-03 14:30", "02-03")),
        (MonthStart(1), ("02-03", "02-04 14:30", "02-04")),
        (MonthEnd(), ("01-31", "01-31 21:00", "02-03")),
        (MonthEnd(1), ("01-30", "01-30 21:00", "01-31")),
        (WeekStart(), ("01-31", "02-03 14:30", "02-03")),
        (WeekStart(2), ("02-04", "02-05 14:30", "02-05")),
    ],
)
def test_with_a_calendar_months_and_weeks_are_counted_in_sessions(timer, expected):
    timeline = timeline_of(weekdays("2020-01-30", "2020-02-06"))
    assert found(timer, timeline, CALENDAR)[0] == expected


def test_a_week_begins_on_monday_where_trading_never_stops():
    every_day = range(at("2020-01-03"), at("2020-01-15"), DAY)
    assert [seen for seen, _, _ in found(WeekStart(), timeline_of(every_day))] == ["01-06", "01-13"]


def test_a_holiday_moves_the_start_of_a_week_to_its_first_session():
    monday = at("2020-01-20")
    rows = CALENDAR.opens // DAY != monday // DAY
    holiday = Sessions(CALENDAR.opens[rows], CALENDAR.closes[rows])
    days = [day for day in weekdays("2020-01-16", "2020-01-23") if day != monday]
    assert found(WeekStart(), timeline_of(days), holiday) == [("01-17", "01-21 14:30", "01-21")]


@pytest.mark.parametrize(
    ("timer", "expected"),
    [
        (MonthStart(), ("02-03", "02-04", "02-04")),
        (MonthStart(1), ("02-04", "02-05", "02-05")),
        (WeekStart(), ("02-03", "02-04", "02-04")),
        (AtClose(), ("01-30", "01-31", "01-31")),
        (AtOpen(), ("01-30", "01-31", "01-31")),
        (AtClose(timedelta(hours=-1)), ("01-30", "01-31 23:00", "02-03")),
    ],
)
def test_without_a_calendar_a_day_is_a_day_of_the_bars_in_utc(timer, expected):
    assert found(timer, timeline_of(weekdays("2020-01-30", "2020-02-06")))[0] == expected


def test_the_end_of_a_month_cannot_be_known_without_a_calendar():
    with pytest.raises(ConfigurationError, match="MonthEnd, but without a calendar") as told:
        due({"rebalance": MonthEnd()}, timeline_of(DAILY))
    assert "use MonthStart" in told.value.remedy


@pytest.mark.parametrize("timer", [MonthEnd(), MonthEnd(3), MonthStart()])
def test_a_calendar_that_begins_and_ends_inside_a_month_does_not_make_its_bounds(timer):
    inside = new_york("2020-01-15", "2020-01-24")
    assert found(timer, timeline_of(weekdays("2020-01-15", "2020-01-24")), inside) == []


@pytest.mark.parametrize("timer", [MonthStart(25), MonthEnd(25), WeekStart(5)])
def test_a_period_with_too_few_sessions_for_the_offset_is_passed_over(timer):
    assert found(timer, timeline_of(weekdays("2020-01-02", "2020-03-20")), CALENDAR) == []


def test_several_timers_at_one_step_come_by_moment_then_as_declared():
    timers = {"late": AtOpen(timedelta(hours=1)), "b": AtOpen(), "a": AtOpen()}
    (occasions,) = due(timers, timeline_of(DAILY[:2]), CALENDAR).values()
    assert [each.name for each in occasions] == ["b", "a", "late"]


def test_no_timers_are_never_due():
    assert due({}, timeline_of(DAILY)) == {}


def test_what_is_no_timer_is_refused_by_name():
    with pytest.raises(ConfigurationError, match="'lunch' is 'noon', which is no timer"):
        due({"lunch": "noon"}, timeline_of(DAILY))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Every(0), "Every takes a whole number from 1, not 0"),
        (lambda: Every(2.5), "not 2.5"),
        (lambda: Every(True), "not True"),
        (lambda: EveryPeriod(timedelta()), "never comes"),
        (lambda: EveryPeriod(60), "takes a timedelta of at most 8784 hours, not 60"),
        (lambda: AtOpen(timedelta(hours=25)), "at most 24 hours"),
        (lambda: AtClose(-10), "takes a timedelta"),
        (lambda: MonthEnd(-1), "from 0, not -1"),
        (lambda: MonthStart(-1), "from 0, not -1"),
        (lambda: WeekStart("1"), "from 0, not '1'"),
    ],
)
def test_timers_without_a_meaning_are_refused(make, told):
    with pytest.raises(ConfigurationError, match=told):
        make()


timers = st.one_of(
    st.integers(-1_440, 1_440).map(lambda minutes: AtOpen(timedelta(minutes=minutes))),
    st.integers(-1_440, 1_440).map(lambda minutes: AtClose(timedelta(minutes=minutes))),
    st.integers(1, 5).map(Every),
    st.integers(1, 3_000).map(lambda minutes: EveryPeriod(timedelta(minutes=minutes))),
    st.integers(0, 3).map(MonthStart),
    st.integers(0, 3).map(WeekStart),
    st.integers(0, 3).map(MonthEnd),
)
frames = st.sampled_from([Timeframe.M15, Timeframe.H4, Timeframe.D1])


@st.composite
def histories(draw):
    """Draw a time frame, and timestamps on its grid that skip nights, weekends and more."""
    frame = draw(frames)
    steps = draw(st.lists(st.sampled_from([1, 1, 1, 2, 5, 40]), min_size=2, max_size=40))
    start = at("2020-01-20") + draw(st.integers(0, 95)) * 15 * MINUTE
    return frame, (start + np.cumsum(steps) * frame.nanoseconds).tolist()


def bounds(timeline, sessions):
    """Return each step's trading as (first, last), by going through all sessions."""
    opens, closes = sessions.opens.tolist(), sessions.closes.tolist()
    found = []
    for start, end in zip(timeline.times.tolist(), timeline.known_until.tolist(), strict=True):
        begun = [close for open_, close in zip(opens, closes, strict=True) if open_ < end]
        left = [open_ for open_, close in zip(opens, closes, strict=True) if close > start]
        last = begun[-1] if begun and start < begun[-1] < end else end
        first = left[0] if left and start < left[0] < end else start
        found.append((first, max([last, *(each for _, each in found[-1:])])))
    return found


@given(histories(), timers, st.booleans())
def test_a_timer_sees_all_that_had_ended_by_its_moment_and_trades_only_what_begins_after(
    history, timer, with_calendar
):
    frame, times = history
    timeline = timeline_of(times, frame)
    sessions = CALENDAR if with_calendar or isinstance(timer, MonthEnd) else None
    known = bounds(timeline, sessions) if sessions else list(zip(times, timeline.known_until, strict=True))
    for step, (occasion,) in due({"timer": timer}, timeline, sessions).items():
        assert known[step][1] <= occasion.moment
        following = known[step + 1 :]
        assert not following or occasion.moment < following[0][1]
        after = [time for time, (first, _) in zip(times, known, strict=True) if first >= occasion.moment]
        assert occasion.eligible == (after[0] if after else INT64_MAX)
        assert occasion.eligible > times[step]


@given(histories(), st.integers(-1_440, 1_440))
def test_each_close_is_met_at_one_step_unless_an_earlier_one_was_met_there(history, minutes):
    frame, times = history
    timeline = timeline_of(times, frame)
    ends = [last for _, last in bounds(timeline, CALENDAR)]
    first_by_step = {}
    for close in CALENDAR.closes.tolist():
        moment = close + minutes * MINUTE
        ended = [step for step, end in enumerate(ends) if end <= moment]
        if ended and (ended[-1] < len(ends) - 1 or ends[-1] == moment):
            first_by_step.setdefault(ended[-1], moment)
    met = due({"timer": AtClose(timedelta(minutes=minutes))}, timeline, CALENDAR)
    assert {step: occasion.moment for step, (occasion,) in met.items()} == first_by_step


@given(histories(), st.integers(-1_440, 1_440))
def test_without_a_calendar_each_midnight_counts_as_open(history, minutes):
    frame, times = history
    timeline = timeline_of(times, frame)
    ends = timeline.known_until.tolist()
    first_by_step = {}
    for midnight in range(times[0] - times[0] % DAY - 2 * DAY, ends[-1] + 3 * DAY, DAY):
        moment = midnight + minutes * MINUTE
        ended = [step for step, end in enumerate(ends) if end <= moment]
        if ended and (ended[-1] < len(ends) - 1 or ends[-1] == moment):
            first_by_step.setdefault(ended[-1], moment)
    met = due({"timer": AtOpen(timedelta(minutes=minutes))}, timeline)
    assert {step: occasion.moment for step, (occasion,) in met.items()} == first_by_step


@given(histories(), histories(), timers, st.booleans(), st.data())
def test_what_comes_later_does_not_change_when_a_timer_was_due(one, other, timer, with_calendar, data):
    frame, times = one
    keep = data.draw(st.integers(1, len(times)))
    later = [times[keep - 1] + (number + 1) * 3 * frame.nanoseconds for number in range(len(other[1]))]
    sessions = CALENDAR if with_calendar or isinstance(timer, MonthEnd) else None

    def until_then(stamps):
        found = due({"timer": timer}, timeline_of(stamps, frame), sessions)
        # At its last step a history cannot know yet what is due before its next bar ends.
        return {
            step: [(each.moment, each.name) for each in occasions]
            for step, occasions in found.items()
            if step < keep - 1
        }

    assert until_then(times) == until_then(times[:keep]) == until_then(times[:keep] + later)


def test_a_warm_up_is_a_number_of_timestamps_or_a_period_from_the_first():
    timeline = timeline_of(DAILY)  # Monday to Friday, then Monday to Wednesday
    assert [steps_of_warmup(timeline, bars) for bars in (0, 3, 8, 99)] == [0, 3, 8, 8]
    periods = [timedelta(), timedelta(hours=1), timedelta(days=1), timedelta(days=5), timedelta.max]
    assert [steps_of_warmup(timeline, period) for period in periods] == [0, 1, 1, 5, 8]


@pytest.mark.parametrize("warmup", [-1, timedelta(days=-1), 2.5, "20"])
def test_a_warm_up_below_zero_or_of_another_kind_is_refused(warmup):
    with pytest.raises(ConfigurationError, match="A warm-up of"):
        steps_of_warmup(timeline_of(DAILY), warmup)

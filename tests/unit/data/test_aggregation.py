"""Longer bars out of shorter ones: the rules hold for any bars."""

from datetime import UTC, datetime
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.actions import align_splits, restate_intervals
from app.data.aggregate import aggregate, interval_starts, observed_length
from app.data.notices import Notices
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.domain.events import Dividend, Split
from app.domain.instruments import Instrument
from app.ports import BarSeries

pytestmark = pytest.mark.unit

DAY = Timeframe.D1.nanoseconds
MINUTE = Timeframe.M1.nanoseconds


def series(rows: list[tuple[int, int, int, int, int, int]], timeframe: Timeframe = Timeframe.D1) -> BarSeries:
    columns = np.array(rows, np.int64).T.copy()
    flags = (columns[5] % 3).astype(np.uint8)
    return BarSeries(Instrument("X"), timeframe, *columns, flags=flags)


@st.composite
def bars(draw: st.DrawFn) -> BarSeries:
    times = sorted(draw(st.sets(st.integers(-50_000, 50_000), min_size=1, max_size=60)))
    rows = []
    for time in times:
        low, opened, closed, high = sorted(draw(st.tuples(*[st.integers(1, 1000)] * 4)))
        if draw(st.booleans()):
            opened, closed = closed, opened
        rows.append((time * MINUTE, opened, high, low, closed, draw(st.integers(0, 10**9))))
    return series(rows)


@given(bars(), st.sampled_from(Timeframe))
def test_a_longer_bar_opens_with_its_first_closes_with_its_last_and_spans_them_all(
    shorter: BarSeries, timeframe: Timeframe
) -> None:
    longer = aggregate(shorter, timeframe)
    labels = interval_starts(shorter.timestamps, timeframe).tolist()
    groups = [
        [row for _, row in group]
        for _, group in groupby(zip(labels, range(len(labels)), strict=True), lambda pair: pair[0])
    ]
    assert longer.timestamps.tolist() == sorted(set(labels))
    assert longer.opens.tolist() == [shorter.opens[rows[0]] for rows in groups]
    assert longer.closes.tolist() == [shorter.closes[rows[-1]] for rows in groups]
    assert longer.highs.tolist() == [shorter.highs[rows].max() for rows in groups]
    assert longer.lows.tolist() == [shorter.lows[rows].min() for rows in groups]
    assert longer.volumes.tolist() == [shorter.volumes[rows].sum() for rows in groups]
    assert longer.flags.tolist() == [int(np.bitwise_or.reduce(shorter.flags[rows])) for rows in groups]
    assert longer.timeframe is timeframe


@given(bars())
def test_aggregating_twice_is_aggregating_once(shorter: BarSeries) -> None:
    hourly, weekly = aggregate(shorter, Timeframe.H1), aggregate(shorter, Timeframe.W1)
    assert (aggregate(hourly, Timeframe.W1).closes == weekly.closes).all()
    assert (aggregate(weekly, Timeframe.W1).volumes == weekly.volumes).all()


@given(st.integers(-(2**61), 2**61), st.sampled_from(Timeframe))
def test_a_time_lies_in_its_interval(time: int, timeframe: Timeframe) -> None:
    start = int(interval_starts(np.array([time]), timeframe)[0])
    assert start <= time < start + timeframe.nanoseconds


def test_weeks_start_on_monday_utc() -> None:
    sunday = np.datetime64("2024-03-10T23:59:59", "ns").astype(np.int64)
    starts = interval_starts(np.array([sunday, sunday + 1_000_000_000]), Timeframe.W1)
    assert starts.astype("datetime64[ns]").astype("datetime64[D]").astype(str).tolist() == [
        "2024-03-04",
        "2024-03-11",
    ]


def test_a_volume_beyond_64_bits_is_refused_rather_than_wrapped() -> None:
    huge = series([(0, 1, 1, 1, 1, 2**62), (MINUTE, 1, 1, 1, 1, 2**62)])
    with pytest.raises(InputError, match="X: the volume of one 1d bar does not fit 64 bits"):
        aggregate(huge, Timeframe.D1)


@pytest.mark.parametrize(
    ("times", "length"),
    [
        ([0], None),
        ([0, 1], 1),
        ([0, 2 * MINUTE, 12 * MINUTE], MINUTE),
        ([0, 30 * MINUTE], Timeframe.M15.nanoseconds),
        ([0, 3 * DAY, 6 * DAY], DAY),
        ([0, 7 * DAY], Timeframe.W1.nanoseconds),
        ([0, 30 * DAY, 58 * DAY], 28 * DAY),
    ],
)
def test_the_length_of_bars_is_seen_in_their_smallest_step(times: list[int], length: int | None) -> None:
    assert observed_length(np.array(times)) == length


def _day(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


WEEK = [
    (_day("2000-06-19"), 100, 111, 91, 101, 6),
    (_day("2000-06-20"), 101, 109, 95, 105, 6),
    (_day("2000-06-21"), 52, 55, 50, 53, 12),
    (_day("2000-06-26"), 53, 56, 51, 54, 12),
]


def test_a_week_with_a_split_is_wholly_in_new_shares_and_the_split_is_at_its_start() -> None:
    split = Split("X", _day("2000-06-21"), 2, 1)
    other = Split("Y", _day("2000-06-21"), 7, 1)
    notices = Notices()
    weekly = aggregate(restate_intervals(series(WEEK, Timeframe.W1), [split, other], notices), Timeframe.W1)
    assert weekly.opens.tolist() == [50, 53]
    assert weekly.highs.tolist() == [56, 56]  # 111 / 2 rounds half to even
    assert weekly.lows.tolist() == [46, 51]
    assert weekly.volumes.tolist() == [36, 12]
    assert notices.lines() == ("X: the 1w bar of a split is wholly in new shares.",)
    (aligned,) = align_splits([split], Timeframe.W1)
    assert aligned.ex_time == _day("2000-06-19")


def test_a_dividend_keeps_its_ex_time_because_it_changes_no_price() -> None:
    dividend = Dividend("X", _day("2000-06-21"), _day("2000-06-21"), Instrument("X").tick, "USD")
    assert align_splits([dividend], Timeframe.W1) == [dividend]


def test_daily_bars_are_left_alone_by_a_split() -> None:
    daily = series(WEEK)
    assert restate_intervals(daily, [Split("X", _day("2000-06-21"), 2, 1)], Notices()) is daily

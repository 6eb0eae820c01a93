"""Doubtful bars are dropped, repaired, kept or stop the run; what comes after a bar never judges it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.quality import ALLOWED, Action, QualityPolicy, apply, missing_before
from app.domain.errors import ConfigurationError, InputError
from app.domain.instruments import Instrument
from app.ports import BarFlag, BarSeries, Split, Timeframe
from app.ports.scheduling import Sessions

pytestmark = pytest.mark.unit

HOUR, DAY = Timeframe.H1.nanoseconds, Timeframe.D1.nanoseconds
MONDAY = 18_267 * DAY  # 2020-01-06
COLUMNS = ("timestamps", "opens", "highs", "lows", "closes", "volumes", "flags")


def series(rows, *, timeframe=Timeframe.D1, flags=(), has_volume=True):
    """Return bars at (time, open, high, low, close, volume); times count from a Monday in the time frame."""
    columns = np.array(rows, np.int64).T.copy()
    columns[0] = MONDAY + columns[0] * timeframe.nanoseconds
    marks = np.zeros(len(rows), np.uint8)
    for row, flag in flags:
        marks[row] = flag
    return BarSeries(Instrument("AAA"), timeframe, *columns, flags=marks, has_volume=has_volume)


def flat(*times, volume=100):
    """Return rows that each stand a little higher than the one before."""
    return [(time, 10 + row, 10 + row, 10 + row, 10 + row, volume) for row, time in enumerate(times)]


def weeks(count=3):
    """Return weekday sessions from 14:30 to 21:00."""
    days = np.array([MONDAY + day * DAY for day in range(7 * count) if day % 7 < 5])
    return Sessions(days + 14 * HOUR + HOUR // 2, days + 21 * HOUR, name="XTST")


def days(found):
    return ((found.timestamps - MONDAY) // DAY).tolist()


def rows(found):
    return list(zip(*(getattr(found, name).tolist() for name in COLUMNS[1:]), strict=True))


def same(one, other):
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in COLUMNS)


def test_good_bars_pass_as_they_are_without_a_word():
    good = series(flat(0, 1, 2, 3, 4, 7))
    found, notices = apply(QualityPolicy(), good, weeks())
    assert same(found, good)
    assert notices == ()


BAD = [(0, 10, 12, 9, 11, 5), (1, 10, 9, 11, 12, 5), (2, 13, 12, 9, 11, 5), (3, 10, 12, 9, 10, 6)]


def test_a_bad_bar_stops_the_run_unless_told_otherwise():
    with pytest.raises(InputError, match=r"AAA: 2 bars, the first of 2020-01-07, are inconsistent"):
        apply(QualityPolicy(), series(BAD))


def test_a_bad_bar_can_be_repaired_to_span_its_prices():
    found, notices = apply(QualityPolicy(bad="repair"), series(BAD))
    assert rows(found)[1:3] == [
        (10, 12, 9, 12, 5, BarFlag.REPAIRED),
        (13, 13, 9, 11, 5, BarFlag.REPAIRED),
    ]
    (notice,) = notices
    assert notice.endswith("and repaired.")


def test_a_bad_bar_can_be_dropped():
    found, _ = apply(QualityPolicy(bad="drop"), series(BAD))
    assert days(found) == [0, 3]


STUCK = [(0, 9, 9, 9, 9, 7), *[(day, 10, 10, 10, 10, 7) for day in (1, 2, 3, 4)], (7, 10, 11, 10, 11, 7)]


def test_bars_that_only_repeat_are_flagged_from_the_given_number_on():
    found, notices = apply(QualityPolicy(stale_after=2), series(STUCK))
    assert found.flags.tolist() == [0, 0, 0, BarFlag.STALE, BarFlag.STALE, 0]
    assert notices == ("AAA: 2 bars, the first of 2020-01-09, are stale and kept.",)


def test_another_volume_shows_that_the_feed_lives():
    lively = [(day, 10, 10, 10, 10, 7 + day) for day in range(6)]
    assert not apply(QualityPolicy(stale_after=1), series(lively))[0].flags.any()
    silent = [(day, 10, 10, 10, 10, 0) for day in range(3)]
    assert apply(QualityPolicy(stale_after=1), series(silent))[0].flags.tolist() == [0, 1, 1]


def test_stale_bars_can_be_dropped_or_lose_their_volume():
    dropped, _ = apply(QualityPolicy(stale="drop", stale_after=2), series(STUCK))
    assert days(dropped) == [0, 1, 2, 7]
    quiet, _ = apply(QualityPolicy(stale="repair", stale_after=2), series(STUCK))
    assert quiet.volumes.tolist() == [7, 7, 7, 0, 0, 7]
    assert quiet.flags.tolist()[3] == BarFlag.STALE | BarFlag.REPAIRED


def test_what_the_source_has_flagged_is_treated_as_its_kind():
    flagged = series(flat(0, 1, 2), flags=[(1, BarFlag.FALLBACK), (2, BarFlag.REPAIRED)])
    assert days(apply(QualityPolicy(fallback="drop"), flagged)[0]) == [0, 2]
    assert days(apply(QualityPolicy(repaired="drop"), flagged)[0]) == [0, 1]
    with pytest.raises(InputError, match=r"1 bar, of 2020-01-07, is from a fallback source"):
        apply(QualityPolicy(fallback="halt"), flagged)


def test_the_first_bar_after_missing_sessions_is_flagged_as_behind_a_gap():
    found, notices = apply(QualityPolicy(), series(flat(0, 1, 4, 7, 9)), weeks())
    assert found.flags.tolist() == [0, 0, BarFlag.GAP, 0, BarFlag.GAP]
    assert notices == ("AAA: 2 bars, the first of 2020-01-10, are behind a gap and kept.",)


def test_missing_time_is_counted_in_trading_time():
    missing = missing_before(series(flat(0, 1, 4, 7, 9)), weeks())
    assert (missing / HOUR).tolist() == [0, 0, 13, 0, 6.5]


def test_nights_and_breaks_are_no_gaps_for_short_bars():
    minutes = 60 * 10**9
    noon = [MONDAY + day * DAY + np.array([16 * HOUR, 18 * HOUR]) for day in range(5)]
    calendar = replace(weeks(), breaks=np.array(noon))
    day = [*range(14 * 60 + 30, 16 * 60, 15), *range(18 * 60, 21 * 60, 15)]
    times = MONDAY + np.array([*day, *(24 * 60 + minute for minute in day)]) * minutes
    bars = series(flat(*range(len(times))), timeframe=Timeframe.M15)
    whole = replace(bars, timestamps=times)
    assert not missing_before(whole, calendar).any()
    holed = part(whole, np.arange(len(times)) != 7)
    assert (missing_before(holed, calendar) / minutes).tolist() == [0] * 7 + [15] + [0] * (len(times) - 9)


def test_a_gap_is_filled_with_the_last_close_without_volume():
    found, notices = apply(QualityPolicy(gap="repair"), series(flat(0, 1, 4, 7)), weeks())
    assert days(found) == [0, 1, 2, 3, 4, 7]
    assert rows(found)[2:4] == [(11, 11, 11, 11, 0, BarFlag.GAP | BarFlag.REPAIRED)] * 2
    assert notices == ("AAA: 1 bar, of 2020-01-10, is behind a gap and repaired.",)


def test_a_fill_after_a_split_is_in_new_shares():
    gap = series([(0, 30, 31, 30, 31, 5), (4, 10, 10, 10, 10, 5)])
    splits = [Split("AAA", MONDAY + 2 * DAY, 3, 1), Split("BBB", MONDAY + DAY, 5, 1)]
    found, _ = apply(QualityPolicy(gap="repair"), gap, weeks(), splits)
    assert found.closes.tolist() == [31, 31, 10, 10, 10]


def test_a_gap_can_halt_and_what_is_dropped_leaves_one():
    with pytest.raises(InputError, match=r"1 bar, of 2020-01-10, is behind a gap\."):
        apply(QualityPolicy(gap="halt"), series(flat(0, 1, 4)), weeks())
    with pytest.raises(InputError, match="behind a gap"):
        apply(QualityPolicy(bad="drop", gap="halt"), series(BAD), weeks())


def test_bars_outside_the_sessions_are_told():
    _, notices = apply(QualityPolicy(), series(flat(4, 5, 7)), weeks())
    assert notices == ("AAA: 1 bar, of 2020-01-11, is outside the sessions of XTST.",)


def test_a_repair_that_orders_could_trade_on_is_refused():
    silent = series(flat(0, 4, volume=0), has_volume=False)
    with pytest.raises(InputError, match="gap bars cannot be repaired, because the data have no volume"):
        apply(QualityPolicy(gap="repair"), silent, weeks())
    stuck = replace(series(STUCK), volumes=np.zeros(6, np.int64), has_volume=False)
    with pytest.raises(InputError, match="stale bars cannot be repaired"):
        apply(QualityPolicy(stale="repair", stale_after=1), stuck)


def test_a_gap_of_which_only_the_source_knows_cannot_be_filled_without_a_calendar():
    with pytest.raises(InputError, match="only a calendar tells how many bars are missing"):
        apply(QualityPolicy(gap="repair"), series(flat(0, 4), flags=[(1, BarFlag.GAP)]))


def test_a_policy_that_leaves_no_bar_is_an_error():
    with pytest.raises(InputError, match="leaves no bar"):
        apply(QualityPolicy(bad="drop"), series(BAD[1:2]))


@pytest.mark.parametrize(
    "wrong", [{"bad": "keep"}, {"repaired": "repair"}, {"stale": "mend"}, {"stale_after": 0}]
)
def test_a_policy_without_a_meaning_is_refused(wrong):
    with pytest.raises(ConfigurationError):
        QualityPolicy(**wrong)


prices = st.tuples(*[st.integers(1, 4)] * 4, st.integers(0, 1))
flags = st.sampled_from([0, 0, 0, BarFlag.FALLBACK, BarFlag.REPAIRED, BarFlag.GAP, BarFlag.STALE])


@st.composite
def feeds(draw):
    """Draw bars of which many are stale, bad, flagged or missing."""
    times = sorted(draw(st.sets(st.integers(0, 18), min_size=1, max_size=15)))
    marks = [(row, draw(flags)) for row in range(len(times))]
    return series([(time, *draw(prices)) for time in times], flags=marks)


policies = st.builds(
    QualityPolicy,
    **{kind: st.sampled_from(sorted(allowed - {Action.HALT})) for kind, allowed in ALLOWED.items()},
    stale_after=st.integers(1, 3),
)


def part(whole, rows):
    return replace(whole, **{name: getattr(whole, name)[rows] for name in COLUMNS})


def applied(policy, feed):
    """Return the feed under the policy, or None where nothing is left of it."""
    try:
        return apply(policy, feed, weeks())[0]
    except InputError as error:
        assert "leaves no bar" in error.problem  # noqa: PT017 - any other error is one of ours
        return None


@given(feeds(), policies, st.data())
def test_what_comes_later_does_not_change_the_bars_before_it(feed, policy, data):
    keep = data.draw(st.integers(1, len(feed)))
    before, whole = applied(policy, part(feed, slice(keep))), applied(policy, feed)
    if before is None:
        return
    # A gap after the last bar that is left is not filled before there is another bar.
    known = part(whole, whole.timestamps <= before.timestamps[-1])
    assert same(known, before)


@given(feeds(), policies)
def test_the_result_is_a_series_that_an_engine_can_use(feed, policy):
    original = replace(feed, **{name: getattr(feed, name).copy() for name in COLUMNS})
    found = applied(policy, feed)
    assert same(feed, original)
    if found is None:
        return
    assert (np.diff(found.timestamps) > 0).all()
    assert (found.lows <= np.minimum(found.opens, found.closes)).all()
    assert (found.highs >= np.maximum(found.opens, found.closes)).all()
    assert {getattr(found, name).dtype for name in COLUMNS[:-1]} == {np.dtype(np.int64)}
    assert found.flags.dtype == np.uint8
    if policy.gap is Action.REPAIR:
        assert not missing_before(found, weeks()).any()

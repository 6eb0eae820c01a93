"""The shipped sample on the calendar of its exchange: no bar is missing, and months end where they end."""

from datetime import UTC, datetime

import numpy as np
import pytest

from app.data.calendars import sessions
from app.data.quality import QualityPolicy, apply, missing_before
from app.data.sources import BUILTIN
from app.engine.schedule import due
from app.engine.timeline import Timeline
from app.ports import DataRequest, Timeframe
from app.ports.scheduling import AtClose, MonthEnd, MonthStart

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def market():
    request = DataRequest(symbols=("AAPL", "GOOG", "IBM", "MSFT"), timeframe=Timeframe.D1)
    return BUILTIN["sample"](request)


@pytest.fixture(scope="module")
def calendar(market):
    times = market.series["AAPL"].timestamps
    return sessions("XNYS", times.item(0), times.item(-1))


def dates(times):
    return [datetime.fromtimestamp(time / 1e9, UTC).date() for time in times]


def test_the_sample_has_a_bar_for_every_session_and_none_outside(market, calendar):
    for series in market.series.values():
        assert not missing_before(series, calendar).any()
        found, notices = apply(QualityPolicy(stale="halt", gap="halt"), series, calendar, market.actions)
        assert np.array_equal(found.closes, series.closes)
        assert notices == ()


def test_a_removed_session_is_found_and_filled_from_before_it(market, calendar):
    series = market.series["IBM"]
    names = ("timestamps", "opens", "highs", "lows", "closes", "volumes", "flags")
    keep = np.arange(len(series)) != 500
    holed = type(series)(
        series.instrument, series.timeframe, *(getattr(series, name)[keep] for name in names)
    )
    found, _ = apply(QualityPolicy(gap="repair"), holed, calendar, market.actions)
    assert np.array_equal(found.timestamps, series.timestamps)
    assert found.closes[500] == series.closes[499]
    assert found.volumes[500] == 0


def test_a_months_end_is_met_at_its_last_bar_and_its_start_before_the_first(market, calendar):
    timeline = Timeline(market)
    days = dates(timeline.times.tolist())
    last = [step for step in range(len(days) - 1) if days[step].month != days[step + 1].month]
    assert list(due({"end": MonthEnd()}, timeline, calendar)) == last
    starts = due({"start": MonthStart()}, timeline, calendar)
    assert list(starts) == last
    assert [occasion.eligible for (occasion,) in starts.values()] == timeline.times[
        np.array(last) + 1
    ].tolist()


def test_every_close_is_met_at_its_own_bar(market, calendar):
    timeline = Timeline(market)
    assert list(due({"close": AtClose()}, timeline, calendar)) == list(range(len(timeline)))

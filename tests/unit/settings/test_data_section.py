"""The settings of the data beside the bars themselves, as users write them."""

from typing import Any

import pytest

from app.settings.collection import collect
from app.settings.errors import SettingsError
from app.settings.model import DataSection
from app.settings.resolution import resolve

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-008")]


def data(options_of: Any, *overrides: str) -> DataSection:
    return resolve(collect(overrides=overrides), options_of).core.data


def test_by_default_nothing_is_added_and_only_bad_bars_halt(options_of: Any) -> None:
    found = data(options_of)
    assert (found.calendar, found.finer_timeframe, found.actions, found.extra_columns) == ("", "", "", ())
    assert (found.on_stale, found.on_gap, found.on_repaired, found.on_fallback) == ("keep",) * 4
    assert (found.on_bad, found.stale_after) == ("halt", 5)


def test_each_is_set_by_its_key(options_of: Any) -> None:
    found = data(
        options_of,
        "data.calendar=24/7",
        "data.finer_timeframe=1h",
        "data.actions=mine/actions.csv",
        "data.extra_columns=prediction, model score",
        "data.on_gap=repair",
        "data.stale_after=20",
    )
    assert (found.calendar, found.finer_timeframe) == ("24/7", "1h")
    assert found.actions == "mine/actions.csv"
    assert found.extra_columns == ("prediction", "model score")
    assert (found.on_gap, found.stale_after) == ("repair", 20)


@pytest.mark.parametrize(
    ("override", "told"),
    [
        ("data.calendar=New York", "it should name a calendar"),
        ("data.finer_timeframe=1d", "data.finer_timeframe (1d) is not shorter than data.timeframe"),
        ("data.finer_timeframe=2h", "data.finer_timeframe"),
        ("data.extra_columns=a,a", "a appears twice"),
        ('data.extra_columns=["a "]', "'a ' is not the name of a column"),
        ('data.extra_columns=["a,b"]', "'a,b' is not the name of a column"),
        ("data.on_bad=keep", "data.on_bad"),
        ("data.on_repaired=repair", "data.on_repaired"),
        ("data.on_stale=never", "data.on_stale"),
        ("data.stale_after=0", "data.stale_after"),
    ],
)
def test_what_means_nothing_is_refused_with_the_key(options_of: Any, override: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        data(options_of, override)
    assert told in str(error.value)

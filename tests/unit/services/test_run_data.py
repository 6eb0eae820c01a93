"""What a run reads: doubtful bars settled, finer bars beside, and what a user is told about both."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any, get_args

import numpy as np
import pytest

from app.data.quality import ALLOWED
from app.domain.errors import ConfigurationError, InputError, PluginError
from app.domain.instruments import Instrument
from app.ports import (
    BpsOfNotional,
    DataRequest,
    Intrabar,
    MarketData,
    Split,
    Timeframe,
    VenueModel,
    fee_schedule,
)
from app.services.run_data import RunData, run_data, venue_of
from app.settings.model import DataSection

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

Small = Callable[..., MarketData]
FREE = BpsOfNotional(Decimal(0))
PLAIN = VenueModel(FREE)
FINER = VenueModel(FREE, intrabar=Intrabar.FINER_BARS)
STUCK = (10, 10, 10, 10, 100)


def section(**changes: Any) -> DataSection:
    return DataSection(source="made", symbols=("AAA",), **changes)


def loaded(source: Callable[[DataRequest], MarketData], venue: VenueModel = PLAIN, **changes: Any) -> RunData:
    return run_data(section(**changes), "", "USD", venue, {"made": source})


@pytest.mark.parametrize("kind", ALLOWED)
def test_a_setting_takes_exactly_the_actions_that_its_kind_may_have(kind: str) -> None:
    annotation = DataSection.model_fields[f"on_{kind}"].annotation
    assert set(get_args(annotation)) == {action.value for action in ALLOWED[kind]}


def test_bad_bars_halt_by_default_and_are_mended_where_that_is_chosen(small: Small) -> None:
    market = small({"AAA": [10, (10, 9, 8, 10), 11]})
    with pytest.raises(InputError, match="inconsistent"):
        loaded(lambda _: market)
    dropped = loaded(lambda _: market, on_bad="drop").market
    assert (len(dropped.series["AAA"]), len(dropped.notices)) == (2, 1)
    repaired = loaded(lambda _: market, on_bad="repair").market
    assert repaired.series["AAA"].highs.tolist()[1] == repaired.series["AAA"].opens.tolist()[1]
    assert len({market.digest, dropped.digest, repaired.digest}) == 3


def test_a_source_is_told_whether_bad_bars_may_be_given(small: Small) -> None:
    asked: list[bool] = []

    def source(request: DataRequest) -> MarketData:
        asked.append(request.inconsistent)
        return small({"AAA": [10, 11]})

    loaded(source)
    loaded(source, on_bad="drop")
    assert asked == [False, True]


def test_the_benchmark_is_settled_as_well(small: Small) -> None:
    market = small({"AAA": [10, 11]})
    other = small({"BBB": [10, (10, 9, 8, 10), 11]})
    sources = {"made": lambda request: market if request.symbols == ("AAA",) else other}
    found = run_data(section(on_bad="drop"), "BBB", "USD", PLAIN, sources)
    assert len(found.benchmark.series["BBB"]) == 2


def test_stale_bars_are_told_from_the_number_that_was_set(small: Small) -> None:
    market = small({"AAA": [STUCK, STUCK, STUCK]})
    assert loaded(lambda _: market, stale_after=3).market.notices == ()
    (notice,) = loaded(lambda _: market, stale_after=2).market.notices
    assert "AAA: 1 bar, of 2020-01-03, is stale and kept." in notice


def test_a_calendar_gives_sessions_and_finds_gaps(small: Small) -> None:
    bars = [10, 10, 10, None, None, None, 11]  # Wednesday 1 January to Tuesday 7 January 2020
    found = loaded(lambda _: small({"AAA": bars}), calendar="XNYS")
    assert found.sessions is not None
    assert found.sessions.name == "XNYS"
    assert any("behind a gap and kept" in notice for notice in found.market.notices)
    with pytest.raises(InputError, match="behind a gap"):
        loaded(lambda _: small({"AAA": bars}), calendar="XNYS", on_gap="halt")


def test_a_calendar_that_does_not_exist_is_told_by_its_setting(small: Small) -> None:
    with pytest.raises(ConfigurationError, match=r"data.calendar: There is no calendar 'XNYZ'"):
        loaded(lambda _: small({"AAA": [10, 11]}), calendar="XNYZ")


def test_gaps_without_a_calendar_are_told_to_stay_unseen(small: Small) -> None:
    (notice,) = loaded(lambda _: small({"AAA": [10, 11]}), on_gap="halt").market.notices
    assert notice.startswith("data.on_gap = halt finds only what the source marks")


def two_lengths(small: Small, asked: list[DataRequest]) -> Callable[[DataRequest], MarketData]:
    def source(request: DataRequest) -> MarketData:
        asked.append(request)
        rows = [10, 11] if request.timeframe is Timeframe.D1 else [10] * 24 + [11] * 24
        return small({"AAA": rows}, timeframe=request.timeframe)

    return source


def test_finer_bars_come_from_the_same_source_and_reach_into_the_last_bar(small: Small) -> None:
    asked: list[DataRequest] = []
    start = section(start="2020-01-01", end="2020-01-02T00:00:00Z").end_nanoseconds
    found = loaded(two_lengths(small, asked), FINER, finer_timeframe="1h", end="2020-01-02T00:00:00Z")
    assert len(found.market.finer["AAA"]) == 48
    assert [request.timeframe for request in asked] == [Timeframe.D1, Timeframe.H1]
    assert asked[1].end == start + Timeframe.D1.nanoseconds - 1
    assert found.market.digest != replace(found.market, finer={}).digest


def test_finer_bars_are_needed_where_the_venue_looks_at_them(small: Small) -> None:
    with pytest.raises(ConfigurationError, match="needs bars of a finer time frame") as error:
        loaded(lambda _: small({"AAA": [10, 11]}), FINER)
    assert "data.finer_timeframe" in error.value.remedy


def test_finer_bars_that_nobody_looks_at_are_not_loaded_and_told(small: Small) -> None:
    asked: list[DataRequest] = []
    found = loaded(two_lengths(small, asked), finer_timeframe="1h")
    assert (len(asked), found.market.finer) == (1, {})
    assert found.market.notices == ("data.finer_timeframe is not used, because broker.intrabar is worst.",)


def test_a_source_without_finer_bars_is_blamed_on_the_setting(small: Small) -> None:
    def source(request: DataRequest) -> MarketData:
        if request.timeframe is Timeframe.H1:
            raise InputError("The bars are 1d long.")
        return small({"AAA": [10, 11]})

    with pytest.raises(InputError, match=r"data.finer_timeframe: The bars are 1d long"):
        loaded(source, FINER, finer_timeframe="1h")


def test_finer_bars_of_another_tick_are_refused(small: Small) -> None:
    def source(request: DataRequest) -> MarketData:
        tick = Decimal("0.01") if request.timeframe is Timeframe.D1 else Decimal("0.001")
        size = lambda symbol: Instrument(symbol, tick=tick)  # noqa: E731 - an instrument of either tick
        return small({"AAA": [10, 11]}, timeframe=request.timeframe, instrument=size)

    with pytest.raises(InputError, match="another tick or lot"):
        loaded(source, FINER, finer_timeframe="1h")


def test_finer_bars_before_a_split_in_their_bar_are_in_its_shares(
    small: Small, day: Callable[[int], int]
) -> None:
    noon = day(0) + 12 * Timeframe.H1.nanoseconds

    def source(request: DataRequest) -> MarketData:
        if request.timeframe is Timeframe.D1:
            return small({"AAA": [5, 5]})
        split = Split("AAA", noon, 2, 1)
        return small({"AAA": [10] * 12 + [5] * 36}, timeframe=Timeframe.H1, actions=[split])

    finer = loaded(source, FINER, finer_timeframe="1h").market.finer["AAA"]
    assert np.unique(finer.closes).tolist() == [500]


@pytest.mark.parametrize("finer", ["1d", "1w"])
def test_a_finer_time_frame_is_shorter(finer: str) -> None:
    with pytest.raises(ValueError, match="is not shorter than"):
        section(finer_timeframe=finer)


def test_a_run_before_its_fees_are_known_says_so(small: Small) -> None:
    market = small({"AAA": [10, 11]})
    rupees = small({"AAA": [10, 11]}, instrument=lambda symbol: Instrument(symbol, "INR"))
    early = VenueModel(fee_schedule("india_delivery", {}, {}))
    (notice,) = loaded(lambda _: rupees, early).market.notices
    assert "india_delivery is known from 2024-04-01 on, and the run begins on 2020-01-01" in notice
    known = VenueModel(fee_schedule("us_regulatory", {}, {}))
    assert loaded(lambda _: market, known).market.notices == ()
    with pytest.raises(InputError, match="is in INR, but AAA trades in USD"):
        loaded(lambda _: market, early)


def test_a_source_without_an_extra_column_is_named(small: Small) -> None:
    with pytest.raises(InputError, match="The data source 'made' has no column p for AAA"):
        loaded(lambda _: small({"AAA": [10, 11]}), extra_columns=("p",))


class Shut:
    """A broker whose venue is what it is made with."""

    def __init__(self, given: Any) -> None:
        self.given = given

    def simulation(self) -> Any:
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given


def test_a_broker_that_cannot_be_simulated_is_named() -> None:
    with pytest.raises(PluginError, match="The broker odd failed: KeyError: 'fees'"):
        venue_of(Shut(KeyError("fees")), "odd")
    with pytest.raises(PluginError, match="The broker odd gave int and no venue"):
        venue_of(Shut(7), "odd")
    with pytest.raises(ConfigurationError, match="no such schedule"):
        venue_of(Shut(ConfigurationError("There is no such schedule.")), "odd")

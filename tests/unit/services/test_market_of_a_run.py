"""Which market a run trades, and which it is compared with."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from app.domain.errors import ConfigurationError, InputError, PluginError
from app.ports import DataRequest, MarketData, Timeframe
from app.services.market import EQUAL_WEIGHT, benchmark_of, request_of, source_named
from app.settings.model import DataSection

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

REQUEST = DataRequest(("A", "B"))


def test_the_data_settings_become_a_request_with_an_inclusive_period(day: Callable[[int], int]) -> None:
    section = DataSection(
        source="csv",
        path="prices",
        symbols=("A", "B"),
        timeframe="1w",
        start="2020-01-01",
        end="2020-01-02",
        tick="0.05",
    )
    assert request_of(section, "EUR") == DataRequest(
        symbols=("A", "B"),
        timeframe=Timeframe.W1,
        path="prices",
        start=day(0),
        end=day(2) - 1,
        tick=Decimal("0.05"),
        currency="EUR",
    )


def test_a_path_that_the_sample_would_not_read_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"(?s)data.source = sample reads no files.*data.source=csv"):
        request_of(DataSection(path="prices"), "USD")


def test_settings_that_say_nothing_ask_for_all_there_is() -> None:
    request = request_of(DataSection(), "USD")
    assert (request.start, request.end, request.tick, request.path) == (None, None, None, "")


def test_a_source_is_asked_by_its_name(small: Callable[..., MarketData]) -> None:
    market = small({"A": [1], "B": [1]})
    assert source_named("made", {"made": lambda _: market})(REQUEST) is market


def test_a_source_that_does_not_exist_is_answered_with_those_that_do() -> None:
    with pytest.raises(ConfigurationError) as error:
        source_named("sampel", {"sample": lambda _: None, "csv": lambda _: None})
    assert error.value.remedy == "Did you mean 'sample'? There are: csv, sample."


@pytest.mark.requirement("SYS-011")
@pytest.mark.parametrize("given", [None, 7, {}, "A"])
def test_a_source_that_gives_no_market_is_refused(given: object) -> None:
    with pytest.raises(PluginError, match="'odd' did not give the series that were asked for"):
        source_named("odd", {"odd": lambda _: given})(REQUEST)


@pytest.mark.requirement("SYS-011")
def test_a_source_that_gives_other_symbols_is_refused(small: Callable[..., MarketData]) -> None:
    for symbols in (["A"], ["A", "B", "C"]):
        market = small({symbol: [1] for symbol in symbols})
        with pytest.raises(PluginError, match="did not give the series"):
            source_named("odd", {"odd": lambda _, given=market: given})(REQUEST)


@pytest.mark.requirement("SYS-011")
def test_what_a_source_raises_is_its_own_message_or_its_own_fault() -> None:
    def missing(_: DataRequest) -> MarketData:
        raise InputError("B is not in the data.", "Look again.")

    def broken(_: DataRequest) -> MarketData:
        raise ConnectionError("gone")

    with pytest.raises(InputError, match="B is not in the data"):
        source_named("odd", {"odd": missing})(REQUEST)
    with pytest.raises(PluginError, match="'odd' failed: ConnectionError: gone"):
        source_named("odd", {"odd": broken})(REQUEST)


def test_a_run_is_compared_with_its_own_market_unless_told_otherwise(
    small: Callable[..., MarketData],
) -> None:
    market = small({"A": [1], "B": [1]})
    assert benchmark_of("", market, pytest.fail, REQUEST) == (market, EQUAL_WEIGHT)


def test_a_benchmark_of_the_run_itself_is_not_loaded_again(small: Callable[..., MarketData]) -> None:
    market = small({"A": [1], "B": [1]})
    benchmark, name = benchmark_of("B", market, pytest.fail, REQUEST)
    assert (list(benchmark.series), name) == (["B"], "B buy and hold")


def test_another_benchmark_comes_from_the_same_source(small: Callable[..., MarketData]) -> None:
    asked: list[DataRequest] = []

    def source(request: DataRequest) -> MarketData:
        asked.append(request)
        return small({"C": [1]})

    benchmark, name = benchmark_of("C", small({"A": [1], "B": [1]}), source, REQUEST)
    assert (list(benchmark.series), name) == (["C"], "C buy and hold")
    assert [request.symbols for request in asked] == [("C",)]


def test_a_benchmark_that_is_not_in_the_data_is_told_by_its_key(small: Callable[..., MarketData]) -> None:
    def source(_: DataRequest) -> MarketData:
        raise InputError("C is not in the data.", "There are: A, B.")

    with pytest.raises(InputError) as error:
        benchmark_of("C", small({"A": [1], "B": [1]}), source, REQUEST)
    assert error.value.problem == "run.benchmark: C is not in the data."
    assert error.value.remedy == "There are: A, B."

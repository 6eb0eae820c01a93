"""The market of a run: what its settings ask for, from the source that they name."""

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import partial

from app.domain.bars import Timeframe
from app.domain.errors import ConfigurationError, InputError, LtsError, PluginError, described
from app.engine.columns import MarketData
from app.ports import DataRequest, DataSource
from app.settings.model import DataSection

EQUAL_WEIGHT = "equal-weight buy and hold"


def request_of(data: DataSection, currency: str) -> DataRequest:
    """Return the data settings as a request. Raises ConfigurationError for a path that nothing would read."""
    if data.path and data.source == "sample":
        raise ConfigurationError(
            "data.path is set, but data.source = sample reads no files.",
            "Set data.source=csv or data.source=parquet, or leave data.path out.",
        )
    if data.actions and data.source == "sample":
        raise ConfigurationError(
            "data.actions is set, but data.source = sample brings its own corporate actions.",
            "Leave data.actions out, or bring bars of your own.",
        )
    return DataRequest(
        symbols=tuple(data.symbols),
        timeframe=Timeframe(data.timeframe),
        path=data.path,
        start=data.start_nanoseconds,
        end=data.end_nanoseconds,
        tick=data.tick_size,
        currency=currency,
        actions=data.actions,
        extra_columns=data.extra_columns,
        inconsistent=data.on_bad != "halt",
    )


def source_named(name: str, sources: Mapping[str, DataSource]) -> DataSource:
    """Return a data source; it raises PluginError where the one of that name fails or gives something else.

    Raises ConfigurationError that names the sources there are.
    """
    try:
        return partial(_answer, name, sources[name])
    except KeyError:
        near = get_close_matches(name, sources, 1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise ConfigurationError(
            f"data.source = '{name}' is not a data source.", f"{hint}There are: {', '.join(sorted(sources))}."
        ) from None


def _answer(name: str, source: DataSource, request: DataRequest) -> MarketData:
    remedy = "Mend its plugin, or choose another with data.source."
    try:
        market = source(request)
    except (LtsError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        raise PluginError(f"The data source '{name}' failed: {described(error)}.", remedy) from error
    if not (isinstance(market, MarketData) and set(market.series) == set(request.symbols)):
        raise PluginError(f"The data source '{name}' did not give the series that were asked for.", remedy)
    for symbol, series in market.series.items():
        lacking = [column for column in request.extra_columns if column not in series.extras]
        if lacking:
            raise InputError(
                f"The data source '{name}' has no column {', '.join(lacking)} for {symbol}.",
                "Leave it out of data.extra_columns, or choose another source.",
            )
    return market


def benchmark_of(
    symbol: str, market: MarketData, source: DataSource, request: DataRequest
) -> tuple[MarketData, str]:
    """Return the market to compare with and its name: the run's own, or one symbol of the same source."""
    if not symbol:
        return market, EQUAL_WEIGHT
    name = f"{symbol} buy and hold"
    if symbol in market.series:
        return replace(market, series={symbol: market.series[symbol]}), name
    try:
        return source(replace(request, symbols=(symbol,), extra_columns=())), name
    except InputError as error:
        raise InputError(f"run.benchmark: {error.problem}", error.remedy) from error

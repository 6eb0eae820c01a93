"""What a run reads, as its settings ask for it: bars with their doubts settled, finer bars, sessions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.data.actions import restate_intervals
from app.data.calendars import sessions as sessions_of
from app.data.notices import Notices
from app.data.quality import Action, QualityPolicy, apply
from app.data.times import written
from app.domain.bars import Timeframe
from app.domain.errors import ConfigurationError, InputError, LtsError, PluginError, described
from app.engine.columns import BarSeries, MarketData
from app.engine.fees import FeeSchedule
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline
from app.engine.venue import Intrabar, VenueModel
from app.ports import Broker, DataRequest, DataSource
from app.services.market import benchmark_of, request_of, source_named
from app.settings.model import DataSection


@dataclass(frozen=True)
class RunData:
    """The market of a run with its finer bars, the one that it is compared with, and the calendar."""

    market: MarketData
    benchmark: MarketData
    benchmark_name: str
    sessions: Sessions | None = None


def venue_of(broker: Broker, name: str) -> VenueModel:
    """Return how a broker's venue is simulated. Raises PluginError where the broker cannot tell."""
    remedy = "Mend its plugin, or choose another with plugins.broker."
    try:
        venue = broker.simulation()
    except (LtsError, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:
        raise PluginError(f"The broker {name} failed: {described(error)}.", remedy) from error
    if not isinstance(venue, VenueModel):
        raise PluginError(f"The broker {name} gave {type(venue).__name__} and no venue.", remedy)
    return venue


def run_data(
    data: DataSection, benchmark: str, currency: str, venue: VenueModel, sources: Mapping[str, DataSource]
) -> RunData:
    """Return the data of a run; what is noteworthy is in the market's notices.

    Raises InputError where the data are wrong or a policy halts, ConfigurationError for settings that do not
    go together, PluginError where a source fails.
    """
    request = request_of(data, currency)
    source = _settled(source_named(data.source, sources), data)
    market = source(request)
    if isinstance(venue.commission, FeeSchedule):
        for series in market.series.values():
            venue.commission.table(series.instrument)  # raises where it is not for such an instrument
    sessions = _sessions(data.calendar, market)
    compared, name = benchmark_of(benchmark, market, source, request)
    finer = _finer(data, venue, market, source, request)
    notices = (*market.notices, *_notices(data, venue, market))
    return RunData(replace(market, finer=finer, notices=notices), compared, name, sessions)


def _settled(source: DataSource, data: DataSection) -> DataSource:
    """Return the source with the policy for doubtful bars applied to what it gives."""
    policy = QualityPolicy(
        stale=Action(data.on_stale),
        gap=Action(data.on_gap),
        repaired=Action(data.on_repaired),
        fallback=Action(data.on_fallback),
        bad=Action(data.on_bad),
        stale_after=data.stale_after,
    )

    def load(request: DataRequest) -> MarketData:
        market = source(request)
        sessions = _sessions(data.calendar, market)
        series, notices = {}, list(market.notices)
        for symbol, found in market.series.items():
            series[symbol], told = apply(policy, found, sessions, market.actions)
            notices += told
        return replace(market, series=series, notices=tuple(notices))

    return load


def _sessions(calendar: str, market: MarketData) -> Sessions | None:
    if not calendar:
        return None
    timeline = Timeline(market)
    try:
        return sessions_of(calendar, timeline.times.item(0), timeline.known_until.item(-1))
    except LtsError as error:
        raise type(error)(f"data.calendar: {error.problem}", error.remedy) from error


def _finer(
    data: DataSection, venue: VenueModel, market: MarketData, source: DataSource, request: DataRequest
) -> dict[str, BarSeries]:
    """Return the bars of the finer time frame, where the venue wants to look at them."""
    if venue.intrabar is not Intrabar.FINER_BARS:
        return {}
    if not data.finer_timeframe:
        raise ConfigurationError(
            "broker.intrabar = finer_bars needs bars of a finer time frame.",
            f"Set data.finer_timeframe to one shorter than {data.timeframe}, or choose another intrabar.",
        )
    length = Timeframe(data.timeframe).nanoseconds
    end = None if request.end is None else request.end + length - 1
    wanted = replace(request, timeframe=Timeframe(data.finer_timeframe), end=end, extra_columns=())
    try:
        found = source(wanted)
    except InputError as error:
        raise InputError(f"data.finer_timeframe: {error.problem}", error.remedy) from error
    return {symbol: _fitting(series, market.series[symbol], found) for symbol, series in found.series.items()}


def _fitting(finer: BarSeries, series: BarSeries, found: MarketData) -> BarSeries:
    """Return finer bars in the shares of the bars that they lie in; raises InputError if they do not fit."""
    symbol = series.instrument.symbol
    if finer.instrument != series.instrument or finer.timeframe.nanoseconds >= series.timeframe.nanoseconds:
        raise InputError(
            f"{symbol}: the bars of data.finer_timeframe have another tick or lot, or are not finer.",
            "Set data.tick, and bring finer bars.",
        )
    whole = restate_intervals(replace(finer, timeframe=series.timeframe), found.actions, Notices())
    return replace(whole, timeframe=finer.timeframe)


def _notices(data: DataSection, venue: VenueModel, market: MarketData) -> list[str]:
    """Return what a user should know about settings that do less than they seem to."""
    notices = []
    first = min(series.timestamps.item(0) for series in market.series.values())
    fees = venue.commission
    if isinstance(fees, FeeSchedule) and fees.holds_from is not None:
        known = f"{fees.holds_from:%Y-%m-%d}"
        if written(first)[:10] < known:
            notices.append(
                f"The fee schedule {fees.name} is known from {known} on, and the run begins on "
                f"{written(first)[:10]}: charges of earlier dates that are not known are left out."
            )
    if data.finer_timeframe and venue.intrabar is not Intrabar.FINER_BARS:
        notices.append(f"data.finer_timeframe is not used, because broker.intrabar is {venue.intrabar}.")
    if data.on_gap != "keep" and not data.calendar:
        notices.append(
            f"data.on_gap = {data.on_gap} finds only what the source marks: without data.calendar nobody "
            "knows when the market was open."
        )
    return notices

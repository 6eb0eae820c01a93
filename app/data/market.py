"""What was asked for, checked; and what was found, brought to the time frame and period asked for."""

from collections.abc import Collection, Sequence
from decimal import Decimal

import numpy as np

from app.data.actions import align_splits, restate_intervals
from app.data.aggregate import aggregate, observed_length
from app.data.gathering import Gathering
from app.data.header import is_known, plain_name
from app.data.notices import Notices
from app.data.series import build_series
from app.data.text import shown
from app.data.times import written
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.domain.events import CorporateAction, Delisting
from app.ports import BarSeries, DataRequest, MarketData

_FINEST_TICK = Decimal("1e-8")
_COARSEST_TICK = Decimal(1_000_000)
_LISTED = 20


def check_request(request: DataRequest) -> None:
    """Raise InputError when no data could answer: no symbol or one twice, end before start, unusable tick."""
    if not request.symbols:
        raise InputError("No symbols were asked for.", "Set data.symbols.")
    twice = {symbol for symbol in request.symbols if request.symbols.count(symbol) > 1}
    if twice:
        raise InputError(
            f"{_listed(twice)} is asked for more than once.", "Name each symbol once in data.symbols."
        )
    if request.start is not None and request.end is not None and request.end < request.start:
        raise InputError(
            f"The end {written(request.end)} is before the start {written(request.start)}.",
            "Exchange data.start and data.end.",
        )
    _check_extra_columns(request.extra_columns)
    tick = request.tick
    if tick is None:
        return
    if not tick.is_finite() or not _FINEST_TICK <= tick <= _COARSEST_TICK or tick % _FINEST_TICK:
        raise InputError(
            f"The tick {tick} cannot be used.",
            'Set data.tick to a number from 0.00000001 to 1000000 with at most eight decimals, or to "".',
        )


def _check_extra_columns(names: Sequence[str]) -> None:
    plain = [plain_name(name) for name in names]
    for name, form in zip(names, plain, strict=True):
        if not form or is_known(name) or plain.count(form) > 1:
            raise InputError(
                f"The extra column {shown(name)} is nameless, named twice, or one that every run reads.",
                "Name each column beside time, symbol, prices and volume once in data.extra_columns.",
            )


def check_symbols(wanted: Sequence[str], available: Collection[str]) -> None:
    """Raise InputError that names the symbols which are not in the data and those which are."""
    missing = [symbol for symbol in wanted if symbol not in available]
    if not missing:
        return
    problem = f"{_listed(missing)} {'is' if len(missing) == 1 else 'are'} not in the data."
    if not available:
        raise InputError(problem, "The data hold no symbol at all.")
    folded = {symbol.casefold(): symbol for symbol in available}
    meant = [folded[symbol.casefold()] for symbol in missing if symbol.casefold() in folded]
    hint = f"Did you mean {_listed(meant)}? Symbols differ by case. " if meant else ""
    raise InputError(problem, f"{hint}Set data.symbols to some of: {_listed(sorted(available))}.")


def market_data(
    request: DataRequest,
    gathered: Gathering,
    notices: Notices,
    *,
    source: str,
    actions: Sequence[CorporateAction] = (),
) -> MarketData:
    """Return the market that was asked for out of gathered rows.

    Raises InputError when a symbol is not there, its bars are longer than asked for, none lies in the period,
    or a row is wrong.
    """
    check_symbols(request.symbols, gathered.available)
    aligned = align_splits(actions, request.timeframe)
    series = {}
    for symbol in request.symbols:
        found = build_series(symbol, gathered.rows.pop(symbol), request, notices)
        fitted = _fitted(found, actions, notices)
        _check_delisting(fitted, aligned)
        series[symbol] = _within(fitted, request)
    kept = [
        action
        for action in aligned
        if action.symbol in series and _concerns(action, series[action.symbol], request.end)
    ]
    kept.sort(key=lambda action: (action.ex_time, action.symbol))
    return MarketData(series, tuple(kept), notices.lines(), source)


def _fitted(series: BarSeries, actions: Sequence[CorporateAction], notices: Notices) -> BarSeries:
    """Return the bars in the time frame that the series is meant to have."""
    length, timeframe = observed_length(series.timestamps), series.timeframe
    if length is None or length == timeframe.nanoseconds:
        return series
    symbol = series.instrument.symbol
    if length > timeframe.nanoseconds:
        raise InputError(
            f"{symbol}: the bars are {_length(length)} long, longer than the {timeframe} asked for.",
            "Set data.timeframe to a longer one, or bring finer bars.",
        )
    notices.add(symbol, f"shorter bars were put together to {timeframe}, in UTC.")
    return aggregate(restate_intervals(series, actions, notices), timeframe)


def _within(series: BarSeries, request: DataRequest) -> BarSeries:
    times = series.timestamps
    first = 0 if request.start is None else int(np.searchsorted(times, request.start, side="left"))
    last = len(times) if request.end is None else int(np.searchsorted(times, request.end, side="right"))
    if first >= last:
        period = f"{written(int(times[0]))} to {written(int(times[-1]))}"
        raise InputError(
            f"{series.instrument.symbol} has no bar in the period asked for.",
            f"Its bars go from {period}; change data.start or data.end.",
        )
    rows = slice(first, last)
    return series.take(rows)


def _check_delisting(series: BarSeries, actions: Sequence[CorporateAction]) -> None:
    """Raise InputError where a symbol has bars after it was delisted."""
    symbol, last = series.instrument.symbol, int(series.timestamps[-1])
    for action in actions:
        if isinstance(action, Delisting) and action.symbol == symbol and action.ex_time <= last:
            raise InputError(
                f"{symbol} is delisted on {written(action.ex_time)}, but has a bar of {written(last)}.",
                "Correct the ex_date, or remove the bars after it.",
            )


def _concerns(action: CorporateAction, series: BarSeries, until: int | None) -> bool:
    """Say whether an action falls after the first bar began and before the last one ended.

    A delisting comes after the last bar, and counts unless the period asked for ends before it.
    """
    if isinstance(action, Delisting):
        return until is None or action.ex_time <= until
    end = int(series.timestamps[-1]) + series.timeframe.nanoseconds
    return int(series.timestamps[0]) < action.ex_time < end


def _length(length: int) -> str:
    frames = {frame.nanoseconds: str(frame) for frame in Timeframe}
    return frames.get(length) or f"{length // Timeframe.D1.nanoseconds}d"


def _listed(symbols: Collection[str]) -> str:
    more = f" and {len(symbols) - _LISTED} more" if len(symbols) > _LISTED else ""
    return ", ".join(shown(symbol)[1:-1] for symbol in list(symbols)[:_LISTED]) + more

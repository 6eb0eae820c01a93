"""A market up to a cut with another future: none, or garbage that no strategy can have expected."""

from dataclasses import replace
from enum import StrEnum
from hashlib import sha256

import numpy as np

from app.domain.events import CorporateAction, Split
from app.engine.columns import BarSeries, Float64, Int64, MarketData

_FARTHEST = 20.0  # times the last price before the cut, either way
_MOST = 2.0**62  # ticks: a high may lie above it, and is to fit 64 bits


class Future(StrEnum):
    """What comes after a cut.

    Garbage goes up in one copy and down in the other, so that whichever way the real future went, one of
    them went the other way.
    """

    NONE = "prefix"
    RISING = "rising garbage"
    FALLING = "falling garbage"


def with_future(market: MarketData, cut: int, future: Future, seed: int) -> MarketData:
    """Return the market as it is up to the cut (UTC nanoseconds) and with this future after it.

    Garbage keeps the timestamps; prices jump and walk with another volatility, volumes and extra columns are
    shuffled, and a split for each symbol replaces the corporate actions. The same seed gives the same
    garbage. A symbol without a bar by the cut keeps its first one in a prefix, as garbage: a series may not
    be empty.
    """
    series: dict[str, BarSeries] = {}
    actions = [action for action in market.actions if action.ex_time <= cut]
    for symbol, real in market.series.items():
        known = int(np.searchsorted(real.timestamps, cut, side="right"))
        chance = _generator(seed, symbol, cut)
        if future is not Future.NONE and known < len(real):
            actions.append(_split(real, known, chance))
        kept = _rows(real, max(1, known)) if future is Future.NONE else real
        series[symbol] = _garbled(kept, known, future, chance)
    return replace(market, series=series, actions=tuple(sorted(actions, key=_turn)))


def _generator(seed: int, symbol: str, cut: int) -> np.random.Generator:
    key = sha256(f"{seed}|{symbol}|{cut}".encode()).digest()
    return np.random.default_rng(int.from_bytes(key, "big"))


def _turn(action: CorporateAction) -> tuple[int, str]:
    return action.ex_time, action.symbol


def _split(series: BarSeries, known: int, chance: np.random.Generator) -> Split:
    row = int(chance.integers(known, len(series)))
    time = int(series.timestamps[row])
    return Split(series.instrument.symbol, time, int(chance.integers(2, 6)), 1)


def _rows(series: BarSeries, count: int) -> BarSeries:
    """Return the first rows, copied: a view of them would lead to the others."""
    return series.take(np.arange(count))


def _garbled(series: BarSeries, known: int, future: Future, chance: np.random.Generator) -> BarSeries:
    """Return the series with garbage from row `known` on; every bar is one that a market could have had."""
    count = len(series) - known
    if not count:
        return series
    last = int(series.closes[known - 1] if known else series.opens[0])
    upwards = future is Future.RISING
    closes = _walk(last, count, chance, upwards=upwards)
    opens = np.append(closes[:1], closes[:-1])
    reach = chance.uniform(0, 0.05, (2, count))
    highs = np.ceil(np.maximum(opens, closes) * (1 + reach[0])).astype(np.int64)
    lows = np.maximum(1, np.floor(np.minimum(opens, closes) * (1 - reach[1]))).astype(np.int64)
    return replace(
        series,
        opens=np.append(series.opens[:known], opens),
        highs=np.append(series.highs[:known], highs),
        lows=np.append(series.lows[:known], lows),
        closes=np.append(series.closes[:known], closes),
        volumes=np.append(series.volumes[:known], chance.permutation(series.volumes[known:])),
        extras={
            name: np.append(column[:known], chance.permutation(column[known:]))
            for name, column in series.extras.items()
        },
    )


def _walk(last: int, count: int, chance: np.random.Generator, *, upwards: bool) -> Int64:
    """Return closes in ticks that jump away from the last one and then walk at random."""
    volatility = chance.uniform(0.01, 0.06)
    jump = chance.uniform(np.log(1.5), np.log(3))
    path = (jump if upwards else -jump) + np.append(0, chance.normal(0, volatility, count - 1).cumsum())
    farthest = np.log(_FARTHEST)
    ratios: Float64 = np.exp(np.clip(path, -farthest, farthest))
    return np.clip(np.rint(last * ratios), 1, _MOST).astype(np.int64)

"""Which symbols a strategy may trade, chosen by a rule from what was known at the time."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from app.domain.errors import ConfigurationError, PluginError
from app.engine.columns import ROWS, BarSeries, Int64, MarketData
from app.engine.schedule import MonthStart, Timer, due
from app.engine.sessions import Sessions
from app.engine.timeline import Timeline


@dataclass(frozen=True, eq=False)
class Known:
    """What was known at a step: the timestamps up to it, and each symbol's bars, where it has had one.

    A symbol that trades no more keeps its bars, so a rule can tell that it has fallen silent.
    """

    times: Int64
    series: Mapping[str, BarSeries]


class Universe(Protocol):
    """A rule for the members: first asked when `window` timestamps have passed, then as `rebalance` says."""

    @property
    def window(self) -> int:
        """Return how many timestamps the rule needs, at least 1."""
        ...

    @property
    def rebalance(self) -> Timer:
        """Return when the members are chosen anew."""
        ...

    def members(self, known: Known) -> tuple[str, ...]:
        """Return the symbols chosen, the first choice first, by nothing but what is known."""
        ...


@dataclass(frozen=True, slots=True)
class TopByDollarVolume:
    """The `n` symbols of which most money changed hands over the last `window` timestamps.

    Dollar volume is the sum of raw close times raw volume, so a split does not change it; a missing bar
    counts as zero, and equals stand by name. A symbol without a bar in the last `silent` timestamps is not
    ranked, so a delisted one stays while it trades and leaves at the next choice. Raises ConfigurationError
    for numbers below 1, and for symbols without volume.
    """

    n: int
    window: int
    rebalance: Timer = field(default_factory=MonthStart)
    silent: int = 5

    def __post_init__(self) -> None:
        for name in ("n", "window", "silent"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ConfigurationError(
                    f"TopByDollarVolume: {name} is {value!r}.", "Give a whole number from 1."
                )

    def members(self, known: Known) -> tuple[str, ...]:
        """Return at most n symbols, the most traded first."""
        since = known.times.item(-min(self.window, len(known.times)))
        alive = known.times.item(-min(self.silent, len(known.times)))
        traded = {
            symbol: _dollar_volume(series, since)
            for symbol, series in known.series.items()
            if series.timestamps.item(-1) >= alive
        }
        return tuple(sorted(traded, key=lambda symbol: (-traded[symbol], symbol))[: self.n])


def _dollar_volume(series: BarSeries, since: int) -> float:
    if not series.has_volume:
        raise ConfigurationError(
            f"TopByDollarVolume cannot rank {series.instrument.symbol}: its bars have no volume.",
            "Bring data with volume, or leave the universe out.",
        )
    rows = slice(int(np.searchsorted(series.timestamps, since, side="left")), None)
    shares = float(series.instrument.tick) * float(series.instrument.lot)
    money = series.closes[rows].astype(np.float64) * series.volumes[rows]
    return float(money.sum()) * shares * float(series.instrument.multiplier)


@dataclass(frozen=True)
class Membership:
    """The members over a timeline: `chosen[i]` from step `steps[i]` on, none before the first."""

    steps: tuple[int, ...]
    chosen: tuple[tuple[str, ...], ...]

    def at(self, step: int) -> tuple[str, ...]:
        """Return the members at a step, the first choice first."""
        number = bisect_right(self.steps, step)
        return self.chosen[number - 1] if number else ()


def membership(
    universe: Universe, market: MarketData, timeline: Timeline, sessions: Sessions | None = None
) -> Membership:
    """Return the members at every step: chosen first when `window` timestamps have passed, then as due.

    The rule is shown the bars up to the step and no others, so it cannot look ahead. Raises PluginError
    where it names a symbol that has had no bar, or one twice.
    """
    first = universe.window - 1
    if first >= len(timeline):
        return Membership((), ())
    rebalances = due({"rebalance": universe.rebalance}, timeline, sessions)
    steps = (first, *sorted(step for step in rebalances if step > first))
    return Membership(steps, tuple(_chosen(universe, market, timeline, step) for step in steps))


def _chosen(universe: Universe, market: MarketData, timeline: Timeline, step: int) -> tuple[str, ...]:
    known = _known(market, timeline, step)
    members = tuple(universe.members(known))
    strangers = [symbol for symbol in members if symbol not in known.series]
    if strangers or len(set(members)) < len(members):
        chosen = ", ".join(map(str, strangers)) or "a symbol twice"
        raise PluginError(
            f"The universe {type(universe).__name__} chose {chosen}.",
            "Let it choose each symbol once, out of those that have had a bar.",
        )
    return members


def _known(market: MarketData, timeline: Timeline, step: int) -> Known:
    series: dict[str, BarSeries] = {}
    for symbol, whole in market.series.items():
        end = timeline.rows[symbol].item(step) + 1
        if end:
            past = whole.take(slice(0, end))
            for column in (*(getattr(past, name) for name in ROWS), *past.extras.values()):
                column.flags.writeable = False
            series[symbol] = past
    times = timeline.times[: step + 1]
    times.flags.writeable = False
    return Known(times, series)

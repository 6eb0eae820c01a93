"""What to do about doubtful bars: each kind is dropped, repaired, kept, or stops the run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.data.text import Int64
from app.data.times import written
from app.domain.bars import BarFlag, Timeframe
from app.domain.errors import ConfigurationError, InputError
from app.domain.events import CorporateAction, Split
from app.domain.money import half_even
from app.ports import ROWS, BarSeries
from app.ports.scheduling import Sessions

Rows = NDArray[np.bool_]
Repair = Callable[[BarSeries, Rows], BarSeries]


class Action(StrEnum):
    """What becomes of a doubtful bar."""

    KEEP = "keep"
    DROP = "drop"
    REPAIR = "repair"
    HALT = "halt"


_A = Action
_ALL = frozenset(Action)

# What has been repaired already cannot be repaired again, and no engine can use a high below a low.
ALLOWED: Mapping[str, frozenset[Action]] = {
    "stale": _ALL,
    "gap": _ALL,
    "repaired": _ALL - {_A.REPAIR},
    "fallback": _ALL - {_A.REPAIR},
    "bad": _ALL - {_A.KEEP},
}
_FOUND = {
    "stale": "stale",
    "gap": "behind a gap",
    "repaired": "repaired by the source",
    "fallback": "from a fallback source",
    "bad": "inconsistent (high below low, or open or close outside them)",
}
_DONE = {_A.KEEP: "kept", _A.DROP: "dropped", _A.REPAIR: "repaired"}


@dataclass(frozen=True, slots=True)
class QualityPolicy:
    """The action for each kind of doubt; a bar counts as stale when it repeats for `stale_after` bars.

    `bad` are bars with the high below the low, or open or close outside the range. Raises ConfigurationError
    for an action that a kind cannot have.
    """

    stale: Action = Action.KEEP
    gap: Action = Action.KEEP
    repaired: Action = Action.KEEP
    fallback: Action = Action.KEEP
    bad: Action = Action.HALT
    stale_after: int = 5

    def __post_init__(self) -> None:
        for kind, allowed in ALLOWED.items():
            if getattr(self, kind) not in allowed:
                raise ConfigurationError(
                    f"The data quality policy for {kind} bars cannot be '{getattr(self, kind)}'.",
                    f"Choose one of {', '.join(action for action in Action if action in allowed)}.",
                )
            object.__setattr__(self, kind, Action(getattr(self, kind)))
        if self.stale_after < 1:
            raise ConfigurationError(f"stale_after is {self.stale_after}.", "Give a number from 1.")


def apply(
    policy: QualityPolicy,
    series: BarSeries,
    sessions: Sessions | None = None,
    actions: Sequence[CorporateAction] = (),
) -> tuple[BarSeries, tuple[str, ...]]:
    """Return the series as the policy wants it, and notices of what was found; the given one stays as it is.

    In this order: what the source has repaired or taken from a fallback, bad bars, stale ones, gaps; so what
    is dropped leaves a gap. Stale and bad bars are found in the series itself, gaps against the sessions;
    each bar is judged by itself and the bars before it only. A repair of bad bars widens high and low; of
    stale ones takes their volume, so that nothing trades on them; of a gap fills in the last close, in
    shares of the day by the splits in `actions`, without volume, once there is a bar after it. Raises
    InputError where a kind halts, where nothing is left, and where a repair needs a volume or a calendar
    that is not there.
    """
    notices: list[str] = []

    def settle(kind: str, series: BarSeries, rows: Rows, repair: Repair) -> BarSeries:
        if not rows.any():
            return series
        action: Action = getattr(policy, kind)
        told = _told(series, rows, _FOUND[kind])
        if action is _A.HALT:
            raise InputError(told, f"Mend the data, or choose another action for {kind} bars.")
        notices.append(f"{told[:-1]} and {_DONE[action]}.")
        if action is _A.DROP:
            return _rows(series, ~rows)
        return repair(series, rows) if action is _A.REPAIR else series

    for kind, flag in (("repaired", BarFlag.REPAIRED), ("fallback", BarFlag.FALLBACK)):
        series = settle(kind, series, _has(series, flag), _unchanged)
    series = settle("bad", series, _bad_rows(series), _widened)
    series = _flagged(series, _stale_rows(series, policy.stale_after), BarFlag.STALE)
    series = settle("stale", series, _has(series, BarFlag.STALE), _quietened)
    if sessions is not None:
        _note_strays(series, sessions, notices)
        series = _flagged(series, missing_before(series, sessions) > 0, BarFlag.GAP)
    series = settle("gap", series, _has(series, BarFlag.GAP), partial(_filled, sessions, actions))
    return series, tuple(notices)


def missing_before(series: BarSeries, sessions: Sessions) -> Int64:
    """Return the nanoseconds of trading without a bar before each bar, shape (bars,); 0 before the first.

    Less than a minute counts as nothing: no bar is shorter.
    """
    starts = series.timestamps
    untraded = np.zeros(len(series), np.int64)
    ends = starts[:-1] + series.timeframe.nanoseconds
    untraded[1:] = sessions.traded_until(starts[1:]) - sessions.traded_until(ends)
    untraded[untraded < Timeframe.M1.nanoseconds] = 0
    return untraded


def _has(series: BarSeries, flag: BarFlag) -> Rows:
    return np.asarray((series.flags & flag) > 0, np.bool_)


def _flagged(series: BarSeries, rows: Rows, flag: BarFlag) -> BarSeries:
    marks = np.where(rows, np.uint8(flag), np.uint8(0))
    return replace(series, flags=series.flags | marks)


def _bad_rows(series: BarSeries) -> Rows:
    above = series.highs < np.maximum(series.opens, series.closes)
    below = series.lows > np.minimum(series.opens, series.closes)
    return np.asarray(above | below, np.bool_)


def _stale_rows(series: BarSeries, after: int) -> Rows:
    """Return the bars from the `after`-th in a row on that only repeat the close before them.

    All four prices are that close, and the volume is that of the bar before, or zero.
    """
    repeats = np.zeros(len(series), np.bool_)
    closes, volumes = series.closes, series.volumes
    repeats[1:] = (volumes[1:] == volumes[:-1]) | (volumes[1:] == 0)
    for column in (series.opens, series.highs, series.lows, closes):
        repeats[1:] &= column[1:] == closes[:-1]
    numbers = np.arange(len(series))
    last_change = np.maximum.accumulate(np.where(repeats, 0, numbers))
    return np.asarray(numbers - last_change >= after, np.bool_)


def _note_strays(series: BarSeries, sessions: Sessions, notices: list[str]) -> None:
    ends = series.timestamps + series.timeframe.nanoseconds
    stray = sessions.traded_until(ends) == sessions.traded_until(series.timestamps)
    if stray.any():
        notices.append(_told(series, stray, f"outside the sessions of {sessions.name or 'the calendar'}"))


def _told(series: BarSeries, rows: Rows, what: str) -> str:
    count, first = int(rows.sum()), written(series.timestamps.item(int(np.argmax(rows))))
    bars = f"1 bar, of {first}," if count == 1 else f"{count} bars, the first of {first},"
    return f"{series.instrument.symbol}: {bars} {'is' if count == 1 else 'are'} {what}."


def _unchanged(series: BarSeries, rows: Rows) -> BarSeries:  # noqa: ARG001 - one shape for all repairs
    return series


def _widened(series: BarSeries, rows: Rows) -> BarSeries:
    """Let high and low span all four prices."""
    corners = (series.opens, series.highs, series.lows, series.closes)
    highs = np.where(rows, np.maximum.reduce(corners), series.highs)
    lows = np.where(rows, np.minimum.reduce(corners), series.lows)
    return _flagged(replace(series, highs=highs, lows=lows), rows, BarFlag.REPAIRED)


def _quietened(series: BarSeries, rows: Rows) -> BarSeries:
    """Take the volume of stale bars."""
    _needs_volume(series, "stale")
    volumes = np.where(rows, 0, series.volumes)
    return _flagged(replace(series, volumes=volumes), rows, BarFlag.REPAIRED)


def _filled(
    sessions: Sessions | None, actions: Sequence[CorporateAction], series: BarSeries, rows: Rows
) -> BarSeries:
    """Put bars at the last close where the market traded and there is none."""
    if sessions is None:
        raise InputError(
            _told(series, rows, f"{_FOUND['gap']}, but only a calendar tells how many bars are missing"),
            "Name the calendar, or choose another action than repair for gap bars.",
        )
    _needs_volume(series, "gap")
    labels, sources = _missing(series, sessions)
    closes = _in_shares_of(labels, series, sources, actions)
    flags = np.full(len(labels), BarFlag.GAP | BarFlag.REPAIRED, np.uint8)
    columns = (labels, closes, closes, closes, closes, np.zeros(len(labels), np.int64), flags)
    return _merged(series, dict(zip(ROWS, columns, strict=True)))


def _missing(series: BarSeries, sessions: Sessions) -> tuple[Int64, Int64]:
    """Return the timestamps of the missing bars, and for each the row of the bar before the gap."""
    length = series.timeframe.nanoseconds
    labels, sources = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for row in np.flatnonzero(missing_before(series, sessions)).tolist():
        before, after = series.timestamps.item(row - 1), series.timestamps.item(row)
        starts = np.arange(before + length, after, length, dtype=np.int64)
        starts = starts[sessions.traded_until(starts + length) > sessions.traded_until(starts)]
        labels.append(starts)
        sources.append(np.full(len(starts), row - 1, np.int64))
    return np.concatenate(labels), np.concatenate(sources)


def _in_shares_of(labels: Int64, series: BarSeries, rows: Int64, actions: Sequence[CorporateAction]) -> Int64:
    """Return the closes of the rows as prices at the labels: a split in between changes the share."""
    closes = series.closes[rows]
    for action in actions:
        if isinstance(action, Split) and action.symbol == series.instrument.symbol:
            split = (series.timestamps[rows] < action.ex_time) & (labels >= action.ex_time)
            for row in np.flatnonzero(split).tolist():
                closes[row] = max(1, half_even(closes.item(row) * action.denominator, action.numerator))
    return closes


def _needs_volume(series: BarSeries, kind: str) -> None:
    if not series.has_volume:
        raise InputError(
            f"{series.instrument.symbol}: {kind} bars cannot be repaired, because the data have no volume: "
            "a repaired bar has none, and that is how orders know not to trade on it.",
            f"Choose another action than repair for {kind} bars.",
        )


def _rows(series: BarSeries, keep: Rows) -> BarSeries:
    if not keep.any():
        raise InputError(
            f"{series.instrument.symbol}: the data quality policy leaves no bar.",
            "Mend the data, or choose another action than drop.",
        )
    return series.take(keep)


def _merged(series: BarSeries, more: dict[str, Any]) -> BarSeries:
    order = np.argsort(np.concatenate((series.timestamps, more["timestamps"])), kind="stable")
    columns: dict[str, Any] = {
        name: np.concatenate((getattr(series, name), more[name]))[order] for name in ROWS
    }
    missing = np.full(len(more["timestamps"]), np.nan)
    extras = {name: np.append(column, missing)[order] for name, column in series.extras.items()}
    return replace(series, **columns, extras=extras)

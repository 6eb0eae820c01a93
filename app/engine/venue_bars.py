"""What the venue knows of each bar beside its prices: its session, and the market's daily activity."""

from dataclasses import dataclass

import numpy as np

from app.domain.bars import Timeframe
from app.engine.columns import BarSeries, Int64
from app.engine.sessions import Sessions

_DAY = Timeframe.D1.nanoseconds
_BILLION = 1_000_000_000
_WINDOW = 20  # trading days: about a month


@dataclass(frozen=True, eq=False)
class SessionMarks:
    """For each bar: 1 where it begins or ends a session (int64), and the end of its session in UTC ns."""

    starts: Int64
    ends: Int64
    closes: Int64


def session_marks(series: BarSeries, sessions: Sessions | None = None) -> SessionMarks:
    """Return which bars begin and end sessions: bars of a day or longer are sessions of their own.

    Shorter ones belong to the session of the calendar in which they start, or to the UTC day. A session
    closes when its last bar ends.
    """
    times = series.timestamps
    following = np.append(times[1:], np.iinfo(np.int64).max)
    ends = np.minimum(times + series.timeframe.nanoseconds, following)
    if series.timeframe.nanoseconds >= _DAY:
        ones = np.ones(len(times), np.int64)
        return SessionMarks(ones, ones, ends)
    if sessions is None:
        number = times // _DAY
    else:
        number = np.searchsorted(sessions.opens, times, side="right").astype(np.int64)
    changes = np.append(number[1:] != number[:-1], True)
    last = np.flatnonzero(changes)
    closes = ends[last[np.searchsorted(last, np.arange(len(times)))]]
    starts = np.append(True, changes[:-1])
    return SessionMarks(starts.astype(np.int64), changes.astype(np.int64), closes)


def daily_activity(series: BarSeries) -> tuple[Int64, Int64]:
    """Return the daily volatility (parts per billion) and volume (lots) known before each bar.

    Both are of the last 20 days that ended before the bar's: the deviation of their log returns, and the mean
    of their volumes; 0 while there are not as many.
    """
    days = series.timestamps // _DAY
    last = np.flatnonzero(np.append(days[1:] != days[:-1], True))
    first = np.append(0, last[:-1] + 1)
    returns = np.diff(np.log(series.closes[last].astype(np.float64)))
    volumes = np.add.reduceat(series.volumes, first)
    sigma = np.zeros(len(last), np.int64)
    mean = np.zeros(len(last), np.int64)
    for day in range(_WINDOW + 1, len(last)):
        sigma[day] = int(np.std(returns[day - 1 - _WINDOW : day - 1], ddof=1) * _BILLION)
        mean[day] = int(volumes[day - _WINDOW : day].sum()) // _WINDOW
    of_bar = np.searchsorted(last, np.arange(len(days)))
    return sigma[of_bar], mean[of_bar]

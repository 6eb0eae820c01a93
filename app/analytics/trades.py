"""What closed trades and fills say: how often, how much, at what cost. Money is in minor units."""

from collections.abc import Callable, Sequence
from math import fsum
from typing import Protocol

from app.analytics.excursions import Excursions
from app.domain.fills import Trade

_DAY = 86_400_000_000_000


class Dealt(Protocol):
    """What a fill came to, in minor units."""

    @property
    def value(self) -> int:
        """Return price times quantity."""
        ...

    @property
    def fee(self) -> int:
        """Return the charge."""
        ...


def trade_figures(trades: Sequence[Trade]) -> dict[str, float | None]:
    """Return the figures of closed trades by key; a win is a profit above zero after fees, a loss below.

    A trade that broke even is neither, but counts in `win_rate` and `average_trade`. Without a trade all but
    the count are None, and so is what has no wins or no losses to speak of.
    """
    profits = [trade.profit for trade in trades]
    wins = [profit for profit in profits if profit > 0]
    losses = [profit for profit in profits if profit < 0]
    days = [(trade.exit_time - trade.entry_time) / _DAY for trade in trades]
    return {
        "trade_count": float(len(trades)),
        "win_rate": _share(len(wins), len(profits)),
        "profit_factor": _share(sum(wins), -sum(losses)),
        "average_trade": _mean(profits),
        "average_win": _mean(wins),
        "average_loss": _mean(losses),
        "largest_win": float(max(wins)) if wins else None,
        "largest_loss": float(min(losses)) if losses else None,
        "expectancy": _mean([trade.return_ratio for trade in trades]),
        "average_holding_days": _mean(days),
        "longest_holding_days": max(days, default=None),
        "longest_winning_run": _longest_run(profits, lambda profit: profit > 0),
        "longest_losing_run": _longest_run(profits, lambda profit: profit < 0),
    }


def excursion_figures(excursions: Excursions) -> dict[str, float | None]:
    """Return the mean excursions by key, as fractions and in minor units; None without a trade."""
    return {
        "average_mae": _mean(excursions.mae.tolist()),
        "average_mfe": _mean(excursions.mfe.tolist()),
        "average_mae_amount": _mean(excursions.mae_amount.tolist()),
        "average_mfe_amount": _mean(excursions.mfe_amount.tolist()),
    }


def turnover(fills: Sequence[Dealt], mean_equity: float, years: float) -> float | None:
    """Return half the value bought and sold, over the mean equity, per year.

    1 is the whole book once a year. None where equity or time is not above zero.
    """
    if mean_equity <= 0 or years <= 0:
        return None
    return sum(fill.value for fill in fills) / 2 / mean_equity / years


def _longest_run(profits: Sequence[int], counts: Callable[[int], bool]) -> float | None:
    """Return the longest row of neighbours that count, in the order in which the trades were closed."""
    if not profits:
        return None
    longest = current = 0
    for profit in profits:
        current = current + 1 if counts(profit) else 0
        longest = max(longest, current)
    return float(longest)


def _mean(values: Sequence[float]) -> float | None:
    # Not sum: from Python 3.12 on it rounds sums of floats otherwise than before.
    return fsum(values) / len(values) if values else None


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None

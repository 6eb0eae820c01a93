"""What closed trades and fills say: how often, how much, at what cost. Money is in minor units."""

from collections.abc import Sequence

from app.domain.fills import Fill, Trade

_DAY = 86_400_000_000_000


def trade_figures(trades: Sequence[Trade]) -> dict[str, float | None]:
    """Return the figures of closed trades by key; a win is a profit above zero after fees, a loss below.

    A trade that broke even is neither, but counts in `win_rate` and `average_trade`. Without a trade all but
    the count are None, and so is what has no wins or no losses to speak of.
    """
    profits = [trade.profit for trade in trades]
    wins = [profit for profit in profits if profit > 0]
    losses = [profit for profit in profits if profit < 0]
    return {
        "trade_count": float(len(trades)),
        "win_rate": _share(len(wins), len(profits)),
        "profit_factor": _share(sum(wins), -sum(losses)),
        "average_trade": _mean(profits),
        "average_win": _mean(wins),
        "average_loss": _mean(losses),
        "largest_win": float(max(wins)) if wins else None,
        "largest_loss": float(min(losses)) if losses else None,
        "average_holding_days": _mean([(trade.exit_time - trade.entry_time) / _DAY for trade in trades]),
    }


def turnover(fills: Sequence[Fill], mean_equity: float, years: float) -> float | None:
    """Return half the value bought and sold, over the mean equity, per year.

    1 is the whole book once a year. None where equity or time is not above zero.
    """
    if mean_equity <= 0 or years <= 0:
        return None
    return sum(fill.value for fill in fills) / 2 / mean_equity / years


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None

"""All statistics of one run under stable keys; docs/reference/statistics.md says what each one means."""

from collections.abc import Sequence

import numpy as np

from app.analytics.catalogue import STATISTICS
from app.analytics.drawdown import deepest, max_drawdown
from app.analytics.ratios import calmar, downside_deviation, sharpe, sortino, volatility
from app.analytics.returns import Float64, Int64, Samples, annual_return, simple_returns, total_return
from app.analytics.trades import trade_figures, turnover
from app.domain.bars import SECOND
from app.domain.fills import Fill, Trade


def statistics(
    equity: Samples,
    times: Int64,
    *,
    initial: float,
    periods_per_year: float,
    exposure: Samples | None = None,
    trades: Sequence[Trade] | None = None,
    fills: Sequence[Fill] | None = None,
) -> dict[str, float | None]:
    """Return every key of `STATISTICS`, in that order; None where a figure has no meaning or no source.

    `equity` and `exposure` (the positions' absolute value) are n samples in minor units at `times` (UTC
    nanoseconds, ascending), `initial` the capital before them. Without `exposure`, `trades` or `fills`, as
    for a benchmark, the figures that need them are None.
    """
    known: dict[str, float | None] = {
        "total_return": total_return(equity, initial),
        **_return_figures(equity, initial, periods_per_year),
        **_drawdown_figures(equity, times, initial),
        **(_exposure_figures(exposure, equity) if exposure is not None else {}),
        **(_fill_figures(fills, equity, periods_per_year) if fills is not None else {}),
        **(trade_figures(trades) if trades is not None else {}),
    }
    return {statistic.key: known.get(statistic.key) for statistic in STATISTICS}


def _return_figures(equity: Samples, initial: float, periods_per_year: float) -> dict[str, float | None]:
    returns = simple_returns(equity, initial)
    if returns is None:
        return {}
    growth = annual_return(equity, initial, periods_per_year)
    return {
        "annual_return": growth,
        "volatility": volatility(returns, periods_per_year),
        "downside_deviation": downside_deviation(returns, periods_per_year),
        "sharpe": sharpe(returns, periods_per_year),
        "sortino": sortino(returns, periods_per_year),
        "calmar": calmar(growth, max_drawdown(equity, initial)),
        "best_period": float(returns.max()),
        "worst_period": float(returns.min()),
    }


def _drawdown_figures(equity: Samples, times: Int64, initial: float) -> dict[str, float | None]:
    worst = deepest(equity, times, initial)
    if worst is None:
        return {"max_drawdown": max_drawdown(equity, initial)}
    recovery = worst.recovery_time
    return {
        "max_drawdown": worst.depth,
        "max_drawdown_days": worst.length / (86_400 * SECOND),
        "max_drawdown_peak": worst.peak_time / SECOND,
        "max_drawdown_trough": worst.trough_time / SECOND,
        "max_drawdown_recovery": None if recovery is None else recovery / SECOND,
    }


def _exposure_figures(exposure: Samples, equity: Samples) -> dict[str, float | None]:
    held = np.asarray(exposure, np.float64)
    total: Float64 = np.asarray(equity, np.float64)
    if len(held) == 0:
        return {}
    invested = float((held > 0).mean())
    if not bool((total > 0).all()):
        return {"time_in_market": invested}
    return {"exposure": float((held / total).mean()), "time_in_market": invested}


def _fill_figures(fills: Sequence[Fill], equity: Samples, periods_per_year: float) -> dict[str, float | None]:
    mean_equity = float(np.asarray(equity, np.float64).mean()) if len(equity) else 0.0
    return {
        "fees": float(sum(fill.fee for fill in fills)),
        "turnover": turnover(fills, mean_equity, len(equity) / periods_per_year),
    }

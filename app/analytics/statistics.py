"""All statistics of one run under stable keys; docs/reference/statistics.md says what each one means."""

from collections.abc import Sequence

import numpy as np

from app.analytics.catalogue import STATISTICS
from app.analytics.distribution import (
    conditional_value_at_risk,
    kurtosis,
    skew,
    tail_ratio,
    value_at_risk,
)
from app.analytics.drawdown import deepest, max_drawdown
from app.analytics.excursions import Excursions
from app.analytics.ratios import (
    calmar,
    downside_deviation,
    omega,
    probabilistic_sharpe,
    sharpe,
    sortino,
    volatility,
)
from app.analytics.relative import alpha, beta, information_ratio, treynor
from app.analytics.returns import Float64, Int64, Samples, annual_return, simple_returns, total_return
from app.analytics.trades import Dealt, excursion_figures, trade_figures, turnover
from app.domain.bars import SECOND
from app.domain.fills import Trade


def statistics(
    equity: Samples,
    times: Int64,
    *,
    initial: float,
    periods_per_year: float,
    benchmark: Samples | None = None,
    exposure: Samples | None = None,
    trades: Sequence[Trade] | None = None,
    fills: Sequence[Dealt] | None = None,
    excursions: Excursions | None = None,
) -> dict[str, float | None]:
    """Return every key of `STATISTICS`, in that order; None where a figure has no meaning or no source.

    `equity` and `exposure` (the positions' absolute value) are n samples in minor units at `times` (UTC
    nanoseconds, ascending), `initial` the capital before them. `benchmark` is the value of the same capital
    in the benchmark at the same times, `excursions` are those of `trades`. Without one of the optional
    arguments, as for a benchmark itself, the figures that need it are None.
    """
    known: dict[str, float | None] = {
        "total_return": total_return(equity, initial),
        **_return_figures(equity, initial, periods_per_year),
        **_drawdown_figures(equity, times, initial),
        **(_relative_figures(equity, benchmark, initial, periods_per_year) if benchmark is not None else {}),
        **(_exposure_figures(exposure, equity) if exposure is not None else {}),
        **(_fill_figures(fills, equity, periods_per_year) if fills is not None else {}),
        **(trade_figures(trades) if trades is not None else {}),
        **(excursion_figures(excursions) if excursions is not None else {}),
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
        "omega": omega(returns),
        "probabilistic_sharpe": probabilistic_sharpe(returns),
        **_tail_figures(returns),
    }


def _tail_figures(returns: Float64) -> dict[str, float | None]:
    return {
        "var_95": value_at_risk(returns, 5),
        "cvar_95": conditional_value_at_risk(returns, 5),
        "var_99": value_at_risk(returns, 1),
        "cvar_99": conditional_value_at_risk(returns, 1),
        "tail_ratio": tail_ratio(returns),
        "skew": skew(returns),
        "kurtosis": kurtosis(returns),
        "best_period": float(returns.max()),
        "worst_period": float(returns.min()),
    }


def _relative_figures(
    equity: Samples, benchmark: Samples, initial: float, periods_per_year: float
) -> dict[str, float | None]:
    returns, other = simple_returns(equity, initial), simple_returns(benchmark, initial)
    if returns is None or other is None or len(returns) != len(other):
        return {}
    return {
        "alpha": alpha(returns, other, periods_per_year),
        "beta": beta(returns, other),
        "information_ratio": information_ratio(returns, other, periods_per_year),
        "treynor": treynor(returns, other, periods_per_year),
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


def _fill_figures(
    fills: Sequence[Dealt], equity: Samples, periods_per_year: float
) -> dict[str, float | None]:
    mean_equity = float(np.asarray(equity, np.float64).mean()) if len(equity) else 0.0
    return {
        "fees": float(sum(fill.fee for fill in fills)),
        "turnover": turnover(fills, mean_equity, len(equity) / periods_per_year),
    }

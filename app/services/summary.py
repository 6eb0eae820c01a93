"""What a run came to, as one JSON object for programs."""

from collections.abc import Sequence
from typing import Any

from app.domain.money import currency_exponent, from_units
from app.ports import RunResult
from app.services.ambiguity import Bound, Bounds


def run_summary(
    run_id: str, result: RunResult, symbols: Sequence[str], database: str, bounds: Bounds | None = None
) -> dict[str, Any]:
    """Return the run's key figures: money as strings, ratios as numbers, None where undefined."""
    exponent = currency_exponent(result.currency)

    def money(units: int) -> str:
        return str(from_units(units, exponent))

    def under(bound: Bound | None) -> dict[str, Any] | None:
        if bound is None:
            return None
        ratios = {name: getattr(bound, name) for name in ("total_return", "sharpe", "max_drawdown")}
        return {"final_equity": money(bound.final_equity), **ratios}

    times = result.times_real_time
    initial = sum(entry.amount for entry in result.cash if entry.kind == "deposit")
    final = int(result.equity.equity[-1]) if len(result.equity) else initial
    return {
        "run_id": run_id,
        "status": result.status.value,
        "symbols": list(symbols),
        "bars": result.bars,
        "orders": len(result.orders),
        "fills": len(result.fills),
        "trades": len(result.trades),
        "initial_equity": money(initial),
        "final_equity": money(final),
        "total_return": result.statistics["total_return"],
        "sharpe": result.statistics["sharpe"],
        "max_drawdown": result.statistics["max_drawdown"],
        "fees": money(result.fees),
        "ambiguous_fills": result.ambiguous,
        "under_worst": under(bounds.worst if bounds else None),
        "under_best": under(bounds.best if bounds else None),
        "seconds": round(result.seconds, 6),
        "bars_per_second": round(result.bars / result.seconds) if result.seconds > 0 else None,
        "times_real_time": None if times is None else round(times),
        "state_hash": result.state_hash,
        "report": None,
        "database": database,
    }

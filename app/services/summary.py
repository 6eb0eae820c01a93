"""What a run came to, as one JSON object for programs."""

from collections.abc import Sequence
from typing import Any

from app.domain.money import currency_exponent, from_units
from app.ports import RunResult


def run_summary(run_id: str, result: RunResult, symbols: Sequence[str], database: str) -> dict[str, Any]:
    """Return the run's key figures: money as strings, ratios as numbers, None where undefined."""
    exponent = currency_exponent(result.currency)

    def money(units: int) -> str:
        return str(from_units(units, exponent))

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
        "seconds": round(result.seconds, 6),
        "bars_per_second": round(result.bars / result.seconds) if result.seconds > 0 else None,
        "state_hash": result.state_hash,
        "report": None,
        "database": database,
    }

"""What a sweep came to, as a value and as one JSON object for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.money import currency_exponent, from_units
from app.services._sweep.grid import Grid, Parameters, plain
from app.services._sweep.luck import Luck
from app.services._sweep.ranking import SkippedGroup
from app.services._sweep.rows import Row
from app.services.sweep_metric import Metric


@dataclass(frozen=True)
class SweepResult:
    """All rows of a sweep, best first, and what they were made of; money is in minor units of `currency`.

    `period` is the first and last time of the market in UTC nanoseconds. `warnings` say why the answer is
    worth less than it seems.
    """

    id: str
    strategy: str
    symbols: Sequence[str]
    bars: int
    period: tuple[int, int]
    currency: str
    grid: Grid
    metric: Metric
    rows: Sequence[Row]
    skipped: Sequence[SkippedGroup]
    luck: Luck
    warnings: Sequence[str]
    data_hash: str
    seed: int
    workers: int
    seconds: float

    @property
    def refused(self) -> int:
        """Return how many sets the options refused."""
        return sum(group.sets for group in self.skipped if not group.failed)

    @property
    def failed(self) -> int:
        """Return how many runs failed."""
        return sum(group.sets for group in self.skipped if group.failed)


def sweep_summary(result: SweepResult, top: int | None, files: Mapping[str, str]) -> dict[str, Any]:
    """Return a sweep's rows, or the best so many, and what they were made of; `files` are paths by key.

    Money is a string, a ratio a number, and what has no meaning is None.
    """
    return {
        "strategy": result.strategy,
        "symbols": list(result.symbols),
        "bars": result.bars,
        "sets": len(result.grid),
        "refused": result.refused,
        "failed": result.failed,
        "skipped": [
            {
                "sets": group.sets,
                "failed": group.failed,
                "reason": group.reason,
                "first": _named(result.grid, group.first),
            }
            for group in result.skipped
        ],
        "metric": result.metric.value,
        "tries": result.luck.tries,
        "expected_best_sharpe": result.luck.expected_best,
        "probabilistic_sharpe": result.luck.probabilistic,
        "deflated_sharpe": result.luck.deflated,
        "rows": [_row(result, row) for row in result.rows[:top]],
        "warnings": list(result.warnings),
        "data_hash": result.data_hash,
        "seed": result.seed,
        "workers": result.workers,
        "seconds": round(result.seconds, 6),
        **files,
    }


def _row(result: SweepResult, row: Row) -> dict[str, Any]:
    exponent = currency_exponent(result.currency)
    return {
        "parameters": _named(result.grid, row.parameters),
        "total_return": row.total_return,
        "sharpe": row.sharpe,
        "max_drawdown": row.max_drawdown,
        "trades": row.trades,
        "fills": row.fills,
        "final_equity": str(from_units(row.final_equity, exponent)),
        "fees": str(from_units(row.fees, exponent)),
        "state_hash": row.state_hash,
    }


def _named(grid: Grid, parameters: Parameters) -> dict[str, int | float | str]:
    return {name: plain(value) for name, value in zip(grid.names, parameters, strict=True)}

"""What a sweep has of each set, and who makes it."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.ports import RunResult
from app.services._sweep.grid import Parameters


@dataclass(frozen=True, slots=True)
class Row:
    """What the run of one set came to; `final_equity` and `fees` are minor units.

    `state_hash` is that of `lts run` with the same settings.
    """

    parameters: Parameters
    total_return: float | None
    sharpe: float | None
    max_drawdown: float | None
    trades: int
    fills: int
    final_equity: int
    fees: int
    state_hash: str

    @classmethod
    def of(cls, parameters: Parameters, result: RunResult) -> "Row":
        """Return the row of a run."""
        figures = result.statistics
        return cls(
            parameters,
            total_return=figures["total_return"],
            sharpe=figures["sharpe"],
            max_drawdown=figures["max_drawdown"],
            trades=len(result.trades),
            fills=len(result.fills),
            final_equity=int(result.equity.equity[-1]),
            fees=result.fees,
            state_hash=result.state_hash,
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A set without a row: options refused it, or its run failed; `reason` holds no secrets."""

    parameters: Parameters
    reason: str
    failed: bool = False


Outcome = Row | Skipped


class Runner(Protocol):
    """Runs sets over one market; what a set comes to never depends on the others."""

    def run(self, sets: Sequence[Parameters], /) -> Generator[Outcome, None, None]:
        """Yield the outcome of each set in the order of the sets; closing it early ends all work.

        Raises RunFailed where the work itself, and not a set, fails.
        """
        ...

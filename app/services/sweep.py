"""Many sets of parameters over one market: each a run of its own, ranked, and what the best is worth."""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from app.domain.errors import ConfigurationError, RunFailed
from app.engine.columns import MarketData
from app.plugins.system import System
from app.services._sweep.compiled import CompiledRunner
from app.services._sweep.files import write_files
from app.services._sweep.grid import Grid, Parameters, written
from app.services._sweep.luck import Luck, luck
from app.services._sweep.ranking import SkippedGroup, grouped, ranked
from app.services._sweep.result import SweepResult, sweep_summary
from app.services._sweep.rows import Outcome, Row, Runner, Skipped
from app.services._sweep.single import SingleRunner
from app.services._sweep.variants import Variants
from app.services._sweep.workers import ParallelRunner, processors
from app.services.run_data import RunData
from app.services.speed import planned
from app.services.sweep_metric import Metric

__all__ = [
    "Finished",
    "Grid",
    "Metric",
    "Outcome",
    "Parameters",
    "Row",
    "Runner",
    "SingleRunner",
    "Skipped",
    "SkippedGroup",
    "Sweep",
    "SweepResult",
    "Variants",
    "finish",
    "processors",
    "written",
]


@dataclass(frozen=True)
class Finished:
    """A sweep whose files are written; `summary` is what programs get."""

    result: SweepResult
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class Sweep:
    """Runs every set of a grid over one market, in `workers` processes; 1 is this one.

    `system` has the plugins of a set that the options accept, and `progress(done, total)` counts sets.
    """

    id: str
    variants: Variants
    system: System
    data: RunData
    metric: Metric
    workers: int
    kernels: Path
    progress: Callable[[int, int], None]

    def run(self) -> SweepResult:
        """Return what the sets came to.

        Raises ConfigurationError where the pipeline is no backtest, and RunFailed where no set has a result
        or a worker dies.
        """
        _check_mode(self.system)
        started = perf_counter()
        rows, skipped = self._swept()
        groups = grouped(skipped)
        if not rows:
            raise _nothing(self.variants.grid, groups)
        rows = ranked(rows, self.metric)
        worth, warnings = self._checked(rows)
        settings = self.system.settings
        return SweepResult(
            id=self.id,
            strategy=settings.chosen["strategy"],
            symbols=tuple(self.data.market.series),
            bars=self.data.market.bars,
            period=_period(self.data.market),
            currency=self.system.money.currency,
            grid=self.variants.grid,
            metric=self.metric,
            rows=rows,
            skipped=groups,
            luck=worth,
            warnings=warnings,
            data_hash=self.data.market.digest,
            seed=settings.core.run.seed,
            workers=self._workers,
            seconds=perf_counter() - started,
        )

    @property
    def _workers(self) -> int:
        return min(self.workers, len(self.variants.grid))

    @property
    def _single(self) -> SingleRunner:
        return SingleRunner(self.variants, self.data.market, self.data.sessions)

    def _runner(self) -> Runner:
        """Return who runs the sets; every runner comes to the same rows."""
        single, sets = self._single, len(self.variants.grid)
        context = replace(
            single.context(self.system), speed=self.system.settings.core.run.speed, kernels=self.kernels
        )
        plan = planned(context, bars=self.data.market.bars * sets)
        if plan.module is not None and self.system.pipeline.runs_programs:
            return CompiledRunner(single, self.system, plan.module, self._workers)
        if self._workers == 1:
            return self._single
        return ParallelRunner(self.variants, self.data.market, self.data.sessions, self._workers)

    def _swept(self) -> tuple[list[Row], list[Skipped]]:
        sets = list(self.variants.grid)
        rows: list[Row] = []
        skipped: list[Skipped] = []
        self.progress(0, len(sets))
        with closing(self._runner().run(sets)) as outcomes:
            for number, outcome in enumerate(outcomes, start=1):
                if isinstance(outcome, Row):
                    rows.append(outcome)
                else:
                    skipped.append(outcome)
                self.progress(number, len(sets))
        return rows, skipped

    def _checked(self, rows: list[Row]) -> tuple[Luck, list[str]]:
        """Return what the best row is worth, and what is wrong with it, after running it once more."""
        best = rows[0]
        again = self._single.result(best.parameters)
        ratios = [row.sharpe for row in rows if row.sharpe is not None]
        yearly = next(iter(self.data.market.series.values())).timeframe.periods_per_year
        worth = luck(ratios, again.statistics, len(again.equity), yearly)
        if again.state_hash == best.state_hash:
            return worth, []
        warning = (
            f"The best set, {self.variants.grid.told(best.parameters)}, came to another result when it was "
            "run again: the strategy keeps memory outside self.state or leaves something to chance."
        )
        return worth, [warning]


def finish(result: SweepResult, top: int | None, folder: Path) -> Finished:
    """Write a sweep's report and CSV, and return it with its summary of all rows or the best so many.

    Raises StorageError that names the file when something cannot be written.
    """
    return Finished(result, sweep_summary(result, top, write_files(result, folder)))


def _check_mode(system: System) -> None:
    if system.pipeline.mode != "backtest":
        raise ConfigurationError(
            f"The pipeline {system.settings.chosen['pipeline']} has the mode {system.pipeline.mode!r}; "
            "only past data can be swept.",
            "Choose a pipeline of the mode backtest with --pipeline.",
        )


def _nothing(grid: Grid, groups: list[SkippedGroup]) -> RunFailed:
    first = next((group for group in groups if group.failed), groups[0])
    return RunFailed(
        f"None of the {len(grid):,} sets came to a result. {grid.told(first.first)}: {first.reason}",
        "`lts run` with these settings shows more.",
    )


def _period(market: MarketData) -> tuple[int, int]:
    times = [series.timestamps for series in market.series.values()]
    return min(int(each[0]) for each in times), max(int(each[-1]) for each in times)

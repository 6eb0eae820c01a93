"""One run, from its row in the database to its report."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.domain.errors import PluginError, RunFailed, StorageError
from app.engine.columns import MarketData
from app.persistence.database import Database
from app.plugins.system import System
from app.ports import Identity, Rule, RunContext, RunResult, RunStatus
from app.security.files import private_file
from app.services.ambiguity import Bounds, bounds
from app.services.headless import HeadlessPortfolio
from app.services.operator import operator
from app.services.report import PluginRow, ReportHeader, SettingRow, write_report
from app.services.run_data import RunData
from app.services.runs import RunPlan, RunStore
from app.services.summary import run_summary
from app.services.trail import DatabaseTrail
from app.services.witness import Log, Witness
from app.settings.errors import printable

PORTFOLIO = "headless"
_MODES = ("backtest", "paper", "live")


class OpenLog(Protocol):
    """Opens a log in an existing file."""

    def __call__(self, path: Path, /, *, run_id: str) -> AbstractContextManager[Log]:
        """Return the log, which is closed at the end of the block."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What a run needs from the process around it; `clock` gives UTC nanoseconds.

    `open_log` opens a log whose lines all carry the run's id, and `logged` hears of it; `kernels` is the
    user's own folder for what is compiled, and `note` tells the person who waits.
    """

    clock: Callable[[], int]
    open_log: OpenLog
    progress: Callable[[int, int], None]
    stoppable: Callable[[Callable[[], None]], None]
    logged: Callable[[Log], None]
    kernels: Path
    note: Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """A run that ended with a result, and where everything about it is."""

    result: RunResult
    summary: Mapping[str, Any]
    symbols: Sequence[str]
    log: Path
    bounds: Bounds | None = None


@dataclass(frozen=True)
class Execution:
    """Everything that one run is made of; the report and the log go to `folder`."""

    system: System
    database: Database
    around: Surroundings
    folder: Path
    data: RunData

    @property
    def market(self) -> MarketData:
        """Return the market of the run."""
        return self.data.market

    def run(self) -> Outcome:
        """Run, and return what it came to.

        Raises ConfigurationError where the operator may not, before anything is written; later errors leave
        the run marked FAILED or INTERRUPTED with the reason.
        """
        aaa, core, database = self.system.aaa, self.system.core, self.database
        aaa.keep_accounts(DatabaseTrail(database, PORTFOLIO, self.around.clock))
        identity = operator(aaa, _username(), f"portfolio/{PORTFOLIO}")
        rules = self.system.host.risk_rules()
        # From before the run's row is written, so that no signal leaves it RUNNING.
        self.around.stoppable(core.stop)
        store = RunStore.begin(database, self.system.host, self.around.clock, self._plan(identity))
        witness = Witness(store, aaa, identity, scrub=self.system.settings.scrubbed)
        with ExitStack() as log_open, witness.marking():
            witness.log, path = log_open.enter_context(self._logging(store.run_id))
            witness.started()
            context = self._context(store, rules)
            result = self._result(context)
            for notice in result.notices[len(self.market.notices) :]:
                witness.log.warning("run notice", notice=notice)
                self.around.note(notice)
            bounded = bounds(result, self.system, context)
            if bounded is not None and bounded.problem:
                witness.log.warning("no bounds", reason=bounded.problem)
            summary = self._finish(store, result, bounded)
            witness.ended(result)
        return Outcome(result, summary, tuple(self.market.series), path, bounded)

    def _plan(self, identity: Identity) -> RunPlan:
        settings, money = self.system.settings, self.system.money
        return RunPlan(
            identity=identity,
            portfolio=HeadlessPortfolio(
                name=PORTFOLIO,
                capital=money.capital,
                currency=money.currency,
                plugin=settings.chosen["portfolio"],
                options=settings.masked_options("portfolio"),
                strategy=settings.chosen["strategy"],
                strategy_options=settings.masked_options("strategy"),
                pipeline=settings.chosen["pipeline"],
                broker=settings.chosen["broker"],
                broker_options=settings.masked_options("broker"),
            ),
            pipeline=settings.chosen["pipeline"],
            mode=self._mode(),
            environment=settings.core.environment,
            configuration=settings.provenance(),
            plugin_versions=self.system.packages,
            market=self.market,
            seed=settings.core.run.seed,
        )

    def _mode(self) -> str:
        mode = self.system.pipeline.mode
        if mode not in _MODES:
            raise PluginError(
                f"The pipeline {self.system.settings.chosen['pipeline']} has the mode {mode!r}.",
                f"Its class attribute `mode` must be one of {', '.join(_MODES)}.",
            )
        return mode

    def _context(self, store: RunStore, rules: Sequence[Rule]) -> RunContext:
        system, core = self.system, self.system.core
        return RunContext(
            run_id=store.run_id,
            portfolio_name=PORTFOLIO,
            strategy_name=system.settings.chosen["strategy"],
            currency=system.money.currency,
            capital=system.money.capital,
            market=self.market,
            seed=system.settings.core.run.seed,
            benchmark=self.data.benchmark,
            benchmark_name=self.data.benchmark_name,
            strategy=system.strategy,
            portfolio=system.portfolio,
            broker=system.broker,
            recorder=store,
            progress=self.around.progress,
            stopping=lambda: core.stopping,
            rules=rules,
            sessions=self.data.sessions,
            finer=self.market.finer,
            speed=system.settings.core.run.speed,
            kernels=self.around.kernels,
            note=self.around.note,
        )

    def _result(self, context: RunContext) -> RunResult:
        system = self.system
        result = system.core.start(lambda: system.pipeline.run(context))
        if result is None:
            raise RunFailed(
                f"Core plugin {system.settings.chosen['core']} ended without a result.",
                "`lts run` needs one that runs the pipeline, like headless.",
            )
        return result

    def _finish(self, store: RunStore, result: RunResult, bounded: Bounds | None) -> Mapping[str, Any]:
        """Write the report, then the run's end; without its report a run that came to a result is FAILED."""
        symbols = tuple(self.market.series)
        summary = run_summary(store.run_id, result, symbols, self.database.url, bounded)
        try:
            report = write_report(result, self._header(store.run_id, bounded), self.folder)
        except StorageError as error:
            failed = {**summary, "status": RunStatus.FAILED.value, "debug": self.system.debug()}
            store.finish(result, failed, error=error.problem)
            raise
        summary = {**summary, "report": str(report)}
        store.finish(result, {**summary, "debug": self.system.debug()})
        return summary

    def _header(self, run_id: str, bounded: Bounds | None) -> ReportHeader:
        settings, packages = self.system.settings, self.system.packages
        return ReportHeader(
            run_id=run_id,
            title=f"{settings.chosen['strategy']} · {_listed(tuple(self.market.series))}",
            strategy=settings.chosen["strategy"],
            symbols=tuple(self.market.series),
            settings=tuple(SettingRow(row.key, row.value, str(row.source)) for row in settings.rows()),
            plugins=tuple(
                PluginRow(kind, name, packages[f"{kind}/{name}"]) for kind, name in settings.chosen.items()
            ),
            data_hash=self.market.digest,
            seed=settings.core.run.seed,
            market=self.market,
            bounds=bounded,
        )

    @contextmanager
    def _logging(self, run_id: str) -> Iterator[tuple[Log, Path]]:
        path = private_file(self.folder / f"{run_id}.log.jsonl")
        with self.around.open_log(path, run_id=run_id) as log:
            self.around.logged(log)
            packages = self.system.packages
            log.info("run started", plugins=packages, data=self.market.source, bars=self.market.bars)
            for notice in self.market.notices:
                log.warning("data notice", notice=notice)
            yield log, path


def _listed(symbols: Sequence[str], most: int = 6) -> str:
    more = f" and {len(symbols) - most} more" if len(symbols) > most else ""
    return ", ".join(symbols[:most]) + more


_LONGEST_NAME = 200  # characters; what the table of users takes


def _username() -> str:
    """Return who runs this process, by the system's own account and not by what the environment claims."""
    return printable(_account())[:_LONGEST_NAME]


def _account() -> str:
    if sys.platform == "win32":
        try:
            return getpass.getuser()
        except (OSError, ImportError):  # a service may have no name in its environment
            return "unknown"
    import pwd

    number = os.geteuid()
    try:
        return pwd.getpwuid(number).pw_name or f"uid-{number}"
    except KeyError:  # a container may run under a number that has no name
        return f"uid-{number}"

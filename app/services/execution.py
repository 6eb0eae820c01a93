"""One run, from its row in the database to its report."""

import getpass
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from app.domain.errors import ConfigurationError, LtsError, RunFailed, StorageError
from app.engine.columns import MarketData
from app.persistence.database import Database
from app.plugins.system import System
from app.ports import AuditEvent, Credentials, Identity, RunContext, RunResult, RunStatus
from app.security.files import private_file
from app.services.headless import HeadlessPortfolio
from app.services.report import PluginRow, ReportHeader, SettingRow, write_report
from app.services.runs import RunPlan, RunStore
from app.services.summary import run_summary
from app.services.trail import DatabaseTrail

PORTFOLIO = "headless"


class Log(Protocol):
    """A structured log."""

    def info(self, event: str, **facts: Any) -> Any:
        """Log what went as it should."""

    def warning(self, event: str, **facts: Any) -> Any:
        """Log what somebody should look at."""

    def error(self, event: str, **facts: Any) -> Any:
        """Log what ended the work."""


@dataclass(frozen=True)
class Surroundings:
    """What a run needs from the process around it; `clock` gives UTC nanoseconds."""

    clock: Callable[[], int]
    open_log: Callable[[Path, str], AbstractContextManager[Log]]
    progress: Callable[[int, int], None]
    stoppable: Callable[[Callable[[], None]], None]
    logged: Callable[[Log], None]


@dataclass(frozen=True)
class Outcome:
    """A run that ended with a result, and where everything about it is."""

    result: RunResult
    summary: Mapping[str, Any]
    symbols: Sequence[str]
    log: Path


@dataclass(frozen=True)
class Execution:
    """Everything that one run is made of; the report and the log go to `folder`."""

    system: System
    database: Database
    around: Surroundings
    folder: Path
    market: MarketData
    benchmark: MarketData
    benchmark_name: str

    def run(self) -> Outcome:
        """Run, and return what it came to.

        Raises ConfigurationError where the operator may not, before anything is written; later errors leave
        the run marked FAILED or INTERRUPTED with the reason.
        """
        aaa = self.system.aaa
        aaa.keep_accounts(DatabaseTrail(self.database, PORTFOLIO, self.around.clock))
        identity = self._operator()
        store = RunStore.begin(self.database, self.system.host, self.around.clock, self._plan(identity))
        with self._logging(store.run_id) as (log, path):
            with _marked(store, log):
                aaa.record(AuditEvent(identity.subject, "run.started", f"run/{store.run_id}"))
                result = self._result(store)
                summary = self._finish(store, result)
            log.info("run ended", status=result.status, state_hash=result.state_hash)
            details = {"status": result.status.value, "state_hash": result.state_hash}
            aaa.record(AuditEvent(identity.subject, "run.ended", f"run/{store.run_id}", details))
        return Outcome(result, summary, tuple(self.market.series), path)

    def _operator(self) -> Identity:
        """Return who runs this process. Raises ConfigurationError where the AAA plugin permits nobody."""
        identity = self.system.aaa.authenticate(Credentials(_username()))
        if identity is None:
            raise ConfigurationError(
                "The AAA plugin does not recognise the user of this process.",
                "Choose one for headless runs with --set plugins.aaa=local.",
            )
        if not self.system.aaa.authorize(identity, "run:create", f"portfolio/{PORTFOLIO}"):
            raise ConfigurationError(
                f"{identity.subject} may not start runs (run:create).", "Ask an administrator."
            )
        return identity

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
            environment=settings.core.environment,
            configuration=settings.provenance(),
            plugin_versions=self.system.packages,
            market=self.market,
            seed=settings.core.run.seed,
        )

    def _result(self, store: RunStore) -> RunResult:
        system, core = self.system, self.system.core
        context = RunContext(
            run_id=store.run_id,
            portfolio_name=PORTFOLIO,
            strategy_name=system.settings.chosen["strategy"],
            currency=system.money.currency,
            capital=system.money.capital,
            market=self.market,
            seed=system.settings.core.run.seed,
            benchmark=self.benchmark,
            benchmark_name=self.benchmark_name,
            strategy=system.strategy,
            portfolio=system.portfolio,
            broker=system.broker,
            recorder=store,
            progress=self.around.progress,
            stopping=lambda: core.stopping,
            rules=system.host.risk_rules(),
        )
        self.around.stoppable(core.stop)
        result = core.start(lambda: system.pipeline.run(context))
        if result is None:
            raise RunFailed(
                f"Core plugin {system.settings.chosen['core']} ended without a result.",
                "`lts run` needs one that runs the pipeline, like headless.",
            )
        return result

    def _finish(self, store: RunStore, result: RunResult) -> Mapping[str, Any]:
        """Write the report, then the run's end; a report that cannot be written does not lose the run."""
        summary = run_summary(store.run_id, result, tuple(self.market.series), self.database.url)
        try:
            report = write_report(result, self._header(store.run_id), self.folder)
        except StorageError:
            store.finish(result, {**summary, "debug": self.system.debug()})
            raise
        summary = {**summary, "report": str(report)}
        store.finish(result, {**summary, "debug": self.system.debug()})
        return summary

    def _header(self, run_id: str) -> ReportHeader:
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
        )

    @contextmanager
    def _logging(self, run_id: str) -> Iterator[tuple[Log, Path]]:
        path = private_file(self.folder / f"{run_id}.log.jsonl")
        with self.around.open_log(path, self.system.settings.core.log.level) as log:
            self.around.logged(log)
            log.info(
                "run started",
                run_id=run_id,
                plugins=self.system.packages,
                data=self.market.source,
                bars=self.market.bars,
            )
            for notice in self.market.notices:
                log.warning("data notice", notice=notice)
            yield log, path


@contextmanager
def _marked(store: RunStore, log: Log) -> Iterator[None]:
    """Mark the run FAILED or INTERRUPTED, with the reason, when it ends by an error."""
    try:
        yield
    except KeyboardInterrupt:
        _end(store, log, "stopped at once", RunStatus.INTERRUPTED)
        raise
    except LtsError as error:
        _end(store, log, error.problem, RunStatus.FAILED)
        raise
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        _end(store, log, problem, RunStatus.FAILED)
        raise RunFailed(f"The run failed: {problem}.", "--debug shows where it happened.") from error


def _end(store: RunStore, log: Log, reason: str, status: RunStatus) -> None:
    log.error("run ended early", status=status, reason=reason, exc_info=status is RunStatus.FAILED)
    with suppress(StorageError):  # the storage may be what failed; the first error is the one to tell
        store.fail(reason, status)


def _listed(symbols: Sequence[str], most: int = 6) -> str:
    more = f" and {len(symbols) - most} more" if len(symbols) > most else ""
    return ", ".join(symbols[:most]) + more


def _username() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may run under a number that has no name
        return f"uid-{os.getuid()}"

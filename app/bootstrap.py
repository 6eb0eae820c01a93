"""Builds everything; the only file that knows every layer."""

import getpass
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from platformdirs import user_data_path

from app.data.sources import BUILTIN
from app.domain.errors import ConfigurationError, LtsError, RunFailed, StorageError, StorageUnusable
from app.engine.columns import MarketData
from app.observability.logging import Log, log_to
from app.persistence import schema
from app.persistence.configuration import stored
from app.persistence.database import Database
from app.persistence.locate import packaged
from app.persistence.urls import as_url, parsed
from app.plugins.catalogue import Catalogue, versions
from app.plugins.host import HookFailure, PluginHost
from app.ports import (
    AAA,
    KINDS,
    AuditEvent,
    Broker,
    Core,
    Credentials,
    Identity,
    Options,
    Pipeline,
    PluginBase,
    Portfolio,
    PortfolioOptions,
    RunContext,
    RunResult,
    RunStatus,
    Strategy,
)
from app.security.files import private_file, private_folder
from app.services.headless import HeadlessPortfolio
from app.services.market import benchmark_of, request_of, source_named
from app.services.report import PluginRow, ReportHeader, SettingRow, write_report
from app.services.runs import RunPlan, RunStore
from app.services.summary import run_summary
from app.services.trail import DatabaseTrail
from app.settings.collection import Flag, collect
from app.settings.process import ProcessSettings
from app.settings.resolution import resolve
from app.settings.settings import Settings

PORTFOLIO = "headless"


@dataclass(frozen=True)
class Invocation:
    """What the command line said; the process settings fill what it left open."""

    files: Sequence[Path] = ()
    overrides: Sequence[str] = ()
    flags: Mapping[str, Flag] = field(default_factory=dict)
    database: str | None = None
    process: ProcessSettings = field(default_factory=ProcessSettings)

    @property
    def home(self) -> Path:
        """Return the data folder: LTS_HOME, or the user's own by the platform's convention."""
        if self.process.home is not None:
            return self.process.home.expanduser().resolve()
        folder = user_data_path("lts", appauthor=False)
        if not folder.is_absolute():
            raise ConfigurationError("This user has no home folder.", "Name a data folder with LTS_HOME.")
        return folder

    @property
    def database_url(self) -> str:
        """Return the database's URL: the option, else LTS_DATABASE_URL, else lts.db in the data folder."""
        if self.database:
            return as_url(self.database)
        if self.process.database_url is not None:
            return as_url(self.process.database_url.get_secret_value())
        return as_url(str(self.home / "lts.db"))


@dataclass(frozen=True)
class Watcher:
    """Whoever watches a run: its progress, its notices, and how it may be stopped."""

    progress: Callable[[int, int], None]
    notice: Callable[[str], None]
    stoppable: Callable[[Callable[[], None]], None]


@dataclass(frozen=True)
class Outcome:
    """A run that ended with a result, and where everything about it is."""

    result: RunResult
    summary: Mapping[str, Any]
    symbols: Sequence[str]
    log: Path


@dataclass
class System:
    """Settings, and the six plugins that they choose, built."""

    settings: Settings
    host: PluginHost
    plugins: dict[str, PluginBase]

    def debug(self) -> dict[str, dict[str, Any]]:
        """Return each plugin's package, options and debug variables, by kind."""
        packages = versions(self.host.catalogue, self.settings.chosen)
        info = {}
        for kind, name in self.settings.chosen.items():
            variables: dict[str, Any] = {}
            self.plugins[kind].add_debug_info(variables)
            info[kind] = {
                "plugin": name,
                "package": packages[f"{kind}/{name}"],
                "params": self.settings.masked_options(kind),
                "debug": variables,
            }
        return info


def open_if_there(invocation: Invocation) -> Database | None:
    """Return the invocation's database, or None where its SQLite file does not exist yet."""
    try:
        return Database.open(invocation.database_url, create=False)
    except StorageUnusable:
        if _missing(invocation.database_url):
            return None
        raise


def _missing(url: str) -> bool:
    address = parsed(url)
    return address.get_backend_name() == "sqlite" and not Path(address.database or "").exists()


def load_settings(invocation: Invocation, catalogue: Catalogue, database: Database | None) -> Settings:
    """Return the settings that all layers make together. Raises SettingsError and PluginError."""
    rows = {}
    if database is not None and schema.state(database) is schema.State.CURRENT:
        with database.reading() as session:
            rows = stored(session)
    collected = collect(
        files=invocation.files,
        overrides=invocation.overrides,
        environ=os.environ,
        flags=invocation.flags,
        database=rows,
        environment_file=_environment_file,
    )
    return resolve(collected, catalogue.options_of)


def _environment_file(environment: str) -> Path:
    return packaged("config") / f"{environment}.toml"


def build(settings: Settings, catalogue: Catalogue, on_failure: Callable[[HookFailure], None]) -> System:
    """Return the chosen plugins, built. Raises PluginError where one cannot be."""
    host = PluginHost(catalogue, on_failure)
    plugins = {
        kind: host.build(kind, settings.chosen[kind], cast("Options", settings.options(kind)))
        for kind in KINDS
    }
    return System(settings, host, plugins)


def run(invocation: Invocation, watcher: Watcher, *, migrate: bool, output: Path | None) -> Outcome:
    """Run the configured pipeline once, from settings to report.

    Raises LtsError and SettingsError before anything is written where the input is wrong, and RunFailed or
    StorageFailed, the run marked FAILED, where it ends early.
    """
    catalogue = Catalogue()
    database = open_if_there(invocation)
    try:
        settings = load_settings(invocation, catalogue, database)
        for notice in settings.notices:
            watcher.notice(notice)
        failures = _Failures(watcher.notice)
        system = build(settings, catalogue, failures)
        money = cast("PortfolioOptions", settings.options("portfolio"))
        request = request_of(settings.core.data, money.currency)
        source = source_named(settings.core.data.source, system.host.data_sources(BUILTIN))
        market = source(request)
        benchmark = benchmark_of(settings.core.run.benchmark, market, source, request)
        for notice in market.notices:
            watcher.notice(notice)
        folder = private_folder(output or invocation.home / "reports")
        if database is None:
            database = Database.open(invocation.database_url)
        _migrated(database, migrate=migrate)
        return _Execution(system, database, watcher, folder, market, benchmark, failures).outcome()
    finally:
        if database is not None:
            database.close()


def _migrated(database: Database, *, migrate: bool) -> None:
    """Bring an empty or older database up to date where that is allowed, and refuse any other."""
    state = schema.state(database)
    behind = state in {schema.State.EMPTY, schema.State.OLDER}
    if behind and (migrate or database.dialect == "sqlite"):
        schema.upgrade(database)
        return
    if behind:
        raise StorageUnusable(
            f"The schema of the database {database.url} is {state.value}.",
            "Run `lts db upgrade`, or add --migrate.",
        )
    schema.require_current(database)


class _Failures:
    """Hears of observers that raised; logs them once there is a log, and tells the watcher."""

    def __init__(self, notice: Callable[[str], None]) -> None:
        self._notice = notice
        self.log: Log | None = None

    def __call__(self, failure: HookFailure) -> None:
        error = f"{type(failure.error).__name__}: {failure.error}"
        self._notice(f"{failure.plugin} failed in {failure.hook} and was skipped: {error}")
        if self.log is not None:
            self.log.warning("observer failed", plugin=failure.plugin, hook=failure.hook, error=error)


@dataclass
class _Execution:
    """One run, from its row to its report."""

    system: System
    database: Database
    watcher: Watcher
    folder: Path
    market: MarketData
    benchmark: tuple[MarketData, str]
    failures: _Failures

    def outcome(self) -> Outcome:
        """Run, and return what it came to."""
        aaa = cast("AAA", self.system.plugins["aaa"])
        aaa.keep_accounts(DatabaseTrail(self.database, "headless", time.time_ns))
        identity = _operator(aaa)
        store = RunStore.begin(self.database, self.system.host, time.time_ns, self._plan(identity))
        with self._logging(store.run_id) as (log, path):
            aaa.record(AuditEvent(identity.subject, "run.started", f"run/{store.run_id}"))
            with _marked(store, log):
                core = cast("Core", self.system.plugins["core"])
                self.watcher.stoppable(core.stop)
                pipeline = cast("Pipeline", self.system.plugins["pipeline"])
                context = self._context(store, core)
                result = core.start(lambda: pipeline.run(context))
                if result is None:
                    raise RunFailed(
                        f"Core plugin {self.system.settings.chosen['core']} ended without a result.",
                        "`lts run` needs one that runs the pipeline, like headless.",
                    )
                summary = self._finish(store, result)
            log.info("run ended", status=result.status, state_hash=result.state_hash)
            details = {"status": result.status.value, "state_hash": result.state_hash}
            aaa.record(AuditEvent(identity.subject, "run.ended", f"run/{store.run_id}", details))
        return Outcome(result, summary, tuple(self.market.series), path)

    def _plan(self, identity: Identity) -> RunPlan:
        settings = self.system.settings
        return RunPlan(
            identity=identity,
            portfolio=HeadlessPortfolio(
                name=PORTFOLIO,
                capital=self._portfolio.options.capital,
                currency=self._portfolio.options.currency,
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
            plugin_versions=versions(self.system.host.catalogue, settings.chosen),
            market=self.market,
            seed=settings.core.run.seed,
        )

    @property
    def _portfolio(self) -> Portfolio:
        return cast("Portfolio", self.system.plugins["portfolio"])

    def _context(self, store: RunStore, core: Core) -> RunContext:
        settings, plugins = self.system.settings, self.system.plugins
        return RunContext(
            run_id=store.run_id,
            portfolio_name=PORTFOLIO,
            strategy_name=settings.chosen["strategy"],
            currency=self._portfolio.options.currency,
            capital=self._portfolio.options.capital,
            market=self.market,
            seed=settings.core.run.seed,
            benchmark=self.benchmark[0],
            benchmark_name=self.benchmark[1],
            strategy=cast("Strategy", plugins["strategy"]),
            portfolio=self._portfolio,
            broker=cast("Broker", plugins["broker"]),
            recorder=store,
            progress=self.watcher.progress,
            stopping=lambda: core.stopping,
            rules=self.system.host.risk_rules(),
        )

    @contextmanager
    def _logging(self, run_id: str) -> Iterator[tuple[Log, Path]]:
        path = private_file(self.folder / f"{run_id}.log.jsonl")
        settings = self.system.settings
        with log_to(path, settings.core.log.level) as log:
            self.failures.log = log
            packages = versions(self.system.host.catalogue, settings.chosen)
            log.info(
                "run started", run_id=run_id, plugins=packages, data=self.market.source, bars=self.market.bars
            )
            for notice in self.market.notices:
                log.warning("data notice", notice=notice)
            yield log, path

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
        settings = self.system.settings
        packages = versions(self.system.host.catalogue, settings.chosen)
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


def _listed(symbols: Sequence[str], most: int = 6) -> str:
    more = f" and {len(symbols) - most} more" if len(symbols) > most else ""
    return ", ".join(symbols[:most]) + more


def _username() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container may run under a number that has no name
        return f"uid-{os.getuid()}"


def _operator(aaa: AAA) -> Identity:
    """Return who runs this process. Raises ConfigurationError where the AAA plugin permits nobody."""
    identity = aaa.authenticate(Credentials(_username()))
    if identity is None:
        raise ConfigurationError(
            "The AAA plugin does not recognise the user of this process.",
            "Choose one for headless runs with --set plugins.aaa=local.",
        )
    if not aaa.authorize(identity, "run:create", f"portfolio/{PORTFOLIO}"):
        raise ConfigurationError(
            f"{identity.subject} may not start runs (run:create).", "Ask an administrator."
        )
    return identity


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

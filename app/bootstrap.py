"""Builds everything; the only file that knows every layer."""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from platformdirs import user_data_path

from app.data.sources import BUILTIN
from app.domain.errors import ConfigurationError, StorageFailed, StorageUnusable
from app.observability.logging import log_to
from app.persistence import schema
from app.persistence.configuration import stored
from app.persistence.database import Database
from app.persistence.ids import uuid7
from app.persistence.locate import packaged
from app.persistence.urls import as_url, parsed
from app.plugins.catalogue import Catalogue
from app.plugins.host import HookFailure
from app.plugins.system import System
from app.security.files import private_folder
from app.services.execution import Execution, Outcome, Surroundings
from app.services.headless import check_capital
from app.services.lookahead import LookaheadCheck
from app.services.lookahead_verdict import Verdict
from app.services.run_data import RunData, run_data, venue_of
from app.services.sweep import Finished, Grid, Metric, Sweep, Variants, finish, processors
from app.services.witness import Log
from app.settings.collection import Flag, collect
from app.settings.layers import Collected
from app.settings.process import ProcessSettings
from app.settings.resolution import resolve
from app.settings.settings import Settings


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
        try:
            if self.process.home is not None:
                return self.process.home.expanduser().resolve()
            return user_data_path("lts", appauthor=False)
        except RuntimeError as error:  # how both say that there is no home folder to start from
            raise ConfigurationError(
                "This user has no home folder.", "Name a data folder with LTS_HOME."
            ) from error

    @property
    def kernels(self) -> Path:
        """Return the folder of what is compiled: what lies in it is executed."""
        return self.home / "kernels"

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
    """Whoever watches a run: its progress, its notices, how it may be stopped, and what to keep secret."""

    progress: Callable[[int, int], None]
    notice: Callable[[str], None]
    stoppable: Callable[[Callable[[], None]], None]
    hide: Callable[[Callable[[str], str]], None]


def open_if_there(invocation: Invocation) -> Database | None:
    """Return the invocation's database, or None where its SQLite file does not exist yet."""
    if _missing(invocation.database_url):
        return None
    return Database.open(invocation.database_url, create=False)


def _missing(url: str) -> bool:
    """Return whether there is no such file, or none that can be seen: making it will say why."""
    address = parsed(url)
    try:
        return address.get_backend_name() == "sqlite" and not Path(address.database or "").exists()
    except OSError:
        return True


def load_settings(invocation: Invocation, catalogue: Catalogue, database: Database | None) -> Settings:
    """Return the settings that all layers make together. Raises SettingsError and PluginError."""
    return resolve(_collected(invocation, database), catalogue.options_of)


def _collected(invocation: Invocation, database: Database | None) -> Collected:
    rows = {}
    if database is not None and schema.state(database) is schema.State.CURRENT:
        with database.reading() as session:
            rows = stored(session)
    return collect(
        files=invocation.files,
        overrides=invocation.overrides,
        environ=os.environ,
        flags=invocation.flags,
        database=rows,
        environment_file=lambda environment: packaged("config") / f"{environment}.toml",
    )


def stored_settings(invocation: Invocation, catalogue: Catalogue) -> Settings:
    """Return the settings of an invocation whose database, if it exists, is opened just for them."""
    database = open_if_there(invocation)
    try:
        return load_settings(invocation, catalogue, database)
    finally:
        if database is not None:
            database.close()


def run(invocation: Invocation, watcher: Watcher, *, migrate: bool, output: Path | None) -> Outcome:
    """Run the configured pipeline once, from settings to report.

    An older schema is brought up to date first, because the database holds settings too. Raises LtsError and
    SettingsError before a run is written where the input is wrong, and RunFailed or StorageFailed, the run
    marked FAILED, where it ends early.
    """
    catalogue = Catalogue()
    database = open_if_there(invocation)
    try:
        if database is not None:
            _migrated(database, migrate=migrate)
        settings = load_settings(invocation, catalogue, database)
        watcher.hide(settings.scrubbed)
        for notice in (*(f"Ignored {problem}." for problem in catalogue.unreadable), *settings.notices):
            watcher.notice(notice)
        failures = _Failures(watcher.notice)
        system = System.build(settings, catalogue, failures)
        check_capital(system.money.capital)
        data = _loaded(system, settings.core.run.benchmark)
        for notice in data.market.notices:
            watcher.notice(notice)
        folder = private_folder(output or invocation.home / "reports").resolve()
        if database is None:
            database = Database.open(invocation.database_url)
            _migrated(database, migrate=migrate)
        open_log = partial(
            log_to, level=settings.core.log.level, on_loss=watcher.notice, scrub=settings.scrubbed
        )
        around = Surroundings(
            time.time_ns,
            open_log,
            watcher.progress,
            watcher.stoppable,
            failures.log_to,
            invocation.kernels,
            watcher.notice,
        )
        return Execution(system, database, around, folder, data).run()
    finally:
        if database is not None:
            database.close()


def check_lookahead(invocation: Invocation, watcher: Watcher, *, cuts: int) -> Verdict:
    """Run the configured strategy over the same past with several futures, and compare; nothing is stored.

    A database that exists is read for its settings. Raises LtsError and SettingsError where the input is
    wrong or the strategy fails on the data as they are.
    """
    database = open_if_there(invocation)
    try:
        collected = _collected(invocation, database)
    finally:
        if database is not None:
            database.close()

    catalogue = Catalogue()
    settings = resolve(collected, catalogue.options_of)
    watcher.hide(settings.scrubbed)
    for notice in (*(f"Ignored {problem}." for problem in catalogue.unreadable), *settings.notices):
        watcher.notice(notice)
    system = System.build(settings, catalogue, _Failures(watcher.notice))
    check_capital(system.money.capital)
    data = _loaded(system, benchmark="")
    for notice in data.market.notices:
        watcher.notice(notice)

    def build() -> System:
        anew = Catalogue()  # because a catalogue keeps the classes that it has imported
        return System.build(resolve(collected, anew.options_of), anew, _told_before)

    return LookaheadCheck(build, data.market, data.sessions, cuts, watcher.progress).run()


def sweep(
    invocation: Invocation,
    watcher: Watcher,
    grid: Grid,
    metric: Metric,
    *,
    workers: int | None,
    top: int | None,
    output: Path | None,
) -> Finished:
    """Run every set of a grid over the configured data, and write its report; no database is written.

    A database that exists is read for its settings. Without `workers` there is one for each processor.
    Raises LtsError and SettingsError where the input is wrong, and where no set comes to a result.
    """
    database = open_if_there(invocation)
    try:
        collected = _collected(invocation, database)
    finally:
        if database is not None:
            database.close()

    variants = Variants(collected, grid)
    first = variants.first()
    settings = variants.settings(first)
    watcher.hide(settings.scrubbed)
    for notice in (*(f"Ignored {problem}." for problem in variants.catalogue.unreadable), *settings.notices):
        watcher.notice(notice)
    system = variants.system(first, _Failures(watcher.notice))
    check_capital(system.money.capital)
    data = _loaded(system, benchmark="")
    for notice in data.market.notices:
        watcher.notice(notice)
    folder = private_folder(output or invocation.home / "reports").resolve()
    name = str(uuid7(time.time_ns()))
    count = workers or processors()
    result = Sweep(name, variants, system, data, metric, count, invocation.kernels, watcher.progress).run()
    return finish(result, top, folder)


def _loaded(system: System, benchmark: str) -> RunData:
    """Return the data that the settings of a system ask for."""
    settings = system.settings
    venue = venue_of(system.broker, settings.chosen["broker"])
    sources = system.host.data_sources(BUILTIN)
    return run_data(settings.core.data, benchmark, system.money.currency, venue, sources)


def _told_before(_: HookFailure) -> None:
    """Hear nothing: the first plugins that were built have told it."""


def _migrated(database: Database, *, migrate: bool) -> None:
    """Bring an empty or older database up to date where that is allowed, and refuse any other.

    One that cannot be written is refused here, before there is anything to lose.
    """
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
    try:
        with database.transaction():
            pass
    except StorageFailed as error:
        raise StorageUnusable(error.problem, error.remedy) from error


class _Failures:
    """Hears of observers that raised; tells the watcher, and the log once there is one."""

    def __init__(self, notice: Callable[[str], None]) -> None:
        self._notice = notice
        self._log: Log | None = None
        self._unlogged: list[HookFailure] = []

    def log_to(self, log: Log) -> None:
        """Take the log of the run, and write what was heard before it."""
        self._log = log
        self._write()

    def __call__(self, failure: HookFailure) -> None:
        self._notice(f"{failure.plugin} failed in {failure.hook} and was skipped: {failure.reason}")
        self._unlogged.append(failure)
        self._write()

    def _write(self) -> None:
        if self._log is not None:
            for failure in self._unlogged:
                facts = {"plugin": failure.plugin, "hook": failure.hook, "error": failure.reason}
                self._log.warning("hook failed", **facts)
            self._unlogged.clear()

"""Sets one after another in this process, each an ordinary run of the pipeline that stores nothing."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from app.domain.errors import ConfigurationError, LtsError, described
from app.engine.columns import MarketData
from app.engine.sessions import Sessions
from app.engine.venue import Intrabar
from app.plugins.system import System
from app.ports import RunContext, RunResult
from app.services._sweep.grid import Parameters
from app.services._sweep.rows import Outcome, Row, Skipped
from app.services._sweep.variants import Variants
from app.services.recorders import Forgetful
from app.services.run_data import venue_of
from app.settings.errors import SettingsError

_NAME = "sweep"


@dataclass(frozen=True)
class SingleRunner:
    """Runs sets over a market that they share, with plugins built anew for each."""

    variants: Variants
    market: MarketData
    sessions: Sessions | None = None

    def run(self, sets: Sequence[Parameters], /) -> Generator[Outcome, None, None]:
        """Yield what each set comes to, in order."""
        for parameters in sets:
            yield self.outcome(parameters)

    def outcome(self, parameters: Parameters) -> Outcome:
        """Return the row of a set, or why there is none."""
        try:
            system = self.variants.system(parameters)
        except SettingsError as error:
            # What was given follows, which the set itself says.
            return Skipped(parameters, error.problem.partition(". Given: ")[0].removesuffix("."))
        except LtsError as error:
            return Skipped(parameters, error.problem, failed=True)
        try:
            return Row.of(parameters, self._ran(system))
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises, it must not cost the other sets
            return Skipped(parameters, system.settings.scrubbed(described(error)), failed=True)

    def result(self, parameters: Parameters) -> RunResult:
        """Return all that the run of a set comes to. Raises what the run raises."""
        return self._ran(self.variants.system(parameters))

    def _ran(self, system: System) -> RunResult:
        return system.pipeline.run(self.context(system))

    def context(self, system: System) -> RunContext:
        """Return the run of a set's plugins. Raises ConfigurationError where they lack data they need."""
        venue = venue_of(system.broker, system.settings.chosen["broker"])
        if venue.intrabar is Intrabar.FINER_BARS and not self.market.finer:
            raise ConfigurationError(
                "broker.intrabar = finer_bars needs finer bars, which a sweep loads if its first set does"
            )
        return RunContext(
            run_id=_NAME,
            portfolio_name=_NAME,
            strategy_name=system.settings.chosen["strategy"],
            currency=system.money.currency,
            capital=system.money.capital,
            market=self.market,
            seed=system.settings.core.run.seed,
            benchmark=self.market,
            benchmark_name=_NAME,
            strategy=system.strategy,
            portfolio=system.portfolio,
            broker=system.broker,
            recorder=Forgetful(),
            progress=lambda _done, _total: None,
            stopping=lambda: False,
            rules=system.host.risk_rules(),
            sessions=self.sessions,
            finer=self.market.finer,
        )

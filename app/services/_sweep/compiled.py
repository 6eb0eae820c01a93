"""Sets through one compiled kernel, over columns that they share, in threads: the kernel needs no lock."""

from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import cast

from app.analytics.drawdown import max_drawdown
from app.analytics.ratios import sharpe
from app.analytics.returns import simple_returns, total_return
from app.domain.money import currency_exponent, to_units
from app.engine.compiled.driver import Stage, WholeRun, end_all, trimmed
from app.engine.desk import Desk, open_desk
from app.engine.equity import EquityColumns, equity_columns, history_of
from app.engine.kernel import layout as at
from app.engine.kernel.posting import pay
from app.engine.schedule import steps_of_warmup
from app.engine.simulation import Simulation
from app.engine.state_hash import state_hash
from app.plugins.system import System
from app.ports import Intrabar, Options, Portfolio, SlippageModel, Strategy, VenueModel
from app.services._sweep.grid import Parameters
from app.services._sweep.rows import Outcome, Row, Skipped
from app.services._sweep.single import SingleRunner
from app.settings.errors import SettingsError


@dataclass(frozen=True)
class CompiledRunner:
    """Runs sets of a strategy that declares a program; one that does not fit 64 bits is run singly.

    `module` is the kernel with the program's decision, which is the same for all sets; `workers` are threads.
    """

    single: SingleRunner
    system: System
    module: ModuleType
    workers: int

    def run(self, sets: Sequence[Parameters], /) -> Generator[Outcome, None, None]:
        """Yield what each set comes to, in order."""
        with ThreadPoolExecutor(self.workers) as pool:
            ahead: list[Future[Outcome]] = []
            try:
                for parameters in sets:
                    ahead.append(pool.submit(self._outcome, parameters))
                    if len(ahead) > 4 * self.workers:
                        yield ahead.pop(0).result()
                while ahead:
                    yield ahead.pop(0).result()
            finally:
                for future in ahead:
                    future.cancel()

    @cached_property
    def _stage(self) -> Stage:
        single, broker = self.single, self.system.broker
        simulation = Simulation(
            single.market,
            broker.simulation(),
            self.system.money.currency,
            {},
            finer=single.market.finer,
            sessions=single.sessions,
        )
        return Stage.of(simulation)

    def _outcome(self, parameters: Parameters) -> Outcome:
        try:
            options = cast("dict[str, Options]", self.single.variants.options(parameters))
        except SettingsError as error:
            return Skipped(parameters, error.problem.partition(". Given: ")[0].removesuffix("."))
        try:
            row = self._row(parameters, options)
        except Exception:  # noqa: BLE001 - whatever a plugin raises here, a single run says it better
            row = None
        return row if row is not None else self.single.outcome(parameters)

    def _row(self, parameters: Parameters, options: Mapping[str, Options]) -> Row | None:
        """Return the row of a set that the kernel carries; None where it does not."""
        strategy = type(self.system.strategy)(options["strategy"])
        portfolio = type(self.system.portfolio)(options["portfolio"])
        broker = type(self.system.broker)(options["broker"])
        broker.keep_schedules(self.system.host.fee_schedules())
        venue = broker.simulation()
        if not self._fits(strategy, venue):
            return None
        return compiled_row(parameters, self._stage, strategy, portfolio, venue, module=self.module)

    def _fits(self, strategy: Strategy, venue: VenueModel) -> bool:
        """Return whether the kernel has this decision, and the shared columns what this venue reads."""
        daily = venue.slippage.model is SlippageModel.SQUARE_ROOT
        known = self.system.broker.simulation().slippage.model is SlippageModel.SQUARE_ROOT
        program, mine = strategy.program(), self.system.strategy.program()
        same = program is not None and mine is not None and program.decide is mine.decide
        finer = venue.intrabar is not Intrabar.FINER_BARS or bool(self.single.market.finer)
        return same and finer and (known or not daily)


def compiled_row(
    parameters: Parameters,
    stage: Stage,
    strategy: Strategy,
    portfolio: Portfolio,
    venue: VenueModel,
    *,
    module: ModuleType,
) -> Row | None:
    """Return the row of a set that the kernel carries through; None where its portfolio is not that simple.

    Raises OutOfRange where 64-bit integers do not hold it.
    """
    instruments = {symbol: series.instrument for symbol, series in stage.market.series.items()}
    program, sizing = strategy.program(), portfolio.signal_sizing(instruments)
    if program is None or sizing is None:
        return None
    desk = open_desk(stage.market, stage.timeline, venue)
    money = portfolio.options
    capital = to_units(money.capital, currency_exponent(money.currency))
    pay(at.DEPOSIT, capital, stage.timeline.times.item(0), -1, -1, 0, desk)
    first = steps_of_warmup(stage.timeline, strategy.warmup())
    whole = WholeRun(stage, desk, program, sizing, strategy.indicators(), module=module, first=first)
    whole.run()
    done = trimmed(whole.desk)
    end_all(done, stage.timeline)
    history = history_of(done[at.D_CASH], done[at.D_HOLDINGS], tuple(stage.market.series))
    equity = equity_columns(stage.market, stage.timeline, history, len(stage.timeline))
    return _row_of(parameters, done, equity, capital, whole)


def _row_of(parameters: Parameters, desk: Desk, equity: EquityColumns, capital: int, whole: WholeRun) -> Row:
    """Return the figures of a run, as its statistics have them."""
    market = whole.stage.market
    series = list(market.series.values())
    returns = simple_returns(equity.equity, capital)
    yearly = series[0].timeframe.periods_per_year
    instruments = [each.instrument for each in series]
    return Row(
        parameters,
        total_return=total_return(equity.equity, capital),
        sharpe=None if returns is None else sharpe(returns, yearly),
        max_drawdown=max_drawdown(equity.equity, capital),
        trades=len(desk[at.D_TRADES]),
        fills=len(desk[at.D_FILLS]),
        final_equity=int(equity.equity[-1]),
        fees=int(desk[at.D_FILLS][:, at.F_FEE].sum()),
        state_hash=state_hash(desk, instruments, whole.tags(), equity),
    )

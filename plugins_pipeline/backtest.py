"""History through the line: every timestamp once, fused with a simulated venue, stored in batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from app.analytics.benchmark import buy_and_hold
from app.analytics.excursions import excursions
from app.analytics.statistics import statistics
from app.engine import charges
from app.engine.columns import Float64
from app.engine.compiled.driver import Stage, Unsuited, WholeRun, write_back
from app.engine.equity import EquityColumns, equity_columns, last_marks
from app.engine.kernel import layout as at
from app.engine.records import Chosen
from app.engine.schedule import due, steps_of_warmup
from app.engine.simulation import Simulation
from app.engine.state_hash import state_hash
from app.engine.universe import membership
from app.live.line import Line, Owner
from app.ports import (
    AccountKind,
    Approved,
    Batch,
    Intent,
    OrderRequest,
    Pipeline,
    Program,
    Reason,
    Rule,
    RunContext,
    RunResult,
    RunStatus,
    Strategy,
    VenueModel,
    Verdict,
)
from app.risk.rules import CASH_ACCOUNT, MarginAccount
from app.services.speed import Plan, planned

BATCH = 5_000  # timestamps: often enough to be followed, seldom enough to cost nothing


class Backtest(Pipeline):
    """Replays the data once, in order, and returns what the account came to."""

    plugin_debug_vars = ("steps", "status")
    runs_programs = True

    steps = 0
    status = ""

    def run(self, context: RunContext) -> RunResult:
        """Carry the run through; one that is asked to stop ends at the next timestamp as INTERRUPTED."""
        started = perf_counter()
        plan = planned(context)
        try:
            replay = _Replay(context, plan)
            self.steps, completed = replay.run()
        except Unsuited as error:
            # Python's own integers have no size, and the class API takes every signal.
            plan = Plan(notice=f"{error.problem} It was interpreted instead.")
            replay = _Replay(context, plan)
            self.steps, completed = replay.run()
        self.status = RunStatus.COMPLETED if completed else RunStatus.INTERRUPTED
        return _result(
            plan.told(context),
            replay.simulation,
            self.steps,
            RunStatus(self.status),
            perf_counter() - started,
        )


def account_rules(venue: VenueModel) -> tuple[Rule, ...]:
    """Return the rules of the venue's account, which come before all others."""
    if venue.account.kind is AccountKind.CASH:
        return CASH_ACCOUNT
    return (MarginAccount(*venue.account.initial_margin),)


@dataclass
class _Written:
    """How far the recorder has been told."""

    fills: int = 0
    cash: int = 0
    trades: int = 0


class _Replay:
    """The loop over the timeline; it is also the line's venue, where working orders are changed at once."""

    def __init__(self, context: RunContext, plan: Plan) -> None:
        owner = Owner(context.run_id, context.portfolio_name, context.strategy_name)
        strategy, venue = context.strategy, context.broker.simulation()
        self._context = context
        self._plan = plan
        self.simulation = Simulation(
            context.market,
            venue,
            context.currency,
            strategy.indicators(),
            consolidators=strategy.consolidators(),
            named=owner.named,
            finer=context.finer,
            sessions=context.sessions,
        )
        self._line = Line(
            owner,
            strategy=strategy,
            portfolio=context.portfolio,
            rules=(*account_rules(venue), *context.rules),
            initial_margin=venue.account.initial_margin,
            fee=self._fee,
            instruments=context.instruments,
        )
        timeline = self.simulation.timeline
        self._timers = due(strategy.timers(), timeline, context.sessions)
        self._first = steps_of_warmup(timeline, strategy.warmup())
        universe = strategy.universe()
        if universe is not None:
            members = membership(universe, context.market, timeline, context.sessions)
            self.simulation.bars.restrict(members)
        self._hears = type(strategy).on_order_update is not Strategy.on_order_update
        self._changed: dict[int, None] = {}
        self._written = _Written()

    def run(self) -> tuple[int, bool]:
        """Return how many timestamps were taken, and whether they were all."""
        total = len(self.simulation.timeline)
        self.simulation.deposit(self._context.deposit)
        if self._plan.program is not None:
            return self._run_whole(self._plan.program, total)
        for first in range(0, total, BATCH):
            last = min(first + BATCH, total)
            done = self._take(first, last)
            if done < last:
                self._close(done, Reason.INTERRUPTED)
                self._write(done, total)
                return done, False
            if done % BATCH == 0:
                self._write(done, total)
        self._close(total, Reason.END_OF_DATA)
        self._write(total, total)
        return total, True

    def _run_whole(self, program: Program, total: int) -> tuple[int, bool]:
        """Let the kernel carry the run through at once."""
        simulation = self.simulation
        whole = WholeRun(
            Stage.of(simulation),
            simulation.desk,
            program,
            self._plan.sizing,
            self._context.strategy.indicators(),
            module=self._plan.module,
            first=self._first,
        )
        done = whole.run(self._context.stopping)
        if whole.desk is not simulation.desk:
            write_back(whole.desk, simulation.desk)
        simulation.tags.update(whole.tags().by_row())
        self._close(done, Reason.END_OF_DATA if done == total else Reason.INTERRUPTED)
        self._write(done, total)
        return done, done == total

    def cancel(self, client_id: str) -> None:
        """Cancel a working order because the strategy asks for it."""
        row = self.simulation.book.orders.row(client_id)
        if row is not None:
            self.simulation.cancel(row, self.simulation.step, Reason.CANCELED_BY_STRATEGY)

    def replace(self, client_id: str, request: OrderRequest) -> None:
        """Give a working order the lots and prices of a request."""
        row = self.simulation.book.orders.row(client_id)
        if row is not None:
            self.simulation.replace(row, self.simulation.step, request)

    def _take(self, first: int, last: int) -> int:
        """Take the timestamps from `first` to before `last`; return the one at which it was asked to stop.

        This is the loop that every bar goes through: what it needs stands in local names, and what most bars
        do not need is behind one test.
        """
        simulation, line, timers = self.simulation, self._line, self._timers
        bars, book, changed = simulation.bars, simulation.book, simulation.changed
        stopping, advance, decide = self._context.stopping, simulation.advance, line.strategy_decides
        warm, hears = self._first, self._hears
        for step in range(first, last):
            if stopping():
                return step
            advance(step)
            if hears and changed:
                self._hear()
            if step < warm:
                continue
            try:
                intents = decide(bars, book)
            except Exception as error:
                raise line.blamed(error, bars.time) from error
            if intents or (timers and step in timers):
                self._answer(intents, step)
        return last

    def _answer(self, intents: Sequence[Intent], step: int) -> None:
        """Do what the strategy wants at a timestamp, and then what it wants at each timer that is due."""
        simulation, line = self.simulation, self._line
        bars, book = simulation.bars, simulation.book
        index = self._act(line.answered(intents, bars, book, self), step, 0, at.NEVER)
        for timer in self._timers.get(step, ()):
            index = self._act(line.on_timer(timer.name, bars, book, self), step, index, timer.eligible)
        if self._hears:
            self._hear()

    def _act(self, verdicts: Sequence[Verdict], step: int, index: int, moment: int) -> int:
        """Record what was denied and accept what was approved; return the next order's place in the step."""
        if not verdicts:
            return index
        approved: list[OrderRequest] = []
        for verdict in verdicts:
            if isinstance(verdict, Approved):
                approved.append(verdict.request)
            else:
                self.simulation.refuse(verdict.request, step, index, verdict.reason)
                index += 1
        return index + self.simulation.accept(approved, step, index, moment)

    def _fee(self, symbol: str, buying: bool, lots: int, value: int) -> int:
        simulation = self.simulation
        table = simulation.desk[at.D_FEES][simulation.symbols[symbol]]
        time = simulation.timeline.times.item(simulation.step)
        return charges.charged(table, 1 if buying else -1, lots, value, time, 0)

    def _hear(self) -> None:
        simulation = self.simulation
        for row in simulation.drain():
            self._changed[row] = None
            if self._hears:
                self._line.hear(simulation.orders[row], simulation.bars.time)

    def _close(self, steps: int, reason: Reason) -> None:
        """Cancel what still works after the last step taken: a run that has ended leaves no order open."""
        self.simulation.end_all(steps - 1, reason)
        self._hear()

    def _write(self, done: int, total: int) -> None:
        """Hand the recorder what it has not had yet."""
        self._hear()
        simulation, written = self.simulation, self._written
        batch = Batch(
            progress=done / total,
            orders=Chosen(simulation.orders, list(self._changed)),
            fills=simulation.fills.since(written.fills),
            cash=simulation.cash.since(written.cash),
            trades=simulation.trades.since(written.trades),
        )
        self._context.recorder.write(batch)
        self._changed = {}
        written.fills = len(simulation.fills)
        written.cash = len(simulation.cash)
        written.trades = len(simulation.trades)
        self._context.progress(done, total)


def _result(
    context: RunContext, simulation: Simulation, steps: int, status: RunStatus, seconds: float
) -> RunResult:
    """Return what the account came to after so many timestamps."""
    market, timeline = context.market, simulation.timeline
    equity = equity_columns(market, timeline, simulation.history(), steps)
    benchmark = _benchmark(context, equity)
    yearly = next(iter(market.series.values())).timeframe.periods_per_year
    trades, fills = simulation.trades, simulation.fills
    instruments = [series.instrument for series in market.series.values()]
    return RunResult(
        status=status,
        currency=context.currency,
        period=(timeline.times.item(0), timeline.times.item(max(0, steps - 1))),
        bars=sum(int(fresh[:steps].sum()) for fresh in timeline.fresh.values()),
        equity=equity,
        benchmark=benchmark,
        benchmark_name=context.benchmark_name,
        orders=simulation.orders,
        fills=fills,
        trades=trades,
        cash=simulation.cash,
        positions=simulation.positions,
        last_ticks=last_marks(market, timeline, steps),
        statistics=statistics(
            equity.equity,
            equity.times,
            initial=context.deposit,
            periods_per_year=yearly,
            benchmark=benchmark,
            exposure=equity.exposure,
            trades=trades,
            fills=simulation.records.dealt(),
            excursions=excursions(trades, fills, market.series, market.actions),
        ),
        benchmark_statistics=statistics(
            benchmark, equity.times, initial=context.deposit, periods_per_year=yearly
        ),
        state_hash=state_hash(simulation.desk, instruments, simulation.tags, equity),
        seconds=seconds,
        actions=market.actions,
        notices=market.notices,
        ambiguous=simulation.ambiguous,
    )


def _benchmark(context: RunContext, equity: EquityColumns) -> Float64:
    """Return what the capital would be worth in the benchmark, bought once and held."""
    prices = {
        symbol: (
            series.timestamps,
            np.multiply(series.closes, float(series.instrument.tick), dtype=np.float64),
        )
        for symbol, series in context.benchmark.series.items()
    }
    return buy_and_hold(prices, context.benchmark.actions, equity.times, float(context.deposit))

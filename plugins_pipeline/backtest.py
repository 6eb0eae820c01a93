"""History through the line: every timestamp once, fused with a simulated venue, stored in batches."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np

from app.analytics.benchmark import buy_and_hold
from app.analytics.excursions import excursions
from app.analytics.statistics import statistics
from app.engine.columns import Float64
from app.engine.equity import EquityColumns, equity_columns, last_marks
from app.engine.simulation import Simulation
from app.engine.state_hash import state_hash
from app.live.line import Line, Owner
from app.ports import Batch, Order, Pipeline, Reason, RunContext, RunResult, RunStatus, Strategy
from app.risk.rules import CASH_ACCOUNT

BATCH = 5_000  # timestamps: often enough to be followed, seldom enough to cost nothing


class Backtest(Pipeline):
    """Replays the data once, in order, and returns what the account came to."""

    plugin_debug_vars = ("steps", "status")

    steps = 0
    status = ""

    def run(self, context: RunContext) -> RunResult:
        """Carry the run through; one that is asked to stop ends at the next timestamp as INTERRUPTED."""
        started = perf_counter()
        simulation = Simulation(
            context.market,
            context.broker.simulation(),
            context.currency,
            dict(context.strategy.indicators()),
        )
        replay = _Replay(context, simulation)
        self.steps, completed = replay.run()
        self.status = RunStatus.COMPLETED if completed else RunStatus.INTERRUPTED
        return _result(context, simulation, self.steps, RunStatus(self.status), perf_counter() - started)


@dataclass
class _Written:
    """How far the recorder has been told."""

    fills: int = 0
    cash: int = 0
    trades: int = 0


class _Replay:
    """The loop over the timeline."""

    def __init__(self, context: RunContext, simulation: Simulation) -> None:
        self._context = context
        self._simulation = simulation
        self._line = Line(
            Owner(context.run_id, context.portfolio_name, context.strategy_name),
            strategy=context.strategy,
            portfolio=context.portfolio,
            rules=(*CASH_ACCOUNT, *context.rules),
            venue=simulation.venue,
            instruments=context.instruments,
        )
        self._hears = type(context.strategy).on_order_update is not Strategy.on_order_update
        self._changed: dict[str, Order] = {}
        self._written = _Written()

    def run(self) -> tuple[int, bool]:
        """Return how many timestamps were taken, and whether they were all."""
        simulation, total = self._simulation, len(self._simulation.timeline)
        simulation.ledger.deposit(self._context.deposit, simulation.timeline.times.item(0))
        for step in range(total):
            if self._context.stopping():
                self._close(step, Reason.INTERRUPTED)
                self._write(step, total)
                return step, False
            self._take(step)
            if (step + 1) % BATCH == 0:
                self._write(step + 1, total)
        self._close(total, Reason.END_OF_DATA)
        self._write(total, total)
        return total, True

    def _take(self, step: int) -> None:
        simulation = self._simulation
        simulation.advance(step)
        self._hear(simulation.drain())
        decisions = self._line.decide(step, simulation.bars, simulation.book, self._cancel)
        for order, reason in decisions.denied:
            simulation.refuse(order, reason)
        for order in decisions.approved:
            simulation.accept(order)
        self._hear(simulation.drain())

    def _cancel(self, client_id: str) -> None:
        self._simulation.cancel(client_id, self._simulation.bars.time, Reason.CANCELED_BY_STRATEGY)

    def _hear(self, orders: list[Order]) -> None:
        for order in orders:
            self._changed[order.client_id] = order
            if self._hears:
                self._line.hear(order, self._simulation.bars.time)

    def _close(self, steps: int, reason: Reason) -> None:
        """Cancel what still works after the last step taken: a run that has ended leaves no order open."""
        simulation = self._simulation
        for client_id in list(simulation.book.orders):
            simulation.cancel(client_id, simulation.timeline.times.item(steps - 1), reason)
        self._hear(simulation.drain())

    def _write(self, done: int, total: int) -> None:
        """Hand the recorder what it has not had yet."""
        simulation, written = self._simulation, self._written
        ledger = simulation.ledger
        batch = Batch(
            progress=done / total,
            orders=list(self._changed.values()),
            fills=simulation.fills[written.fills :],
            cash=ledger.entries[written.cash :],
            trades=ledger.trades[written.trades :],
        )
        self._context.recorder.write(batch)
        self._changed = {}
        written.fills = len(simulation.fills)
        written.cash = len(ledger.entries)
        written.trades = len(ledger.trades)
        self._context.progress(done, total)


def _result(
    context: RunContext, simulation: Simulation, steps: int, status: RunStatus, seconds: float
) -> RunResult:
    """Return what the account came to after so many timestamps."""
    market, ledger, timeline = context.market, simulation.ledger, simulation.timeline
    equity = equity_columns(market, timeline, simulation.history, steps)
    benchmark = _benchmark(context, equity)
    yearly = next(iter(market.series.values())).timeframe.periods_per_year
    return RunResult(
        status=status,
        currency=context.currency,
        period=(timeline.times.item(0), timeline.times.item(max(0, steps - 1))),
        bars=sum(int(fresh[:steps].sum()) for fresh in timeline.fresh.values()),
        equity=equity,
        benchmark=benchmark,
        benchmark_name=context.benchmark_name,
        orders=sorted(simulation.orders.values(), key=lambda order: order.sequence),
        fills=simulation.fills,
        trades=ledger.trades,
        cash=ledger.entries,
        positions=list(ledger.positions.values()),
        last_ticks=last_marks(market, timeline, steps),
        statistics=statistics(
            equity.equity,
            equity.times,
            initial=context.deposit,
            periods_per_year=yearly,
            benchmark=benchmark,
            exposure=equity.exposure,
            trades=ledger.trades,
            fills=simulation.fills,
            excursions=excursions(ledger.trades, simulation.fills, market.series, market.actions),
        ),
        benchmark_statistics=statistics(
            benchmark, equity.times, initial=context.deposit, periods_per_year=yearly
        ),
        state_hash=state_hash(
            orders=simulation.orders,
            fills=simulation.fills,
            cash=ledger.entries,
            trades=ledger.trades,
            positions=ledger.positions.values(),
            equity=equity,
        ),
        seconds=seconds,
        actions=market.actions,
        notices=market.notices,
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

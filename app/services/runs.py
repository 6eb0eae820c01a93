"""Runs in the database: begun, written batch by batch, and ended once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.domain.bars import moment
from app.engine.columns import MarketData
from app.persistence.database import Database
from app.persistence.ids import uuid7
from app.persistence.tables.cash_entries import CashEntry
from app.persistence.tables.equity_points import EquityPoint
from app.persistence.tables.executions import Execution
from app.persistence.tables.orders import Order
from app.persistence.tables.positions import Position
from app.persistence.tables.runs import Run
from app.persistence.tables.statistics import Statistic
from app.persistence.tables.trades import Trade as TradeRow
from app.persistence.upsert import ALL_COLUMNS, upsert
from app.plugins.host import PluginHost
from app.ports import Batch, Identity, RunResult, RunStatus
from app.services.headless import HeadlessPortfolio, ensure_keys
from app.services.records import (
    RunKeys,
    cash_row,
    equity_rows,
    execution_row,
    order_row,
    position_row,
    trade_row,
)
from app.services.trade_measures import TradeMeasures

_ORDER_KEY = ("broker_account_id", "client_id")
_ORDER_CHANGES = (
    "quantity",
    "filled",
    "average_price",
    "limit_price",
    "stop_price",
    "trail",
    "trail_percent",
    "status",
    "pending_action",
    "certainty",
    "reason",
    "updated_at",
)


@dataclass(frozen=True)
class RunPlan:
    """All that is written down about a run before it starts."""

    identity: Identity
    portfolio: HeadlessPortfolio
    pipeline: str
    mode: str
    environment: str
    configuration: Mapping[str, Any]
    plugin_versions: Mapping[str, str]
    market: MarketData
    seed: int


@dataclass
class RunStore:
    """One run's place in the database; `clock` gives UTC nanoseconds."""

    database: Database
    host: PluginHost
    clock: Callable[[], int]
    keys: RunKeys
    trade_measures: TradeMeasures
    _orders: dict[str, UUID] = field(default_factory=dict)
    _by_sequence: dict[int, UUID] = field(default_factory=dict)

    @classmethod
    def begin(
        cls, database: Database, host: PluginHost, clock: Callable[[], int], plan: RunPlan
    ) -> "RunStore":
        """Write the run's row, and those of its user, portfolio, assets and account, as RUNNING."""
        now = clock()
        run_id = uuid7(now)
        instruments = [series.instrument for series in plan.market.series.values()]
        with database.transaction() as session:
            keys = ensure_keys(session, plan.identity, plan.portfolio, instruments, run_id=run_id, now=now)
            session.execute(
                insert(Run).values(
                    id=run_id,
                    user_id=keys.user,
                    portfolio_id=keys.portfolio,
                    pipeline=plan.pipeline,
                    mode=plan.mode,
                    environment=plan.environment,
                    configuration=dict(plan.configuration),
                    plugin_versions=dict(plan.plugin_versions),
                    data_hash=plan.market.digest,
                    seed=plan.seed,
                    status=RunStatus.RUNNING.value,
                    progress=0.0,
                    started_at=moment(now),
                )
            )
        host.announce("lts_run_started", run_id=str(run_id))
        return cls(database, host, clock, keys, TradeMeasures(plan.market))

    @property
    def run_id(self) -> str:
        """Return the run's id."""
        return str(self.keys.run)

    def write(self, batch: Batch) -> None:
        """Store a batch in one transaction, then tell the observers."""
        now = self.clock()
        for order in batch.orders:
            row_id = self._orders.setdefault(order.client_id, uuid7(now))
            self._by_sequence[order.sequence] = row_id
        trades = self._trades(batch)
        with self.database.transaction() as session:
            self._write_orders(session, batch)
            _add(session, Execution, self._executions(batch, now))
            _add(session, CashEntry, (cash_row(self.keys, entry) for entry in batch.cash))
            _add(session, TradeRow, trades)
            self._update(session, progress=batch.progress)
        if batch.orders:
            self.host.announce("lts_orders_changed", run_id=self.run_id, orders=batch.orders)
        if batch.fills:
            self.host.announce("lts_fills_committed", run_id=self.run_id, fills=batch.fills)

    def finish(self, result: RunResult, summary: Mapping[str, Any], *, error: str | None = None) -> None:
        """Write positions, equity, statistics and the end of the run in one transaction.

        With an error the run is FAILED although it has a result.
        """
        status = RunStatus.FAILED if error else result.status
        with self.database.transaction() as session:
            positions = (
                position_row(self.keys, position, result.last_ticks.get(position.instrument.symbol))
                for position in result.positions
            )
            _add(session, Position, positions)
            _add(session, EquityPoint, equity_rows(self.keys, result.equity))
            _add(session, Statistic, self._statistics(result))
            self._update(
                session,
                status=status.value,
                error=error,
                ended_at=moment(self.clock()),
                summary=dict(summary),
                state_hash=result.state_hash,
            )
        self.host.announce("lts_run_ended", run_id=self.run_id, result=None if error else result)

    def fail(self, error: str, status: RunStatus = RunStatus.FAILED) -> None:
        """Mark the run as ended without a result; one that has ended already stays as it is."""
        ending = update(Run).where(Run.id == self.keys.run, Run.status == RunStatus.RUNNING.value)
        values = {"status": status.value, "ended_at": moment(self.clock()), "error": error}
        with self.database.transaction() as session:
            ended = session.scalar(ending.values(**values).returning(Run.id))
        if ended is not None:
            self.host.announce("lts_run_ended", run_id=self.run_id, result=None)

    def _write_orders(self, session: Session, batch: Batch) -> None:
        # A parent comes before its children, which refer to its row.
        rows = [
            order_row(
                self.keys,
                order,
                self._orders[order.client_id],
                self._by_sequence[order.parent] if order.parent else None,
            )
            for order in sorted(batch.orders, key=lambda order: order.sequence)
        ]
        upsert(session, Order, rows, _ORDER_KEY, _ORDER_CHANGES)

    def _executions(self, batch: Batch, now: int) -> Iterable[dict[str, Any]]:
        for fill in batch.fills:
            yield execution_row(self.keys, fill, uuid7(now), self._orders[fill.client_id])

    def _trades(self, batch: Batch) -> list[dict[str, Any]]:
        measures = self.trade_measures.of(batch.trades, batch.fills)
        return [
            trade_row(self.keys, trade, measure)
            for trade, measure in zip(batch.trades, measures, strict=True)
        ]

    def _statistics(self, result: RunResult) -> Iterable[dict[str, Any]]:
        start, end = (moment(time) for time in result.period)
        for key, value in result.statistics.items():
            yield {
                "run_id": self.keys.run,
                "key": key,
                "period": "all",
                "value": value,
                "start_time": start,
                "end_time": end,
            }

    def _update(self, session: Session, **values: object) -> None:
        session.execute(update(Run).where(Run.id == self.keys.run).values(**values))


def _add(session: Session, table: type, rows: Iterable[Mapping[str, Any]]) -> None:
    found: Sequence[Mapping[str, Any]] = list(rows)
    if found:
        session.execute(insert(table), found, execution_options=ALL_COLUMNS)

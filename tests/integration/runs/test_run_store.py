"""A run in the database: begun, written batch by batch, and ended once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from app.domain.fills import ExecutionFlag
from app.domain.orders import Certainty, PendingAction
from app.persistence.database import Database
from app.persistence.tables.cash_entries import CashEntry
from app.persistence.tables.equity_points import EquityPoint
from app.persistence.tables.executions import Execution
from app.persistence.tables.orders import Order
from app.persistence.tables.positions import Position
from app.persistence.tables.runs import Run
from app.persistence.tables.statistics import Statistic
from app.persistence.tables.trades import Trade
from app.ports import Batch, MarketData, OrderStatus, OrderType, RunResult, RunStatus, TimeInForce
from app.services.runs import RunStore

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-006", "SYS-013")]

BEGAN = datetime(2012, 1, 1, tzinfo=UTC)
Begin = Callable[..., RunStore]
Backtested = tuple[RunResult, list[Batch]]


def rows(database: Database, query: Any) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(query)]


def counts(database: Database) -> dict[str, int]:
    tables = (Order, Execution, CashEntry, Trade, Position, EquityPoint, Statistic)
    return {t.__tablename__: rows(database, select(func.count()).select_from(t))[0][0] for t in tables}


def test_a_begun_run_is_running_with_all_that_is_needed_to_repeat_it(
    database: Database, begin: Begin, market: MarketData, observer: Any
) -> None:
    store = begin()
    columns = (Run.status, Run.progress, Run.started_at, Run.ended_at, Run.data_hash, Run.seed)
    assert rows(database, select(*columns)) == [("running", 0.0, BEGAN, None, market.digest, 1)]
    ((configuration, versions),) = rows(database, select(Run.configuration, Run.plugin_versions))
    assert configuration == {"run.seed": {"value": 1}}
    assert versions == {"strategy/sma_cross": "lts-server 0.1.0"}
    assert observer.heard == [("started", store.run_id)]


def test_batches_leave_the_latest_state_of_each_order_and_everything_else_once(
    database: Database, begin: Begin, backtested: Backtested, observer: Any
) -> None:
    result, batches = backtested
    store = begin()
    for batch in batches:
        store.write(batch)
    assert len(batches) > 5
    assert sum(len(batch.orders) for batch in batches) > len(result.orders)
    found = rows(database, select(Order.sequence, Order.status, Order.filled).order_by(Order.sequence))
    made = sorted(result.orders, key=lambda order: order.sequence)
    assert found == [(order.sequence, order.status.value, order.filled) for order in made]
    stored = counts(database)
    assert stored["executions"] == len(result.fills)
    assert stored["cash_entries"] == len(result.cash)
    assert stored["trades"] == len(result.trades)
    assert rows(database, select(Run.progress, Run.status)) == [(1.0, "running")]
    heard = [count for hook, count in observer.heard if hook == "fills"]
    assert sum(heard) == len(result.fills)


def test_trades_are_stored_with_the_excursions_of_the_result(
    database: Database, begin: Begin, backtested: Backtested
) -> None:
    result, batches = backtested
    store = begin()
    for batch in batches:
        store.write(batch)
    found = rows(database, select(Trade.mae, Trade.mfe, Trade.ambiguous).order_by(Trade.sequence))
    assert len(found) == len(result.trades) > 0
    mean = [sum(column) / len(found) for column in zip(*found, strict=True)]
    assert mean[0] == pytest.approx(result.statistics["average_mae"])
    assert mean[1] == pytest.approx(result.statistics["average_mfe"])
    assert mean[2] == 0


def test_stored_amounts_add_up_to_the_results(
    database: Database, begin: Begin, backtested: Backtested
) -> None:
    result, batches = backtested
    store = begin()
    for batch in batches:
        store.write(batch)
    store.finish(result, {})
    ((cash,),) = rows(database, select(func.sum(CashEntry.amount)))
    last = rows(database, select(EquityPoint.cash, EquityPoint.equity).order_by(EquityPoint.time))[-1]
    assert cash == last[0] == Decimal(int(result.equity.cash[-1])) / 100
    assert last[1] == Decimal(int(result.equity.equity[-1])) / 100
    ((fees,),) = rows(database, select(func.sum(Execution.fee)))
    assert fees == Decimal(result.fees) / 100
    held = rows(database, select(Position.quantity, Position.last_price))
    assert sum((q * p for q, p in held if p is not None), Decimal(0)) == last[1] - last[0]


def test_a_batch_is_stored_whole_or_not_at_all(
    database: Database, begin: Begin, backtested: Backtested, observer: Any
) -> None:
    store = begin()
    full = next(batch for batch in backtested[1] if batch.fills and batch.cash)
    with pytest.raises(KeyError):
        store.write(replace(full, orders=()))
    assert set(counts(database).values()) == {0}
    assert rows(database, select(Run.progress)) == [(0.0,)]
    assert observer.heard[1:] == []


def test_a_finished_run_has_its_end_its_result_and_a_state_hash(
    database: Database, begin: Begin, backtested: Backtested, observer: Any
) -> None:
    result, _ = backtested
    begin().finish(result, {"answer": "42"})
    columns = (Run.status, Run.error, Run.state_hash, Run.ended_at, Run.summary)
    expected = ("completed", None, result.state_hash, BEGAN + timedelta(seconds=1), {"answer": "42"})
    assert rows(database, select(*columns)) == [expected]
    stored = counts(database)
    assert stored["equity_points"] == len(result.equity)
    assert stored["statistics"] == len(result.statistics)
    assert stored["positions"] == len(result.positions)
    assert observer.heard[-1] == ("ended", result)


@pytest.mark.requirement("SYS-011")
def test_a_result_that_comes_with_an_error_is_kept_and_the_run_has_failed(
    database: Database, begin: Begin, backtested: Backtested, observer: Any
) -> None:
    begin().finish(backtested[0], {}, error="no report")
    assert rows(database, select(Run.status, Run.error)) == [("failed", "no report")]
    assert counts(database)["equity_points"] > 0
    assert observer.heard[-1] == ("ended", None)


@pytest.mark.requirement("SYS-011")
@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.INTERRUPTED])
def test_a_run_that_fails_says_why_and_when(
    database: Database, begin: Begin, observer: Any, status: RunStatus
) -> None:
    begin().fail("the reason", status)
    found = rows(database, select(Run.status, Run.error, Run.ended_at, Run.state_hash))
    assert found == [(status.value, "the reason", BEGAN + timedelta(seconds=1), None)]
    assert observer.heard[-1] == ("ended", None)


def test_a_run_has_the_mode_of_its_pipeline(database: Database, begin: Begin) -> None:
    begin(mode="paper")
    assert rows(database, select(Run.mode)) == [("paper",)]


def test_an_orders_pending_action_and_certainty_follow_its_latest_state(
    database: Database, begin: Begin, backtested: Backtested
) -> None:
    store = begin()
    first = next(batch for batch in backtested[1] if batch.orders)
    order = first.orders[0]
    changed = replace(order, pending=PendingAction.CANCEL, certainty=Certainty.UNKNOWN)
    for state in (order, changed):
        store.write(Batch(progress=0.5, orders=[state]))
    assert rows(database, select(Order.pending_action, Order.certainty)) == [("cancel", "unknown")]


@pytest.mark.requirement("SYS-011")
def test_a_run_ends_once(database: Database, begin: Begin, backtested: Backtested, observer: Any) -> None:
    store = begin()
    store.finish(backtested[0], {})
    store.fail("too late")
    assert rows(database, select(Run.status, Run.error)) == [("completed", None)]
    assert [hook for hook, _ in observer.heard] == ["started", "ended"]


def test_two_runs_in_one_database_keep_apart(
    database: Database, begin: Begin, backtested: Backtested
) -> None:
    result, batches = backtested
    first, second = begin(), begin()
    assert first.run_id != second.run_id
    for batch in batches:
        first.write(batch)
    first.finish(result, {})
    second.fail("nothing happened")
    by_run = rows(database, select(Order.run_id, func.count()).group_by(Order.run_id))
    assert by_run == [(first.keys.run, len(result.orders))]
    statuses = rows(database, select(Run.status).order_by(Run.started_at))
    assert statuses == [("completed",), ("failed",)]


def test_what_an_order_asks_for_is_stored_in_prices_and_refers_to_the_order_that_it_waits_for(
    database: Database, begin: Begin, backtested: Backtested
) -> None:
    first = next(batch.orders[0] for batch in backtested[1] if batch.orders)
    parent = replace(first, sequence=1)
    request = replace(
        first.request,
        type=OrderType.TRAILING_STOP,
        time_in_force=TimeInForce.GTD,
        limit_ticks=1_234,
        stop_ticks=1_235,
        trail_ticks=50,
        expires_at=int(BEGAN.timestamp()) * 10**9,
        group="exits",
        reduce_only=True,
    )
    denied = replace(
        parent, client_id="CHILD", sequence=2, parent=1, request=request, status=OrderStatus.DENIED
    )
    percent = replace(
        denied, client_id="OTHER", sequence=3, request=replace(request, trail_ticks=None, trail_ppm=12_500)
    )
    begin().write(Batch(progress=0.5, orders=[percent, denied, parent]))
    ids = rows(database, select(Order.id, Order.parent_id, Order.group_name).order_by(Order.sequence))
    assert ids == [(ids[0][0], None, None), *((row[0], ids[0][0], "exits") for row in ids[1:])]
    columns = (Order.limit_price, Order.stop_price, Order.trail, Order.trail_percent)
    asked = rows(database, select(*columns).where(Order.sequence > 1).order_by(Order.sequence))
    prices = (Decimal("0.1234"), Decimal("0.1235"))
    assert asked == [(*prices, Decimal("0.0050"), None), (*prices, None, Decimal("1.25"))]
    flags = rows(database, select(Order.expires_at, Order.reduce_only).order_by(Order.sequence))
    assert flags == [(None, False), (BEGAN, True), (BEGAN, True)]


def test_a_replaced_order_is_stored_with_its_latest_prices(
    database: Database, begin: Begin, backtested: Backtested
) -> None:
    order = next(batch.orders[0] for batch in backtested[1] if batch.orders)
    store = begin()
    for ticks, trail in ((10, {"trail_ppm": 500}), (20, {"trail_ticks": 30})):
        priced = replace(order.request, limit_ticks=ticks, **trail)
        store.write(Batch(progress=0.5, orders=[replace(order, request=priced)]))
    found = rows(database, select(Order.limit_price, Order.trail, Order.trail_percent))
    assert found == [(Decimal("0.0020"), Decimal("0.0030"), None)]


def test_the_flags_of_a_fill_are_stored(database: Database, begin: Begin, backtested: Backtested) -> None:
    batch = next(batch for batch in backtested[1] if batch.fills)
    (fill, *_), flags = batch.fills, ExecutionFlag.AMBIGUOUS
    begin().write(replace(batch, fills=[replace(fill, flags=flags)], cash=(), trades=()))
    assert rows(database, select(Execution.flags)) == [(1,)]

"""A small run with everything that a report shows, and ways to change it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.analytics.statistics import statistics
from app.domain.bars import Timeframe
from app.domain.events import Split
from app.domain.fills import CashEntry, CashKind, Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.orders import Order, OrderRequest, OrderStatus, Reason
from app.domain.positions import Position
from app.engine.columns import BarSeries, MarketData
from app.ports.run import EquityColumns, RunResult, RunStatus
from app.services.report import PluginRow, ReportHeader, SettingRow

DAY = 86_400_000_000_000
START = 11_000 * DAY  # 2000-02-13
SAMPLES = 90
CAPITAL = 100_000_00


def series_of(instrument: Instrument, closes: np.ndarray) -> BarSeries:
    columns = [closes] * 4
    times = START + np.arange(len(closes), dtype=np.int64) * DAY
    flags = np.zeros(len(closes), np.uint8)
    return BarSeries(instrument, Timeframe.D1, times, *columns, np.ones(len(closes), np.int64), flags)


@pytest.fixture
def instrument() -> Instrument:
    return Instrument("AAA")


@pytest.fixture
def market(instrument: Instrument) -> MarketData:
    """Closes of 100.00 for 30 days, of 50.00 after a split of two for one."""
    closes = np.where(np.arange(SAMPLES) < 30, 10_000, 5_000).astype(np.int64)
    split = Split("AAA", START + 30 * DAY, 2, 1)
    return MarketData({"AAA": series_of(instrument, closes)}, (split,))


@pytest.fixture
def fill(instrument: Instrument) -> Callable[[Side, int, int], Fill]:
    def make(side: Side, day: int, ticks: int) -> Fill:
        return Fill("e", "c", 1, instrument, side, 10, ticks, ticks * 10, 150, START + day * DAY)

    return make


@pytest.fixture
def trade(instrument: Instrument) -> Trade:
    return Trade(1, instrument, Side.BUY, 20, START, START + 40 * DAY, 1_000_00, 1_100_00, 100_00, fees=2_10)


@pytest.fixture
def order(instrument: Instrument) -> Callable[..., Order]:
    def make(status: OrderStatus, reason: Reason, tag: str = "") -> Order:
        request = OrderRequest(instrument.symbol, Side.BUY, 10, tag=tag)
        return Order("c", 1, instrument, request, START, START, status, reason=reason)

    return make


@pytest.fixture
def result(
    instrument: Instrument,
    fill: Callable[[Side, int, int], Fill],
    trade: Trade,
    order: Callable[..., Order],
) -> RunResult:
    wave = 1 + 0.1 * np.sin(np.arange(SAMPLES) / 9)
    equity = (CAPITAL * wave).astype(np.int64)
    times = START + np.arange(SAMPLES, dtype=np.int64) * DAY
    fills = [fill(Side.BUY, 10, 10_000), fill(Side.SELL, 40, 5_500)]
    benchmark = CAPITAL * (1 + 0.2 * np.sin(np.arange(SAMPLES) / 12))
    orders = [
        order(OrderStatus.FILLED, Reason.NONE),
        order(OrderStatus.DENIED, Reason.INSUFFICIENT_CASH),
        order(OrderStatus.DENIED, Reason.INSUFFICIENT_CASH),
        order(OrderStatus.CANCELED, Reason.END_OF_DATA),
    ]
    return RunResult(
        status=RunStatus.COMPLETED,
        currency="USD",
        period=(START, START + (SAMPLES - 1) * DAY),
        bars=SAMPLES,
        equity=EquityColumns(times, equity, equity, equity // 2),
        benchmark=benchmark,
        benchmark_name="equal-weight buy-and-hold",
        orders=orders,
        fills=fills,
        trades=[trade],
        cash=[CashEntry(1, CashKind.DEPOSIT, CAPITAL, START), CashEntry(2, CashKind.FEE, -150, START)],
        positions=[Position(instrument, lots=4, cost=190_00), Position(Instrument("FLAT"))],
        last_ticks={"AAA": 5_000},
        statistics=statistics(
            equity,
            times,
            initial=CAPITAL,
            periods_per_year=252,
            benchmark=benchmark,
            exposure=equity // 2,
            trades=[trade],
            fills=fills,
        ),
        benchmark_statistics=statistics(benchmark, times, initial=CAPITAL, periods_per_year=252),
        state_hash="5eed" * 16,
        seconds=0.25,
        notices=["AAA: one row was repaired."],
    )


@pytest.fixture
def empty_result(result: RunResult) -> RunResult:
    """A run that was stopped before its first sample."""
    nothing = np.empty(0, np.int64)
    unknown = statistics(nothing, nothing, initial=CAPITAL, periods_per_year=252)
    return replace(
        result,
        status=RunStatus.INTERRUPTED,
        equity=EquityColumns(nothing, nothing, nothing, nothing),
        benchmark=np.empty(0, np.float64),
        orders=[],
        fills=[],
        trades=[],
        positions=[],
        notices=[],
        statistics=unknown,
        benchmark_statistics=unknown,
    )


@pytest.fixture
def header(market: MarketData) -> ReportHeader:
    return ReportHeader(
        run_id="0199a1b2-5c7d-7e2f-9a11-3b6cf20d4e55",
        title="sma_cross on AAA",
        strategy="sma_cross",
        symbols=("AAA",),
        settings=[SettingRow("broker.simulated.commission_bps", str(Decimal(10)), "file mine.toml")],
        plugins=[PluginRow("strategy", "sma_cross", "0.1.0")],
        data_hash="da7a" * 16,
        seed=1,
        market=market,
    )

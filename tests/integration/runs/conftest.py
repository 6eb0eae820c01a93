"""A short backtest of real prices, and runs that are begun in a database."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from app.data.sample.source import load
from app.persistence.database import Database
from app.plugins.catalogue import Catalogue
from app.plugins.host import PluginHost
from app.ports import Batch, DataRequest, Identity, MarketData, RunContext, RunResult, hookimpl
from app.services.headless import HeadlessPortfolio
from app.services.runs import RunPlan, RunStore
from plugins_broker.simulated import Simulated
from plugins_pipeline import backtest
from plugins_portfolio.equal_weight import EqualWeight
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

START = 1_325_376_000_000_000_000  # 2012-01-01
SECOND = 1_000_000_000
HEADLESS = HeadlessPortfolio(
    name="headless",
    capital=Decimal(100_000),
    currency="USD",
    plugin="equal_weight",
    options={"cash_buffer": "0.02"},
    strategy="sma_cross",
    strategy_options={"fast": 5, "slow": 20},
    pipeline="backtest",
    broker="simulated",
    broker_options={"commission_bps": "10"},
)
ANN = Identity("local", "ann", frozenset({"run:create"}))


@dataclass
class Batches:
    """Keeps a run's batches, as a recorder."""

    kept: list[Batch] = field(default_factory=list)

    def write(self, batch: Batch) -> None:
        self.kept.append(batch)


@dataclass
class Observer:
    """Hears every hook, as (hook, number of orders or fills, or result)."""

    heard: list[tuple[str, Any]] = field(default_factory=list)

    @hookimpl
    def lts_run_started(self, run_id: str) -> None:
        self.heard.append(("started", run_id))

    @hookimpl
    def lts_orders_changed(self, orders: Any) -> None:
        self.heard.append(("orders", len(orders)))

    @hookimpl
    def lts_fills_committed(self, fills: Any) -> None:
        self.heard.append(("fills", len(fills)))

    @hookimpl
    def lts_run_ended(self, result: RunResult | None) -> None:
        self.heard.append(("ended", result))


@pytest.fixture(scope="session")
def market() -> MarketData:
    """Two symbols in 2012 and after."""
    return load(DataRequest(("IBM", "MSFT"), start=START))


@pytest.fixture(scope="session")
def backtested(market: MarketData) -> tuple[RunResult, list[Batch]]:
    """What a backtest of that market comes to, and its batches: a dozen of them."""
    batches = Batches()
    context = RunContext(
        run_id="backtested",
        portfolio_name="headless",
        strategy_name="sma_cross",
        currency="USD",
        capital=HEADLESS.capital,
        market=market,
        seed=1,
        benchmark=market,
        benchmark_name="itself",
        strategy=SmaCross(SmaCrossOptions(fast=5, slow=20)),
        portfolio=EqualWeight(),
        broker=Simulated(),
        recorder=batches,
        progress=lambda _done, _total: None,
        stopping=lambda: False,
    )
    with pytest.MonkeyPatch.context() as patched:  # so that a short run has several batches
        patched.setattr(backtest, "BATCH", 25)
        result = backtest.Backtest().run(context)
    return result, batches.kept


@pytest.fixture
def observer() -> Observer:
    """An observer that is registered with the host of every run that `begin` begins."""
    return Observer()


@pytest.fixture
def begin(database: Database, market: MarketData, observer: Observer) -> Callable[..., RunStore]:
    """Give `begin()`, which writes the row of a run; its clock ticks once a second from 2012 on."""
    seconds = count()

    def begun(
        identity: Identity = ANN, portfolio: HeadlessPortfolio = HEADLESS, mode: str = "backtest"
    ) -> RunStore:
        host = PluginHost(Catalogue([]), pytest.fail)
        host.hooks.register(observer)
        plan = RunPlan(
            identity=identity,
            portfolio=portfolio,
            pipeline="backtest",
            mode=mode,
            environment="testing",
            configuration={"run.seed": {"value": 1}},
            plugin_versions={"strategy/sma_cross": "lts-server 0.1.0"},
            market=market,
            seed=1,
        )
        return RunStore.begin(database, host, lambda: START + next(seconds) * SECOND, plan)

    return begun


@pytest.fixture
def headless() -> HeadlessPortfolio:
    """The portfolio with which `begin` begins."""
    return HEADLESS

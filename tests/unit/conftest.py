"""Small markets written bar by bar, and programs of orders that are replayed on them.

The independent oracles lie in tests/oracles, which this puts on the path.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.domain.orders import Order, Rule
from app.ports import (
    Bars,
    BarSeries,
    Batch,
    BookView,
    Broker,
    CorporateAction,
    Instrument,
    Intent,
    MarketData,
    Portfolio,
    RunContext,
    RunResult,
    Strategy,
    Timeframe,
    VenueModel,
)
from plugins_broker.simulated import Simulated, SimulatedOptions
from plugins_pipeline.backtest import Backtest
from plugins_portfolio.fixed_quantity import FixedQuantity, FixedQuantityOptions

ORACLES = str(Path(__file__).resolve().parents[1] / "oracles")
if ORACLES not in sys.path:
    sys.path.insert(0, ORACLES)

FIRST_DAY = 18_262  # 2020-01-01
VOLUME = 1_000

Program = Mapping[int, Sequence[Intent] | Callable[[Bars, BookView], Sequence[Intent]]]


def day_number(number: int) -> int:
    """Return midnight of a test's day in UTC nanoseconds; day 0 is 2020-01-01."""
    return (FIRST_DAY + number) * Timeframe.D1.nanoseconds


def small_market(
    bars: Mapping[str, Sequence[Any]],
    *,
    actions: Sequence[CorporateAction] = (),
    instrument: Callable[[str], Instrument] = Instrument,
    timeframe: Timeframe = Timeframe.D1,
    has_volume: bool = True,
) -> MarketData:
    """Return a market with one bar per period; None is a period without a bar of that symbol.

    A bar is one price (open, high, low and close alike), or (open, high, low, close), or those and a volume.
    """
    series = {}
    for symbol, rows in bars.items():
        size = instrument(symbol)
        complete = [(index, _bar(row)) for index, row in enumerate(rows) if row is not None]
        prices = [[size.ticks(Decimal(str(price))) for price in bar[:4]] for _, bar in complete]
        opens, highs, lows, closes = np.array(prices, np.int64).T
        series[symbol] = BarSeries(
            instrument=size,
            timeframe=timeframe,
            timestamps=np.array([day_number(0) + index * timeframe.nanoseconds for index, _ in complete]),
            opens=opens,
            highs=highs,
            lows=lows,
            closes=closes,
            volumes=np.array([bar[4] if has_volume else 0 for _, bar in complete], np.int64),
            flags=np.zeros(len(complete), np.uint8),
            has_volume=has_volume,
        )
    ordered = sorted(actions, key=lambda action: (action.ex_time, action.symbol))
    return MarketData(series, tuple(ordered))


def _bar(row: Any) -> tuple[Any, ...]:
    if not isinstance(row, tuple):
        row = (row, row, row, row)
    return row if len(row) == 5 else (*row, VOLUME)


class Scripted(Strategy):
    """Does what its program says at each step, and remembers what it saw and heard."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.program = program
        self.step = 0
        self.seen: list[tuple[int, int, int, dict[str, int]]] = []
        self.heard: list[Order] = []

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        holdings = {symbol: book.lots(symbol) for symbol in bars}
        self.seen.append((bars.time, book.cash, book.equity, holdings))
        wanted = self.program.get(self.step, ())
        self.step += 1
        return wanted(bars, book) if callable(wanted) else wanted

    def on_order_update(self, order: Order) -> None:
        self.heard.append(order)


@dataclass
class Recorded:
    """Keeps a run's batches in memory."""

    batches: list[Batch] = field(default_factory=list)

    def write(self, batch: Batch) -> None:
        self.batches.append(batch)


@dataclass
class Replayed:
    """A run on a small market: its result, and what its strategy and its recorder were told."""

    result: RunResult
    strategy: Strategy
    recorded: Recorded
    progress: list[tuple[int, int]]
    market: MarketData

    @property
    def fills(self) -> list[tuple[int, str, str, Decimal, Decimal]]:
        """Return (day, symbol, side, quantity, price) of every fill."""
        return [
            (
                fill.time // Timeframe.D1.nanoseconds - FIRST_DAY,
                fill.instrument.symbol,
                fill.side.value,
                fill.quantity,
                fill.price,
            )
            for fill in self.result.fills
        ]

    @property
    def executions(self) -> list[tuple[int, int, Decimal, Decimal]]:
        """Return (period, sequence of the order, signed quantity, price) of every fill."""
        length = next(iter(self.market.series.values())).timeframe.nanoseconds
        sequences = {order.client_id: order.sequence for order in self.result.orders}
        return [
            (
                (fill.time - day_number(0)) // length,
                sequences[fill.client_id],
                fill.quantity if fill.signed_lots > 0 else -fill.quantity,
                fill.price,
            )
            for fill in self.result.fills
        ]

    @property
    def orders(self) -> list[tuple[str, str]]:
        """Return (status, reason) of every order, in the order in which they were made."""
        made = sorted(self.result.orders, key=lambda order: order.sequence)
        return [(order.status.value, order.reason.value) for order in made]

    @property
    def cash(self) -> list[tuple[str, int]]:
        """Return (kind, amount) of every movement of cash."""
        return [(entry.kind.value, entry.amount) for entry in self.result.cash]


class Venue(Broker):
    """A broker that simulates one venue."""

    def __init__(self, model: VenueModel) -> None:
        super().__init__()
        self.model = model

    def simulation(self) -> VenueModel:
        return self.model


def replayed(
    market: MarketData,
    strategy: Strategy | Program,
    *,
    capital: str = "100000",
    bps: str = "0",
    venue: VenueModel | None = None,
    finer: Mapping[str, BarSeries] | None = None,
    portfolio: Portfolio | None = None,
    rules: Sequence[Rule] = (),
    run_id: str = "a run",
    stop_after: int | None = None,
) -> Replayed:
    """Replay a strategy, or a program of intents by step, on a market with the real backtest pipeline.

    Without a `venue` it is the simulated broker's, which charges `bps`.
    """
    made = strategy if isinstance(strategy, Strategy) else Scripted(strategy)
    recorded, progress = Recorded(), []
    calls = iter(range(1_000_000))
    context = RunContext(
        run_id=run_id,
        portfolio_name="headless",
        strategy_name="scripted",
        currency="USD",
        capital=Decimal(capital),
        market=market,
        seed=1,
        benchmark=market,
        benchmark_name="the market",
        strategy=made,
        portfolio=portfolio or FixedQuantity(FixedQuantityOptions(capital=Decimal(capital))),
        broker=Venue(venue) if venue else Simulated(SimulatedOptions(commission_bps=Decimal(bps))),
        finer=finer or {},
        recorder=recorded,
        progress=lambda done, total: progress.append((done, total)),
        stopping=lambda: stop_after is not None and next(calls) >= stop_after,
        rules=rules,
    )
    return Replayed(Backtest().run(context), made, recorded, progress, market)


@pytest.fixture(scope="session")
def day() -> Callable[[int], int]:
    """Give `day(n)`, the time of the n-th day of a small market."""
    return day_number


@pytest.fixture(scope="session")
def small() -> Callable[..., MarketData]:
    """Give `small(bars, actions=...)`, which makes a market."""
    return small_market


@pytest.fixture(scope="session")
def replay() -> Callable[..., Replayed]:
    """Give `replay(market, program, ...)`, which runs a backtest."""
    return replayed

"""What a pipeline is given for one run, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.domain.bars import SECOND
from app.domain.events import CorporateAction
from app.domain.fills import CashEntry, Fill, Trade
from app.domain.instruments import Instrument
from app.domain.money import currency_exponent, to_units
from app.domain.orders import Order, Rule
from app.domain.positions import Position
from app.engine.columns import BarSeries, Float64, MarketData
from app.engine.equity import EquityColumns
from app.engine.sessions import Sessions

if TYPE_CHECKING:
    from app.ports.kinds import Broker, Portfolio, Strategy


class RunStatus(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Batch:
    """What has happened since the last batch: orders in their latest state, fills, cash and closed trades."""

    progress: float
    orders: Sequence[Order] = ()
    fills: Sequence[Fill] = ()
    cash: Sequence[CashEntry] = ()
    trades: Sequence[Trade] = ()


@dataclass(frozen=True)
class RunResult:
    """All that a run came to; money is in minor units of `currency`, ratios are plain numbers.

    `benchmark` is the value of the benchmark at the times of `equity`, starting from the same capital;
    `ambiguous` counts the fills whose order in time one bar does not tell.
    """

    status: RunStatus
    currency: str
    period: tuple[int, int]
    bars: int
    equity: EquityColumns
    benchmark: Float64
    benchmark_name: str
    orders: Sequence[Order]
    fills: Sequence[Fill]
    trades: Sequence[Trade]
    cash: Sequence[CashEntry]
    positions: Sequence[Position]
    last_ticks: Mapping[str, int]
    statistics: Mapping[str, float | None]
    benchmark_statistics: Mapping[str, float | None]
    state_hash: str
    seconds: float
    actions: Sequence[CorporateAction] = ()
    notices: Sequence[str] = ()
    ambiguous: int = 0

    @property
    def fees(self) -> int:
        """Return all fees paid, in minor units."""
        return sum(fill.fee for fill in self.fills)

    @property
    def times_real_time(self) -> float | None:
        """Return the time from the first bar to the last / the run's seconds; None where either is none."""
        start, end = self.period
        if self.seconds <= 0 or end <= start:
            return None
        return (end - start) / SECOND / self.seconds


class Recorder(Protocol):
    """Takes what a run does to durable storage, batch by batch."""

    def write(self, batch: Batch) -> None:
        """Store a batch in one transaction; observers hear of it afterwards."""
        ...


@dataclass(frozen=True)
class RunContext:
    """One run: its plugins are built, its data loaded, its row written and RUNNING.

    `benchmark` is the market that is bought and held for comparison, `sessions` the calendar where one is
    known, `finer` the bars of a finer time frame by symbol, for fills that a bar alone cannot order.
    `speed` is auto, interpreted or compiled; compiled kernels are kept in the folder `kernels`;
    `note` tells the person who waits.
    `progress(done, total)` may be called as often as wanted; `stopping()` turns true when a person or the
    system asks the run to end, and the pipeline then stops at the next timestamp with status INTERRUPTED.
    """

    run_id: str
    portfolio_name: str
    strategy_name: str
    currency: str
    capital: Decimal
    market: MarketData
    seed: int
    benchmark: MarketData
    benchmark_name: str
    strategy: "Strategy"
    portfolio: "Portfolio"
    broker: "Broker"
    recorder: Recorder
    progress: Callable[[int, int], None]
    stopping: Callable[[], bool]
    rules: Sequence[Rule] = ()
    sessions: Sessions | None = None
    finer: Mapping[str, BarSeries] = field(default_factory=dict)
    speed: str = "auto"
    kernels: Path | None = None
    note: Callable[[str], None] = lambda _text: None

    @property
    def deposit(self) -> int:
        """Return the capital in minor units. Raises OutOfRange where it does not fit 64 bits."""
        return to_units(self.capital, currency_exponent(self.currency))

    @property
    def instruments(self) -> dict[str, Instrument]:
        """Return the instruments by symbol."""
        return {symbol: series.instrument for symbol, series in self.market.series.items()}

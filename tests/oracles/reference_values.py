"""What the reference venue is told and what it tells: commands, bars, orders and the outcome of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.domain.bars import Timeframe
from app.domain.intents import OrderType, Side, TimeInForce
from app.domain.orders import OPEN, OrderRequest, OrderStatus, Reason
from app.engine.columns import BarSeries

DAY = Timeframe.D1.nanoseconds


@dataclass(frozen=True)
class Submit:
    """Make an order; it gets the next number, then its children theirs, depth first."""

    request: OrderRequest


@dataclass(frozen=True)
class CancelOrder:
    """Cancel an order by its number, and the orders that wait for it."""

    number: int


@dataclass(frozen=True)
class ReplaceOrder:
    """Change an order in place; None keeps, `lots` is the whole quantity."""

    number: int
    lots: int | None = None
    stop_ticks: int | None = None
    limit_ticks: int | None = None
    trail_ticks: int | None = None


Command = Submit | CancelOrder | ReplaceOrder
Commands = Mapping[int, Sequence[Command]]


class Fill(NamedTuple):
    """One execution; `value` is positive and `lots` signed."""

    step: int
    number: int
    lots: int
    ticks: int
    value: int
    fee: int
    ambiguous: bool


@dataclass(frozen=True)
class Outcome:
    """The end of a run: (status, reason, filled lots) by number, fills, cash, (lots, cost, realised)."""

    orders: list[tuple[str, str, int]]
    fills: list[Fill]
    cash: int
    positions: dict[str, tuple[int, int, int]]


@dataclass(frozen=True)
class Bar:
    """One bar with what the rules ask of it; times in UTC nanoseconds, prices in ticks."""

    step: int
    row: int
    start: int
    end: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    has_volume: bool
    begins_session: bool
    ends_session: bool
    session_end: int

    @property
    def trades(self) -> bool:
        """Return whether anything can fill, trigger or trail on this bar."""
        return self.volume > 0 or not self.has_volume


def bars_of(series: BarSeries, steps: Mapping[int, int]) -> dict[int, Bar]:
    """Return a series' bars by step; `steps` gives the step of each timestamp."""
    starts = series.timestamps.tolist()
    length = series.timeframe.nanoseconds
    bars = {}
    for row, start in enumerate(starts):
        following = starts[row + 1] if row + 1 < len(starts) else start + length
        end = min(start + length, following)
        if length >= DAY:
            begins, ends, session_end = True, True, end
        else:
            day = start // DAY
            begins = row == 0 or starts[row - 1] // DAY != day
            ends = row + 1 == len(starts) or starts[row + 1] // DAY != day
            last = max(other for other in starts if other // DAY == day)
            later = [other for other in starts if other > last]
            session_end = min([last + length, *later[:1]])
        bars[steps[start]] = Bar(
            step=steps[start],
            row=row,
            start=start,
            end=end,
            open=int(series.opens[row]),
            high=int(series.highs[row]),
            low=int(series.lows[row]),
            close=int(series.closes[row]),
            volume=int(series.volumes[row]),
            has_volume=series.has_volume,
            begins_session=begins,
            ends_session=ends,
            session_end=session_end,
        )
    return bars


class WorkingOrder:
    """An order with everything that the rules remember about it."""

    def __init__(self, number: int, request: OrderRequest, eligible_from: int) -> None:
        self.number = number
        self.symbol = request.symbol
        self.side = request.side
        self.type = request.type
        self.time_in_force = request.time_in_force
        self.lots = request.lots
        self.stop = request.stop_ticks
        self.limit = request.limit_ticks
        self.trail = request.trail_ticks
        self.trail_ppm = request.trail_ppm
        self.expiry = request.expires_at
        self.reduce_only = request.reduce_only
        self.eligible_from = eligible_from
        self.status = OrderStatus.ACCEPTED
        self.reason = Reason.NONE
        self.filled = 0
        self.filled_value = 0
        self.triggered = False
        self.watermark: int | None = None
        self.group: list[WorkingOrder] = []
        self.parent: WorkingOrder | None = None
        self.children: list[WorkingOrder] = []
        # Of a child: the lots that its parent's fills have made active, and whether there were any.
        self.released = 0
        self.activated = True
        # Of a child, within one bar: how its first lots became active ("open", "range", "close"), at what
        # price, whether that was rising, and the lots that came too late for this bar.
        self.born = ""
        self.born_price = 0
        self.born_rising = False
        self.late = 0

    @property
    def buys(self) -> bool:
        return self.side is Side.BUY

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def at_once(self) -> bool:
        return self.time_in_force in {TimeInForce.IOC, TimeInForce.FOK}

    @property
    def trails(self) -> bool:
        return self.type is OrderType.TRAILING_STOP

    @property
    def working(self) -> int:
        """Return the lots that may fill now."""
        if self.parent is None:
            return self.lots - self.filled
        return max(0, min(self.lots, self.released - self.late) - self.filled)

    @property
    def mates(self) -> list["WorkingOrder"]:
        """Return the other open members of its OCO."""
        return [mate for mate in self.group if mate is not self and mate.is_open]

    def limit_price(self) -> int:
        """Return the limit of an order that has one."""
        assert self.limit is not None
        return self.limit

    def stop_price(self) -> int:
        """Return the stop; a trailing stop's is its watermark less (buy: plus) its distance, at least one."""
        if not self.trails:
            assert self.stop is not None
            return self.stop
        assert self.watermark is not None
        if self.trail is not None:
            stop = self.watermark + self.trail if self.buys else self.watermark - self.trail
        else:
            assert self.trail_ppm is not None
            million = 1_000_000
            if self.buys:
                stop = -(-self.watermark * (million + self.trail_ppm) // million)
            else:
                stop = self.watermark * (million - self.trail_ppm) // million
        return max(1, stop)

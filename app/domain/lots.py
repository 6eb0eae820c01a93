"""First-in, first-out lots, derived from what was posted, beside the ledger's average cost.

All values are minor units. Every unit of cost and proceeds that the ledger knows is in exactly one lot, so
both methods have realised the same whenever a position is flat. Source of the order in which lots are sold:
26 CFR 1.1012-1(c)(1).
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import merge
from operator import itemgetter

from app.domain.errors import InputError
from app.domain.events import CorporateAction, Split
from app.domain.fills import CashEntry, CashKind, Fill
from app.domain.intents import Side
from app.domain.money import checked, half_even


@dataclass(frozen=True, slots=True)
class OpenLot:
    """What is left of one opening fill: `value` is what was paid for it, or received when `side` is SELL."""

    symbol: str
    side: Side
    opened_at: int
    lots: int
    value: int


@dataclass(frozen=True, slots=True)
class ClosedLot:
    """A lot, or a part of one, that was closed; `lots` is 0 for the fraction of one that a split left over.

    `execution_id` is that of the fill that closed it, empty where a split or a delisting did.
    """

    symbol: str
    side: Side
    opened_at: int
    closed_at: int
    lots: int
    entry_value: int
    exit_value: int
    execution_id: str = ""

    @property
    def realised(self) -> int:
        """Return the profit before fees."""
        gain = self.exit_value - self.entry_value
        return gain if self.side is Side.BUY else -gain


@dataclass(frozen=True)
class FifoReport:
    """The lots still open, oldest first, by symbol, and those closed, in the order of their closing."""

    open: Mapping[str, tuple[OpenLot, ...]]
    closed: tuple[ClosedLot, ...]

    def realised(self, symbol: str) -> int:
        """Return what the closed lots of a symbol realised, before fees."""
        return sum(lot.realised for lot in self.closed if lot.symbol == symbol)

    def realised_by_fill(self) -> dict[str, int]:
        """Return what each fill that closed something realised, before fees, by its execution id."""
        found: dict[str, int] = defaultdict(int)
        for lot in self.closed:
            if lot.execution_id:
                found[lot.execution_id] += lot.realised
        return dict(found)


def fifo(
    fills: Iterable[Fill], actions: Iterable[CorporateAction] = (), cash: Iterable[CashEntry] = ()
) -> FifoReport:
    """Return the lots to which fills, splits and delistings lead; each argument is in the order of its time.

    A fill closes the oldest lots first; what it closes beyond flat opens a lot. Values are divided in
    proportion to lots, half to even, and the last part takes the rest. `actions` are those that acted on the
    account, splits before the fills at their ex-time; dividends concern no lot. `cash` tells what fractions
    left by splits and delisted holdings brought in; its other kinds do not count.
    Raises InputError for a fraction that no cash entry pays.
    """
    entries = tuple(cash)
    queues: dict[str, _Queue] = defaultdict(_Queue)
    fractions: dict[str, deque[CashEntry]] = defaultdict(deque)
    for entry in entries:
        if entry.kind is CashKind.SPLIT_CASH:
            fractions[entry.symbol].append(entry)
    closed: list[ClosedLot] = []
    for event in _in_time(fills, actions, entries):
        match event:
            case Fill(instrument=instrument):
                closed += queues[instrument.symbol].trade(event)
            case Split(symbol=symbol):
                closed += queues[symbol].split(event, fractions[symbol])
            case CashEntry(symbol=symbol):
                closed += queues[symbol].end(event)
    still_open = {symbol: tuple(queue.lots) for symbol, queue in queues.items() if queue.lots}
    return FifoReport(still_open, tuple(closed))


_Event = Fill | Split | CashEntry


def _in_time(
    fills: Iterable[Fill], actions: Iterable[CorporateAction], entries: Iterable[CashEntry]
) -> Iterator[_Event]:
    """Yield splits, fills and delistings by their time; of those at one time in this order."""
    splits = ((action.ex_time, action) for action in actions if isinstance(action, Split))
    trades = ((fill.time, fill) for fill in fills)
    ends = ((entry.time, entry) for entry in entries if entry.kind is CashKind.DELISTING)
    timed: Iterator[tuple[int, _Event]] = merge(splits, trades, ends, key=itemgetter(0))
    return (event for _, event in timed)


@dataclass(slots=True)
class _Queue:
    """The open lots of one symbol, oldest first, all of one side; `held` is how many they are together."""

    lots: deque[OpenLot] = field(default_factory=deque)
    held: int = 0

    def trade(self, fill: Fill) -> list[ClosedLot]:
        """Close lots of the other side, and open one with the rest, as the ledger divides a flip."""
        closing = min(self.held, fill.lots) if self.lots and self.lots[0].side is not fill.side else 0
        exit_value = half_even(fill.value * closing, fill.lots)
        closed = self._close(closing, exit_value, fill.time, fill.execution_id)
        if rest := fill.lots - closing:
            self.lots.append(
                OpenLot(fill.instrument.symbol, fill.side, fill.time, rest, fill.value - exit_value)
            )
            self.held = checked(self.held + rest)
        return closed

    def split(self, event: Split, fractions: deque[CashEntry]) -> list[ClosedLot]:
        """Turn old lots into new ones: what is no whole one joins the next older lot, and is sold at the end.

        So all lots together are floored, as the position is, and the oldest loses the fraction.
        """
        if not self.lots:
            return []
        oldest, kept = self.lots[0], deque[OpenLot]()
        units = value = 0
        for lot in reversed(self.lots):
            all_units, all_value = lot.lots * event.numerator + units, lot.value + value
            whole, units = divmod(all_units, event.denominator)
            value = half_even(all_value * units, all_units)
            if whole:
                kept.appendleft(replace(lot, lots=checked(whole), value=all_value - value))
        self.lots, self.held = kept, checked(sum(lot.lots for lot in kept))
        if not units:
            return []
        if not fractions:
            raise InputError(
                f"{event.symbol}: no cash entry pays for the fraction that a split left.",
                "Give all cash entries of the account.",
            )
        return [_fraction(oldest, value, fractions.popleft())]

    def end(self, entry: CashEntry) -> list[ClosedLot]:
        """Close everything for what a delisting paid."""
        if not self.lots:
            return []
        return self._close(self.held, _received(self.lots[0].side, entry), entry.time)

    def _close(self, lots: int, value: int, time: int, execution_id: str = "") -> list[ClosedLot]:
        closed = []
        self.held -= lots
        while lots:
            oldest = self.lots.popleft()
            part = min(lots, oldest.lots)
            entry_value = half_even(oldest.value * part, oldest.lots)
            exit_value = half_even(value * part, lots)
            if left := oldest.lots - part:
                self.lots.appendleft(replace(oldest, lots=left, value=oldest.value - entry_value))
            closed.append(
                ClosedLot(
                    oldest.symbol,
                    oldest.side,
                    oldest.opened_at,
                    time,
                    part,
                    entry_value,
                    exit_value,
                    execution_id,
                )
            )
            lots, value = lots - part, value - exit_value
        return closed


def _fraction(lot: OpenLot, value: int, entry: CashEntry) -> ClosedLot:
    received = _received(lot.side, entry)
    return ClosedLot(lot.symbol, lot.side, lot.opened_at, entry.time, 0, value, received)


def _received(side: Side, entry: CashEntry) -> int:
    """Return the value at which a movement of cash ended a holding: a short one pays it."""
    return entry.amount if side is Side.BUY else -entry.amount

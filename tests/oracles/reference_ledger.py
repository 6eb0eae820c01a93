"""A second oracle: the exact account in values instead of rows, with which the kernel's posting is compared.

All amounts are minor units of one currency. After every posting, to the unit:
cash + cost of positions - realised = deposits - withdrawals - fees + dividends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from app.domain.events import Dividend, Split
from app.domain.fills import CashEntry, CashKind, Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.money import checked, currency_exponent, half_even
from app.domain.positions import Position


def applied(lots: int, cost: int, change: int, value: int) -> tuple[int, int, int]:
    """Return (lots, cost, realised) of a position after `change` signed lots traded for `value` minor units.

    Adding adds cost; reducing takes half_even(cost * q / Q) and realises the proceeds less that; a change
    beyond flat is split at zero, its value in proportion.
    """
    paid = value if change > 0 else -value
    if lots == 0 or (lots > 0) == (change > 0):
        return lots + change, cost + paid, 0
    if abs(change) <= abs(lots):
        released = half_even(cost * abs(change), abs(lots))
        return lots + change, cost - released, -paid - released
    closing = half_even(paid * abs(lots), abs(change))
    return lots + change, paid - closing, -closing - cost


@dataclass(frozen=True, slots=True)
class _Cycle:
    """What the open trade of one symbol has done so far. Raises OutOfRange beyond 64 bits."""

    side: Side
    opened: int
    entered_lots: int = 0
    entry_value: int = 0
    exit_value: int = 0
    realised: int = 0
    fees: int = 0

    def __post_init__(self) -> None:
        for amount in (self.entered_lots, self.entry_value, self.exit_value, self.realised, self.fees):
            checked(amount)


@dataclass(slots=True)
class Ledger:
    """One account in one currency; `post` and its sisters are the only ways to change it.

    Each of them raises OutOfRange where a figure does not fit 64 bits, and has then changed nothing.
    """

    currency: str
    cash: int = 0
    positions: dict[str, Position] = field(default_factory=dict)
    entries: list[CashEntry] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    _cycles: dict[str, _Cycle] = field(default_factory=dict)
    _posted: dict[str, Fill] = field(default_factory=dict)

    def position(self, instrument: Instrument) -> Position:
        """Return the position in an instrument, empty if it was never held."""
        return self.positions.get(instrument.symbol) or Position(instrument)

    def deposit(self, amount: int, time: int) -> None:
        """Add outside money."""
        self._pay(self._entries(time, [(CashKind.DEPOSIT, amount)]))

    def withdraw(self, amount: int, time: int) -> None:
        """Take money out."""
        self._pay(self._entries(time, [(CashKind.WITHDRAWAL, -amount)]))

    def post(self, fill: Fill) -> Fill:
        """Post a fill and return it with its realised profit; posting it again only returns the same."""
        if fill.execution_id in self._posted:
            return self._posted[fill.execution_id]
        before = self.position(fill.instrument)
        lots, cost, realised = applied(before.lots, before.cost, fill.signed_lots, fill.value)
        flipped = before.lots * lots < 0
        after = replace(
            before,
            lots=checked(lots),
            cost=checked(cost),
            realised=checked(before.realised + realised),
            fees=checked(before.fees + fill.fee),
            opened_at=before.opened_at if before.lots and not flipped else fill.time,
            closed_at=None if lots else fill.time,
        )
        movements = [(CashKind.TRADE, -fill.value if fill.side is Side.BUY else fill.value)]
        if fill.fee:
            movements.append((CashKind.FEE, -fill.fee))
        entries = self._entries(fill.time, movements, fill.instrument.symbol, fill.execution_id)
        trade, cycle = self._followed(fill, before.lots, realised)
        posted = self._posted[fill.execution_id] = replace(fill, realised=realised)
        self._settle(after, entries, trade, cycle)
        return posted

    def split(self, event: Split, last: Fraction, time: int) -> None:
        """Turn old shares into new ones; a fraction left over is sold at the last close's post-split price.

        `last` is that close in ticks of the old share. Shares are floored toward zero and the fraction's part
        of the cost leaves with it.
        """
        position = self.positions.get(event.symbol)
        if position is None or not position.lots:
            return
        sign = 1 if position.lots > 0 else -1
        scaled = abs(position.lots) * event.numerator
        whole, left = divmod(scaled, event.denominator)
        price, unit = position.instrument.unit_value
        proceeds = sign * half_even(last.numerator * left * price, last.denominator * event.numerator * unit)
        released = half_even(position.cost * left, scaled)
        realised = proceeds - released
        after = replace(
            position,
            lots=checked(sign * whole),
            cost=checked(position.cost - released),
            realised=checked(position.realised + realised),
            closed_at=None if whole else time,
        )
        entries = self._entries(time, [(CashKind.SPLIT_CASH, proceeds)] if left else [], event.symbol)
        cycle = self._cycles[event.symbol]
        entered = cycle.entered_lots * event.numerator // event.denominator if whole else cycle.entered_lots
        cycle = replace(
            cycle,
            entered_lots=entered,
            exit_value=cycle.exit_value + abs(proceeds),
            realised=cycle.realised + realised,
        )
        if whole:
            self._settle(after, entries, None, cycle)
        else:
            self._settle(after, entries, self._closed(cycle, position.instrument, time), None)

    def dividend(self, event: Dividend, entitled_lots: int, time: int) -> None:
        """Pay a dividend on the lots held at the open of its ex-date; short positions pay it."""
        position = self.positions.get(event.symbol)
        if position is None or not entitled_lots:
            return
        per_share, of = event.amount.as_integer_ratio()
        lot, lots_in = position.instrument.lot.as_integer_ratio()
        scale = 10 ** currency_exponent(self.currency)
        amount = checked(half_even(per_share * entitled_lots * lot * scale, of * lots_in))
        after = replace(position, dividends=checked(position.dividends + amount))
        self._pay(self._entries(time, [(CashKind.DIVIDEND, amount)], event.symbol))
        self.positions[event.symbol] = after

    def held(self) -> Iterator[Position]:
        """Yield the positions that are not flat."""
        return (position for position in self.positions.values() if position.lots)

    def _entries(
        self, time: int, movements: Sequence[tuple[CashKind, int]], symbol: str = "", reference: str = ""
    ) -> list[CashEntry]:
        """Return the next entries. Raises OutOfRange where the cash after one does not fit 64 bits."""
        cash, entries = self.cash, []
        for sequence, (kind, amount) in enumerate(movements, len(self.entries) + 1):
            cash = checked(cash + amount)
            entries.append(CashEntry(sequence, kind, amount, time, symbol, reference))
        return entries

    def _pay(self, entries: Sequence[CashEntry]) -> None:
        self.cash += sum(entry.amount for entry in entries)
        self.entries.extend(entries)

    def _settle(
        self, position: Position, entries: Sequence[CashEntry], trade: Trade | None, cycle: _Cycle | None
    ) -> None:
        """Make what has been worked out and checked the account's state; nothing here can fail."""
        symbol = position.instrument.symbol
        self.positions[symbol] = position
        self._pay(entries)
        if trade:
            self.trades.append(trade)
        if cycle:
            self._cycles[symbol] = cycle
        else:
            self._cycles.pop(symbol, None)

    def _followed(self, fill: Fill, before: int, realised: int) -> tuple[Trade | None, _Cycle | None]:
        """Return the trade that the fill closes by going flat or flipping, and the cycle then open."""
        entering = before == 0 or (before > 0) == (fill.signed_lots > 0)
        closing = 0 if entering else min(abs(before), fill.lots)
        exit_value = half_even(fill.value * closing, fill.lots)
        exit_fee = half_even(fill.fee * closing, fill.lots)
        trade, cycle = None, self._cycles.get(fill.instrument.symbol)
        if closing and cycle:
            cycle = replace(
                cycle,
                exit_value=cycle.exit_value + exit_value,
                realised=cycle.realised + realised,
                fees=cycle.fees + exit_fee,
            )
            if closing == abs(before):
                trade, cycle = self._closed(cycle, fill.instrument, fill.time), None
        if fill.lots > closing:
            cycle = cycle or _Cycle(fill.side, fill.time)
            cycle = replace(
                cycle,
                entered_lots=cycle.entered_lots + fill.lots - closing,
                entry_value=cycle.entry_value + fill.value - exit_value,
                fees=cycle.fees + fill.fee - exit_fee,
            )
        return trade, cycle

    def _closed(self, cycle: _Cycle, instrument: Instrument, time: int) -> Trade:
        return Trade(
            sequence=len(self.trades) + 1,
            instrument=instrument,
            side=cycle.side,
            lots=cycle.entered_lots,
            entry_time=cycle.opened,
            exit_time=time,
            entry_value=cycle.entry_value,
            exit_value=cycle.exit_value,
            realised=cycle.realised,
            fees=cycle.fees,
        )

"""The exact account: cash, positions at total cost, and every movement that led to them.

All amounts are minor units of one currency. After every posting, to the unit:
cash + cost of positions - realised = deposits - withdrawals - fees + dividends.
"""

from collections.abc import Iterator
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


@dataclass(slots=True)
class _Cycle:
    """What the open trade of one symbol has done so far."""

    side: Side
    opened: int
    entered_lots: int = 0
    entry_value: int = 0
    exit_value: int = 0
    realised: int = 0
    fees: int = 0


@dataclass(slots=True)
class Ledger:
    """One account in one currency; `post` and its sisters are the only ways to change it."""

    currency: str
    cash: int = 0
    positions: dict[str, Position] = field(default_factory=dict)
    entries: list[CashEntry] = field(default_factory=list)
    trades: list[Trade] = field(default_factory=list)
    _cycles: dict[str, _Cycle] = field(default_factory=dict)
    _posted: set[str] = field(default_factory=set)

    def position(self, instrument: Instrument) -> Position:
        """Return the position in an instrument, empty if it was never held."""
        return self.positions.get(instrument.symbol) or Position(instrument)

    def deposit(self, amount: int, time: int) -> None:
        """Add outside money."""
        self._move(CashKind.DEPOSIT, amount, time)

    def withdraw(self, amount: int, time: int) -> None:
        """Take money out."""
        self._move(CashKind.WITHDRAWAL, -amount, time)

    def post(self, fill: Fill) -> Fill:
        """Post a fill once and return it with its realised profit; posting it again changes nothing."""
        if fill.execution_id in self._posted:
            return fill
        self._posted.add(fill.execution_id)
        before = self.position(fill.instrument)
        lots, cost, realised = applied(before.lots, before.cost, fill.signed_lots, fill.value)
        flipped = before.lots * lots < 0
        opened = before.opened_at if before.lots and not flipped else fill.time
        self.positions[fill.instrument.symbol] = replace(
            before,
            lots=checked(lots),
            cost=checked(cost),
            realised=before.realised + realised,
            fees=before.fees + fill.fee,
            opened_at=opened,
            closed_at=None if lots else fill.time,
        )
        proceeds = -fill.value if fill.side is Side.BUY else fill.value
        symbol = fill.instrument.symbol
        self._move(CashKind.TRADE, proceeds, fill.time, symbol, fill.execution_id)
        if fill.fee:
            self._move(CashKind.FEE, -fill.fee, fill.time, symbol, fill.execution_id)
        self._follow(fill, before.lots, realised)
        return replace(fill, realised=realised)

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
        self.positions[event.symbol] = replace(
            position,
            lots=checked(sign * whole),
            cost=position.cost - released,
            realised=position.realised + realised,
            closed_at=None if whole else time,
        )
        if left:
            self._move(CashKind.SPLIT_CASH, proceeds, time, event.symbol)
        cycle = self._cycles[event.symbol]
        cycle.realised += realised
        cycle.exit_value += abs(proceeds)
        if whole:
            cycle.entered_lots = cycle.entered_lots * event.numerator // event.denominator
        else:
            self._close_cycle(position.instrument, time)

    def dividend(self, event: Dividend, entitled_lots: int, time: int) -> None:
        """Pay a dividend on the lots held at the open of its ex-date; short positions pay it."""
        position = self.positions.get(event.symbol)
        if position is None or not entitled_lots:
            return
        per_share, of = event.amount.as_integer_ratio()
        lot, lots_in = position.instrument.lot.as_integer_ratio()
        scale = 10 ** currency_exponent(self.currency)
        amount = checked(half_even(per_share * entitled_lots * lot * scale, of * lots_in))
        self.positions[event.symbol] = replace(position, dividends=position.dividends + amount)
        self._move(CashKind.DIVIDEND, amount, time, event.symbol)

    def held(self) -> Iterator[Position]:
        """Yield the positions that are not flat."""
        return (position for position in self.positions.values() if position.lots)

    def _move(self, kind: CashKind, amount: int, time: int, symbol: str = "", reference: str = "") -> None:
        self.cash = checked(self.cash + amount)
        self.entries.append(CashEntry(len(self.entries) + 1, kind, amount, time, symbol, reference))

    def _follow(self, fill: Fill, before: int, realised: int) -> None:
        """Keep the open trade of the fill's symbol, and close it where the position goes flat or flips."""
        symbol = fill.instrument.symbol
        entering = before == 0 or (before > 0) == (fill.signed_lots > 0)
        closing = 0 if entering else min(abs(before), fill.lots)
        exit_value = half_even(fill.value * closing, fill.lots)
        exit_fee = half_even(fill.fee * closing, fill.lots)
        if closing:
            cycle = self._cycles[symbol]
            cycle.exit_value += exit_value
            cycle.fees += exit_fee
            cycle.realised += realised
            if closing == abs(before):
                self._close_cycle(fill.instrument, fill.time)
        if fill.lots > closing:
            cycle = self._cycles.setdefault(symbol, _Cycle(fill.side, fill.time))
            cycle.entered_lots += fill.lots - closing
            cycle.entry_value += fill.value - exit_value
            cycle.fees += fill.fee - exit_fee

    def _close_cycle(self, instrument: Instrument, time: int) -> None:
        cycle = self._cycles.pop(instrument.symbol)
        self.trades.append(
            Trade(
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
        )

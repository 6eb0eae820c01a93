"""The account of the reference venue: cash, positions, splits, dividends and the maintenance margin."""

from collections.abc import Iterable
from fractions import Fraction

from app.domain.events import Dividend, Split
from app.domain.instruments import Instrument
from app.domain.money import currency_exponent
from app.engine.fees import BpsOfNotional
from app.engine.venue import Account, AccountKind, VenueModel


def half_even(number: Fraction | int) -> int:
    """Return the nearest whole number, an even one at equal distance (what `round` does to a Fraction)."""
    return round(Fraction(number), None)


def minor_value(instrument: Instrument, ticks: Fraction | int, lots: Fraction | int) -> Fraction:
    """Return price times quantity in minor units, not rounded."""
    one = Fraction(instrument.tick) * Fraction(instrument.lot) * Fraction(instrument.multiplier)
    return one * Fraction(10) ** currency_exponent(instrument.currency) * ticks * lots


class Position:
    """Signed lots, their total cost, and the profit realised so far."""

    def __init__(self) -> None:
        self.lots = 0
        self.cost = 0
        self.realised = 0

    def reduce(self, lots: int, proceeds: int) -> None:
        """Take unsigned lots away for what they brought (negative: what buying them back cost)."""
        released = half_even(Fraction(self.cost * lots, abs(self.lots)))
        self.lots -= lots if self.lots > 0 else -lots
        self.cost -= released
        self.realised += proceeds - released

    def change(self, lots: int, value: int) -> None:
        """Buy (sell) signed lots worth an unsigned value; a change beyond flat is split at zero."""
        sign = 1 if lots > 0 else -1
        closing = min(abs(lots), abs(self.lots)) if self.lots * lots < 0 else 0
        closing_value = half_even(Fraction(value * closing, abs(lots)))
        if closing:
            self.reduce(closing, -sign * closing_value)
        if abs(lots) > closing:
            self.lots += sign * (abs(lots) - closing)
            self.cost += sign * (value - closing_value)


class ReferenceAccount:
    """Cash and positions in minor units, and what the kind of account allows."""

    def __init__(self, instruments: dict[str, Instrument], venue: VenueModel, capital: int) -> None:
        self.instruments = instruments
        self.rules: Account = venue.account
        if not isinstance(venue.commission, BpsOfNotional):
            raise TypeError("The reference venue charges basis points of the value and nothing else.")
        self.bps = Fraction(venue.commission.bps)
        self.cash = capital
        self.positions = {symbol: Position() for symbol in instruments}
        # The last close in ticks; a split divides it until the next close.
        self.marks: dict[str, Fraction] = {}
        self.entitled: list[tuple[int, int]] = []

    def value(self, symbol: str, ticks: int, lots: int) -> int:
        """Return a fill's value, rounded once."""
        return half_even(minor_value(self.instruments[symbol], ticks, lots))

    def fee(self, value: int, before: int) -> int:
        """Return the commission on a fill: what its order owes after it less what it owed before.

        What an order owes is a share of all that it has filled, rounded once.
        """
        return half_even((before + value) * self.bps / 10_000) - half_even(before * self.bps / 10_000)

    def post(self, symbol: str, lots: int, value: int, fee: int) -> None:
        """Book a fill of signed lots."""
        self.cash -= (value if lots > 0 else -value) + fee
        self.positions[symbol].change(lots, value)

    def pays_for(self, symbol: str, ticks: int, lots: int, before: int) -> bool:
        """Return whether a cash account has the money for a purchase and its fee; others may owe it."""
        if self.rules.kind is not AccountKind.CASH:
            return True
        value = self.value(symbol, ticks, lots)
        return value + self.fee(value, before) <= self.cash

    def may_sell(self, symbol: str, lots: int) -> int:
        """Return how many of the lots may be sold: in a cash account those held."""
        if self.rules.kind is not AccountKind.CASH:
            return lots
        return min(lots, max(0, self.positions[symbol].lots))

    def reducible(self, symbol: str, buys: bool) -> int:
        """Return how many lots on that side bring the position to zero."""
        held = self.positions[symbol].lots
        return max(0, -held if buys else held)

    def split(self, action: Split) -> None:
        """Multiply and floor the shares; pay the fraction at the previous close divided by the ratio."""
        symbol, ratio = action.symbol, action.ratio
        self.marks[symbol] /= ratio
        position = self.positions[symbol]
        if not position.lots:
            return
        sign = 1 if position.lots > 0 else -1
        exact = abs(position.lots) * ratio
        whole = exact.numerator // exact.denominator
        fraction = exact - whole
        position.lots = sign * whole
        if fraction:
            paid = sign * half_even(minor_value(self.instruments[symbol], self.marks[symbol], fraction))
            part = half_even(position.cost * fraction / exact)
            position.cost -= part
            position.realised += paid - part
            self.cash += paid

    def entitle(self, action: Dividend) -> None:
        """Remember what a dividend will pay for the lots held; who is short pays it."""
        instrument = self.instruments[action.symbol]
        shares = self.positions[action.symbol].lots * Fraction(instrument.lot)
        amount = half_even(shares * Fraction(action.amount) * 10 ** currency_exponent(instrument.currency))
        self.entitled.append((action.pay_time, amount))

    def pay_dividends(self, now: int) -> None:
        """Pay the dividends whose pay-date has come."""
        self.cash += sum(amount for pay_time, amount in self.entitled if pay_time <= now)
        self.entitled = [(pay_time, amount) for pay_time, amount in self.entitled if pay_time > now]

    def marked(self, symbol: str) -> int:
        """Return a position's signed value at its mark."""
        lots = self.positions[symbol].lots
        if not lots:
            return 0
        return half_even(minor_value(self.instruments[symbol], self.marks[symbol], lots))

    def equity(self) -> int:
        """Return cash and positions at their marks."""
        return self.cash + sum(self.marked(symbol) for symbol in self.positions)

    def covers(self, symbols: Iterable[str]) -> bool:
        """Return whether equity covers the maintenance margin of these positions."""
        return self.equity() >= self.maintenance() * sum(abs(self.marked(symbol)) for symbol in symbols)

    def maintenance(self) -> Fraction:
        """Return the maintenance margin as a share of value; a cash account owes nothing."""
        match self.rules.kind:
            case AccountKind.CASH:
                return Fraction(0)
            case AccountKind.REG_T:
                return Fraction(1, 4)
            case AccountKind.LEVERAGE:
                return 1 / Fraction(self.rules.leverage) / 2

    def breached(self) -> bool:
        """Return whether equity is below the maintenance margin of all that is held."""
        return not self.covers(self.positions)

    def to_liquidate(self, leaving: set[str]) -> list[str]:
        """Return the symbols to close, the largest value first, until equity covers what stays.

        What is `leaving` already does not stay.
        """
        order = list(self.positions)
        held = [symbol for symbol in order if self.positions[symbol].lots and symbol not in leaving]
        stays = sorted(held, key=lambda symbol: (-abs(self.marked(symbol)), order.index(symbol)))
        closing = []
        while stays and not self.covers(stays):
            closing.append(stays.pop(0))
        return closing

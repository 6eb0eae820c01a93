"""What happened to the account: executions, movements of cash and closed trades."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntFlag, StrEnum

from app.domain.instruments import Instrument
from app.domain.intents import Side


class ExecutionFlag(IntFlag):
    """Why an execution deserves a second look."""

    NONE = 0
    AMBIGUOUS = 1
    LATE = 2
    EXTERNAL = 4


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution: `ticks` is the price, `value` price times quantity and `fee` the charge, in minor units.

    `realised` is the profit that the fill took home, before fees; it is zero until the ledger has posted it.
    `flags` is a sum of ExecutionFlag.
    """

    execution_id: str
    client_id: str
    sequence: int
    instrument: Instrument
    side: Side
    lots: int
    ticks: int
    value: int
    fee: int
    time: int
    realised: int = 0
    flags: int = 0

    @property
    def signed_lots(self) -> int:
        """Return the lots with the sign of their effect on the position."""
        return self.lots if self.side is Side.BUY else -self.lots

    @property
    def price(self) -> Decimal:
        """Return the execution price."""
        return self.instrument.price(self.ticks)

    @property
    def quantity(self) -> Decimal:
        """Return the executed quantity."""
        return self.instrument.quantity(self.lots)


class CashKind(StrEnum):
    """Why cash moved."""

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRADE = "trade"
    FEE = "fee"
    DIVIDEND = "dividend"
    SPLIT_CASH = "split_cash"
    INTEREST = "interest"
    BORROW = "borrow"
    DELISTING = "delisting"
    FX = "fx"


@dataclass(frozen=True, slots=True)
class CashEntry:
    """One movement of cash: `amount` in minor units of the account's currency, positive when it came in."""

    sequence: int
    kind: CashKind
    amount: int
    time: int
    symbol: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Trade:
    """A closed cycle, from flat to flat.

    `lots` is the total entered, in shares of the exit day when a split lay between; a split that leaves less
    than one lot ends the trade, in the shares before it. `entry_value`, `exit_value`, `realised` (before
    fees) and `fees` are minor units.
    """

    sequence: int
    instrument: Instrument
    side: Side
    lots: int
    entry_time: int
    exit_time: int
    entry_value: int
    exit_value: int
    realised: int
    fees: int

    @property
    def profit(self) -> int:
        """Return what the trade earned after fees, in minor units."""
        return self.realised - self.fees

    @property
    def return_ratio(self) -> float:
        """Return profit after fees per unit of money entered (0.05 is five percent)."""
        return self.profit / self.entry_value if self.entry_value else 0.0

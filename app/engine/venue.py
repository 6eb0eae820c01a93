"""How a venue is simulated: what it fills, at what price, what it charges and what it lends."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from app.domain.errors import ConfigurationError
from app.domain.money import bounded
from app.engine.fees import FeeModel


class LimitFill(StrEnum):
    """How far the market must come for a resting limit order to be filled."""

    THROUGH = "through"
    TOUCH = "touch"


class Intrabar(StrEnum):
    """Which of several exits is taken to come first when one bar reaches them all."""

    WORST = "worst"
    NEARER_FIRST = "nearer_first"
    OHLC = "ohlc"
    FINER_BARS = "finer_bars"
    BEST = "best"


class SlippageModel(StrEnum):
    """How the price of a marketable order moves against it."""

    NONE = "none"
    FIXED_BPS = "fixed_bps"
    FIXED_TICKS = "fixed_ticks"
    VOLUME_SHARE = "volume_share"
    SQUARE_ROOT = "square_root"


class AccountKind(StrEnum):
    """What the account may owe."""

    CASH = "cash"
    REG_T = "reg_t"
    LEVERAGE = "leverage"


@dataclass(frozen=True)
class Slippage:
    """A slippage model and its size: basis points, ticks, the k of `volume_share` or the Y of `square_root`.

    Raises ConfigurationError for a size below zero.
    """

    model: SlippageModel = SlippageModel.NONE
    size: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if bounded(self.size) < 0:
            raise ConfigurationError(f"A slippage of {self.size} is negative.", "Make it zero or more.")


@dataclass(frozen=True)
class Account:
    """What the account may owe; `leverage` counts for the kind of that name, rates are per year (0.05: 5 %).

    `borrow_rate` is paid on the value of short positions, `debit_rate` on negative cash, and `credit_rate`
    is received on positive cash; days are counted over 360.
    Sources of the margins: Regulation T of the Federal Reserve (12 CFR 220.12) and FINRA Rule 4210.
    """

    kind: AccountKind = AccountKind.CASH
    leverage: Decimal = Decimal(2)
    borrow_rate: Decimal = Decimal(0)
    debit_rate: Decimal = Decimal(0)
    credit_rate: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if bounded(self.leverage) < 1:
            raise ConfigurationError(f"A leverage of {self.leverage} is below one.", "Make it one or more.")
        for name in ("borrow_rate", "debit_rate", "credit_rate"):
            if bounded(getattr(self, name)) < 0:
                raise ConfigurationError(
                    f"{name} is {getattr(self, name)}.", "Make it zero or more: 0.05 is 5 % a year."
                )

    @property
    def initial_margin(self) -> tuple[int, int]:
        """Return the share of a position's value that must be equity when it is opened; 1 / 1 for cash."""
        match self.kind:
            case AccountKind.CASH:
                return 1, 1
            case AccountKind.REG_T:
                return 1, 2
            case AccountKind.LEVERAGE:
                whole, part = self.leverage.as_integer_ratio()
                return part, whole

    @property
    def maintenance_margin(self) -> tuple[int, int]:
        """Return the share of a position's value below which equity must not fall: half the initial one."""
        part, whole = self.initial_margin
        return part, 2 * whole


@dataclass(frozen=True)
class VenueModel:
    """How a broker's venue is simulated; `max_volume_share` is None where volume is no bound.

    Raises ConfigurationError for a volume share that is not above 0 and at most 1.
    """

    commission: FeeModel
    limit_fill: LimitFill = LimitFill.THROUGH
    intrabar: Intrabar = Intrabar.WORST
    max_volume_share: Decimal | None = None
    slippage: Slippage = field(default_factory=Slippage)
    account: Account = field(default_factory=Account)

    def __post_init__(self) -> None:
        share = self.max_volume_share
        if share is not None and not 0 < bounded(share) <= 1:
            raise ConfigurationError(
                f"max_volume_share is {share}.", "Make it above 0 and at most 1: 0.1 is a tenth."
            )

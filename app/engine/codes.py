"""What the kernel's numbers are called outside of it: each code is an index into one of these."""

from app.domain.fills import CashKind
from app.domain.intents import OrderType, TimeInForce
from app.domain.orders import OrderStatus, Reason
from app.engine.venue import AccountKind, Intrabar, SlippageModel

KINDS = (
    OrderType.MARKET,
    OrderType.LIMIT,
    OrderType.STOP,
    OrderType.STOP_LIMIT,
    OrderType.TRAILING_STOP,
    OrderType.MARKET_ON_OPEN,
    OrderType.MARKET_ON_CLOSE,
    OrderType.LIMIT_IF_TOUCHED,
)
FORCES = (TimeInForce.GTC, TimeInForce.DAY, TimeInForce.GTD, TimeInForce.IOC, TimeInForce.FOK)
STATUSES = (
    OrderStatus.NEW,
    OrderStatus.DENIED,
    OrderStatus.SUBMITTED,
    OrderStatus.ACCEPTED,
    OrderStatus.TRIGGERED,
    OrderStatus.PARTIALLY_FILLED,
    OrderStatus.FILLED,
    OrderStatus.CANCELED,
    OrderStatus.EXPIRED,
    OrderStatus.REJECTED,
)
_BY_VENUE = (
    Reason.NONE,
    Reason.INSUFFICIENT_CASH,
    Reason.SHORT_SALE_NOT_ALLOWED,
    Reason.GROUP_DONE,
    Reason.PARENT_CLOSED,
    Reason.POSITION_CLOSED,
    Reason.TIME_IN_FORCE,
    Reason.MARGIN_CALL,
    Reason.QUANTITY_BELOW_ONE_LOT,
    Reason.DELISTED,
    Reason.INSUFFICIENT_MARGIN,
    Reason.STOP_PRICE_NOT_POSITIVE,
    Reason.LIMIT_PRICE_NOT_POSITIVE,
)
REASONS = (*_BY_VENUE, *(reason for reason in Reason if reason not in _BY_VENUE))
"""The reasons that the kernel gives by itself come first, in the order of its codes."""

MOVEMENTS = (
    CashKind.DEPOSIT,
    CashKind.WITHDRAWAL,
    CashKind.TRADE,
    CashKind.FEE,
    CashKind.DIVIDEND,
    CashKind.SPLIT_CASH,
    CashKind.INTEREST,
    CashKind.BORROW,
    CashKind.DELISTING,
    CashKind.FX,
)
POLICIES = (Intrabar.WORST, Intrabar.NEARER_FIRST, Intrabar.OHLC, Intrabar.FINER_BARS, Intrabar.BEST)
SLIPPAGES = (
    SlippageModel.NONE,
    SlippageModel.FIXED_BPS,
    SlippageModel.FIXED_TICKS,
    SlippageModel.VOLUME_SHARE,
    SlippageModel.SQUARE_ROOT,
)
ACCOUNTS = (AccountKind.CASH, AccountKind.REG_T, AccountKind.LEVERAGE)

KIND_CODES = {kind: code for code, kind in enumerate(KINDS)}
FORCE_CODES = {force: code for code, force in enumerate(FORCES)}
REASON_CODES = {reason: code for code, reason in enumerate(REASONS)}

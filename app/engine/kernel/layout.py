"""The columns of the kernel's tables, and the codes that stand in them.

`ticks` are prices, `lots` quantities, both signed where said; money is in minor units; times are UTC
nanoseconds. No row is ever removed: an order's row number is its sequence less one.
"""

# One order. READY is how many lots its parent has let go, without a bound (ALL) where it has none or none
# that still works; WAITING is what joins them after the bar, BORN the fill that made the order active, -1
# before. VIEW, FROM and VIEW_STEP say what a child sees of the bar in which it was activated; DONE_STEP and
# CHOSEN_STEP what has been settled about it in a step's range.
(
    O_SYMBOL,
    O_SIDE,
    O_KIND,
    O_LOTS,
    O_LIMIT,
    O_STOP,
    O_TRAIL,
    O_TRAIL_PPM,
    O_FORCE,
    O_EXPIRES,
    O_PARENT,
    O_GROUP,
    O_REDUCE_ONLY,
    O_ELIGIBLE,
    O_STATUS,
    O_REASON,
    O_TRIGGERED,
    O_READY,
    O_FILLED,
    O_VALUE,
    O_NOTIONAL,
    O_FEE,
    O_MONTH_LOTS,
    O_WATERMARK,
    O_VIEW,
    O_FROM,
    O_VIEW_STEP,
    O_DONE_STEP,
    O_MADE,
    O_UPDATED,
    O_STEP,
    O_INDEX,
    O_CHILDREN,
    O_WAITING,
    O_CHOSEN_STEP,
    O_BORN,
    O_TAG,
) = range(37)
ORDER_COLUMNS = 37

(
    MARKET,
    LIMIT,
    STOP,
    STOP_LIMIT,
    TRAILING_STOP,
    MARKET_ON_OPEN,
    MARKET_ON_CLOSE,
    LIMIT_IF_TOUCHED,
) = range(8)

GTC, DAY, GTD, IOC, FOK = range(5)

(
    NEW,
    DENIED,
    SUBMITTED,
    ACCEPTED,
    TRIGGERED,
    PARTIALLY_FILLED,
    FILLED,
    CANCELED,
    EXPIRED,
    REJECTED,
) = range(10)

# Why an order ended; `app.engine.codes` maps them to `Reason`.
(
    NO_REASON,
    INSUFFICIENT_CASH,
    SHORT_SALE_NOT_ALLOWED,
    GROUP_DONE,
    PARENT_CLOSED,
    POSITION_CLOSED,
    TIME_IN_FORCE,
    MARGIN_CALL,
    QUANTITY_BELOW_ONE_LOT,
    DELISTED,
    INSUFFICIENT_MARGIN,
    STOP_PRICE_NOT_POSITIVE,
    LIMIT_PRICE_NOT_POSITIVE,
) = range(13)

# What an order sees of the present bar: all of it, only what falls or rises from a price on, or nothing yet.
SEES_ALL, SEES_FALL, SEES_RISE, SEES_NOTHING = range(4)

# The present bar of one symbol; OPEN is 0 where it has none. CLOSES is when its session ends, NEXT_CLOSES
# when the next bar's does (0 where there is none). OFFER is how many lots it still offers to our orders;
# SIGMA (parts per billion) and DAY_LOTS are the daily volatility and volume known before it; FINER and
# FINER_END are rows of the finer bars.
(
    B_TRADES,
    B_OPEN,
    B_HIGH,
    B_LOW,
    B_CLOSE,
    B_LOTS,
    B_OFFER,
    B_STARTS,
    B_ENDS,
    B_SIGMA,
    B_DAY_LOTS,
    B_FINER,
    B_FINER_END,
    B_CLOSES,
    B_NEXT_CLOSES,
) = range(15)
BAR_COLUMNS = 15

# One position, and the trade that is open in it (C_...: the cycle from flat to flat).
(
    P_LOTS,
    P_COST,
    P_REALISED,
    P_FEES,
    P_DIVIDENDS,
    P_OPENED,
    P_CLOSED,
    P_MARK,
    C_SIDE,
    C_OPENED,
    C_LOTS,
    C_ENTRY,
    C_EXIT,
    C_REALISED,
    C_FEES,
) = range(15)
POSITION_COLUMNS = 15

# The account. LIMIT is the largest product that the integers of this build may hold.
A_CASH, A_FAULT, A_LIMIT, A_MONTH, A_MONTH_LOTS, A_AMBIGUOUS, A_DAY, A_GROUPS = range(8)
ACCOUNT_COLUMNS = 8

NO_FAULT, TOO_LARGE, TOO_FINE = range(3)
LARGEST = 2**63 - 1
ALL = 2**62
UNBOUNDED_OFFER = 2**62
NEVER = -LARGEST

# One finer bar.
Y_HIGH, Y_LOW, Y_TRADES = range(3)
FINER_COLUMNS = 3

# How many rows of each table are in use.
N_ORDERS, N_WORKING, N_FILLS, N_CASH, N_TRADES, N_HOLDINGS = range(6)
COUNT_COLUMNS = 6

# What is constant of one symbol: a tick times a lot is UNIT_VALUE / UNIT_OF minor units, a tick TICK /
# TICK_OF of the currency.
T_UNIT_VALUE, T_UNIT_OF, T_TICK, T_TICK_OF, T_HAS_VOLUME = range(5)

# What is constant of the venue. A share of volume of 0 / 1 is no bound.
(
    V_TOUCH,
    V_INTRABAR,
    V_SHARE,
    V_SHARE_OF,
    V_SLIPPAGE,
    V_SLIP,
    V_SLIP_OF,
    V_ACCOUNT,
    V_INITIAL,
    V_INITIAL_OF,
    V_MAINTENANCE,
    V_MAINTENANCE_OF,
    V_BORROW,
    V_DEBIT,
    V_CREDIT,
    V_RATE_OF,
) = range(16)
VENUE_COLUMNS = 16

WORST, NEARER_FIRST, OHLC, FINER_BARS, BEST = range(5)
NO_SLIPPAGE, FIXED_BPS, FIXED_TICKS, VOLUME_SHARE, SQUARE_ROOT = range(5)
CASH_ACCOUNT, REG_T, LEVERAGE = range(3)

# One fill, one movement of cash, one closed trade, one change of a holding.
F_ORDER, F_LOTS, F_TICKS, F_VALUE, F_FEE, F_TIME, F_REALISED, F_FLAGS, F_STEP = range(9)
FILL_COLUMNS = 9
AMBIGUOUS = 1

M_KIND, M_AMOUNT, M_TIME, M_SYMBOL, M_FILL, M_STEP = range(6)
CASH_COLUMNS = 6
DEPOSIT, WITHDRAWAL, TRADE, FEE, DIVIDEND, SPLIT_CASH, INTEREST, BORROW, DELISTING, FX = range(10)

X_SYMBOL, X_SIDE, X_LOTS, X_ENTRY_TIME, X_EXIT_TIME, X_ENTRY, X_EXIT, X_REALISED, X_FEES, X_STEP = range(10)
TRADE_COLUMNS = 10

H_STEP, H_SYMBOL, H_LOTS = range(3)
HOLDING_COLUMNS = 3

# The desk: every table of one account, as a tuple. CHANGED lists the orders that have changed, WORKING those
# that are open, both by row; FEES has a table for each symbol.
(
    D_ORDERS,
    D_WORKING,
    D_CHANGED,
    D_BARS,
    D_FINER,
    D_POSITIONS,
    D_ACCOUNT,
    D_COUNTS,
    D_TERMS,
    D_FEES,
    D_VENUE,
    D_FILLS,
    D_CASH,
    D_TRADES,
    D_HOLDINGS,
    D_WATCH,
    D_ACTIONS,
) = range(17)

# What wakes a symbol's orders: a low at or below, a high at or above, a bar that ends at or after. Outside of
# these a bar does nothing to any of them.
W_BELOW, W_ABOVE, W_EXPIRY = range(3)
WATCH_COLUMNS = 3

# One corporate action, in the order in which they act. PART / WHOLE is the ratio of a split (new shares per
# old), a dividend in minor units per lot, or the last price of what is delisted; LAST / LAST_OF the last
# close, in ticks of the share that a split finds. An entitlement writes the LOTS of the payment in row LINK.
(
    E_STEP,
    E_KIND,
    E_SYMBOL,
    E_PART,
    E_WHOLE,
    E_LAST,
    E_LAST_OF,
    E_LINK,
    E_LOTS,
) = range(9)
ACTION_COLUMNS = 9
SPLIT, ENTITLEMENT, PAYMENT, REMOVAL = range(4)

# The market of a whole run, as a tuple: times and the ends of what was seen by step, all else by (symbol,
# step).
(
    M_TIMES,
    M_UNTILS,
    M_FRESH,
    M_ROWS,
    M_OPENS,
    M_HIGHS,
    M_LOWS,
    M_CLOSES,
    M_VOLUMES,
    M_STARTS,
    M_ENDS,
    M_SESSION_CLOSES,
    M_NEXT_CLOSES,
    M_SIGMAS,
    M_DAY_LOTS,
    M_FINER,
    M_FINER_END,
) = range(17)

# How a whole run sizes signals. A signal of 1 is SHARE / SHARE_OF of the equity that may be spent, which is
# SPEND / SPEND_OF of all, or QUANTITY lots where that is above zero.
(
    Z_FIRST,
    Z_SPEND,
    Z_SPEND_OF,
    Z_SHARE,
    Z_SHARE_OF,
    Z_QUANTITY,
    Z_QUANTITY_OF,
    Z_WITHIN_CASH,
    Z_TAGS,
) = range(9)
SIZING_COLUMNS = 9

# What one symbol's signal asks for, on its way to an order. SIGNAL is in millionths.
R_SYMBOL, R_SIGNAL, R_STOP, R_LIMIT, R_TRAIL, R_TAG, R_CHANGE, R_REASON, R_RANK, R_JUDGED = range(10)
REQUEST_COLUMNS = 10

# One command of a scripted run: its step, what is to be done, and the arguments for it.
K_STEP, K_VERB, K_ARGUMENTS = range(3)
K_PLACE, K_CANCEL, K_REPLACE = range(3)
COMMAND_COLUMNS = 16

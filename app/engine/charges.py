"""What an order owes its venue, from a table of plain integers: one source, interpreted or compiled.

`FeeSchedule.table` makes the table. `charged` is written in the subset of Python that numba compiles as it
stands: scalars, `table[row][COLUMN]` and no objects, so that it takes tuples under CPython and an int64
array of shape (rows, COLUMNS) under numba, with the same result to the unit.

A row is a piece of a charge: the whole of it, or one of its tiers, the last of which has LAST set and
carries the limits. Rates are fractions in minor units per minor unit of value, or per lot. What a levy is
a share of stands in the rows before it, marked as counting towards it.
"""

from collections.abc import Sequence

KIND = 0
"""PLAIN, VALUE, LOTS, ORDER or LEVY."""
SIDES = 1
"""A bit for each of TAKEN_PURCHASE, TAKEN_SALE, MADE_PURCHASE, MADE_SALE."""
SINCE = 2
"""First nanosecond at which the charge holds."""
UNTIL = 3
"""First nanosecond at which it holds no longer."""
NUMERATOR = 4
DENOMINATOR = 5
REACH = 6
"""The most value or lots that the rate can be applied to without leaving 64 bits."""
ABOVE = 7
"""Lots of the month above which a tier begins."""
UPTO = 8
"""Lots of the month at which a tier ends."""
LAST = 9
"""1 on the row that completes a charge, 0 on a tier that another one follows."""
MINIMUM = 10
MAXIMUM = 11
CAP_NUMERATOR = 12
CAP_DENOMINATOR = 13
"""0 where no share of the value limits the charge."""
COUNTS = 14
"""OWED, LEVIED or both."""
COLUMNS = 15

PLAIN = 0
"""A share of the value and nothing else; the only row of its table."""
VALUE = 1
LOTS = 2
ORDER = 3
LEVY = 4

TAKEN_PURCHASE = 1
TAKEN_SALE = 2
MADE_PURCHASE = 4
MADE_SALE = 8

OWED = 1
"""The row is part of what is owed."""
LEVIED = 2
"""The next levy counts the row."""

MOST = 2**56
"""Minor units at which a charge is held, so that no sum of charges leaves 64 bits."""

MOST_ROWS = 60


def charged(  # noqa: C901, PLR0912, PLR0915, PLR0917 - a kernel, compiled as one piece
    table: Sequence[Sequence[int]], side: int, lots: int, value: int, time: int, month_lots: int
) -> int:
    """Return what an order owes in minor units, having filled `lots` for `value` minor units in all.

    `side` is 1 for a purchase and -1 for a sale that takes liquidity, 2 and -2 for ones that make it.
    `time` is the fill's, in nanoseconds UTC; `month_lots` what was traded in its calendar month before the
    order. None of lots, value and month_lots is negative, and lots + month_lots fits 64 bits. Each charge
    is rounded half to even once and is exact up to MOST minor units.
    """
    if lots <= 0:
        return 0
    row = table[0]
    if row[KIND] == PLAIN:
        denominator = row[DENOMINATOR]
        part = value % denominator * row[NUMERATOR]
        amount = value // denominator * row[NUMERATOR] + part // denominator
        twice = 2 * (part % denominator)
        if twice > denominator or (twice == denominator and amount & 1):
            amount += 1
        return amount
    if side > 0:
        bit = TAKEN_PURCHASE if side == 1 else MADE_PURCHASE
    else:
        bit = TAKEN_SALE if side == -1 else MADE_SALE
    month_after = month_lots + lots
    total = 0
    base = 0
    amount = 0
    rest = 0
    for index in range(len(table)):
        row = table[index]
        kind = row[KIND]
        if not row[SIDES] & bit or time < row[SINCE] or time >= row[UNTIL]:
            if kind == LEVY:
                base = 0
            continue
        denominator = row[DENOMINATOR]
        if kind == ORDER:
            amount = row[NUMERATOR]
        else:
            if kind == VALUE:
                count = value
            elif kind == LEVY:
                count = base
                base = 0
            else:
                count = min(month_after, row[UPTO]) - max(month_lots, row[ABOVE])
            if count > row[REACH]:
                amount += 2 * MOST
                rest = 0
            elif count > 0:
                part = count % denominator * row[NUMERATOR] + rest
                amount += count // denominator * row[NUMERATOR] + part // denominator
                rest = part % denominator
            if not row[LAST]:
                continue
            twice = 2 * rest
            if twice > denominator or (twice == denominator and amount & 1):
                amount += 1
        amount = max(amount, row[MINIMUM])
        amount = min(amount, row[MAXIMUM])
        denominator = row[CAP_DENOMINATOR]
        if denominator:
            part = value % denominator * row[CAP_NUMERATOR]
            cap = value // denominator * row[CAP_NUMERATOR] + part // denominator
            twice = 2 * (part % denominator)
            if twice > denominator or (twice == denominator and cap & 1):
                cap += 1
            amount = min(amount, cap)
        if row[COUNTS] & OWED:
            total += amount
        if row[COUNTS] & LEVIED:
            base += amount
        amount = 0
        rest = 0
    return total

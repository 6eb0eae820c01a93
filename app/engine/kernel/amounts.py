"""Values and charges in minor units, rounded once, and the guard of their size."""

from typing import Any

from app.domain.money import half_even
from app.engine.kernel.layout import A_FAULT, A_LIMIT, LARGEST, T_UNIT_OF, T_UNIT_VALUE, TOO_LARGE

NANOSECONDS_A_DAY = 86_400 * 1_000_000_000


def worth(ticks: int, lots: int, terms: Any, account: Any) -> int:
    """Return price times quantity in minor units, rounded half to even."""
    unit = terms[T_UNIT_VALUE]
    if abs(1.0 * ticks * lots * unit) > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return 0
    return half_even(ticks * lots * unit, terms[T_UNIT_OF])


def share(amount: int, part: int, whole: int, account: Any) -> int:
    """Return amount * part / whole, rounded half to even; `whole` is above zero."""
    if abs(1.0 * amount * part) > account[A_LIMIT]:
        account[A_FAULT] = TOO_LARGE
        return 0
    return half_even(amount * part, whole)


def guard(amount: int, account: Any) -> None:
    """Mark the account where an amount does not fit 64 bits.

    Compiled, half of them are left free, so that a sum of two amounts that passed cannot have wrapped unseen.
    """
    most = min(LARGEST, account[A_LIMIT])
    if amount > most or amount < -most:
        account[A_FAULT] = TOO_LARGE


def month_of(time: int) -> int:
    """Return the number of the month of a time, counted from year 0; it is the civil calendar's, in UTC.

    Source: H. Hinnant, "chrono-compatible low-level date algorithms" (days to civil date).
    """
    days = time // NANOSECONDS_A_DAY + 719_468
    era = days // 146_097
    day = days - era * 146_097
    year = (day - day // 1_460 + day // 36_524 - day // 146_096) // 365
    of_year = day - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    year += era * 400
    if month >= 10:
        return (year + 1) * 12 + month - 9 - 1
    return year * 12 + month + 3 - 1

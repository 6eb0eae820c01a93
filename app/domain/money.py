"""Exact money: decimals at the edges, scaled 64-bit integers inside.

Inside, an amount is a whole number of a currency's minor units (cents), a price a number of ticks and a
quantity a number of lots. Every conversion is exact or rounds half to even, once, where it says so.
"""

from decimal import Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from app.domain.errors import ConfigurationError, OutOfRange

INT64_MAX = 2**63 - 1

EXACT = Context(prec=60, traps=[InvalidOperation, DivisionByZero, Overflow])
"""The context of every calculation that must not depend on what a plugin does to the thread's own."""

_MOST_DIGITS = 40
_MOST_DECIMALS = 1_000

# Decimals of the minor unit, ISO 4217 list one; crypto-assets by their own protocols.
_EXPONENTS = {
    "BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0, "KMF": 0,
    "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0, "UYI": 0, "VND": 0,
    "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BTC": 8, "ETH": 8, "USDC": 6, "USDT": 6,
}  # fmt: skip


def currency_exponent(code: str) -> int:
    """Return the decimals of a currency's minor unit: 2 for USD, 0 for JPY, 8 for BTC.

    Raises ConfigurationError for what is not a currency code of three to five capital letters.
    """
    if not (3 <= len(code) <= 5 and code.isascii() and code.isalpha() and code.isupper()):
        raise ConfigurationError(f"'{code}' is not a currency code.", "Use one like USD, EUR or JPY.")
    return _EXPONENTS.get(code, 2)


def half_even(numerator: int, denominator: int) -> int:
    """Return numerator / denominator rounded half to even; the denominator must be positive."""
    quotient, remainder = divmod(numerator, denominator)
    twice = 2 * remainder
    if twice > denominator or (twice == denominator and quotient & 1):
        quotient += 1
    return quotient


def checked(number: int) -> int:
    """Return the number if it fits 64 bits; raises OutOfRange otherwise."""
    if -INT64_MAX <= number <= INT64_MAX:
        return number
    raise OutOfRange(
        f"The amount {Decimal(number):.6e} does not fit 64 bits.",
        "Use a coarser tick, smaller quantities or less capital.",
    )


def to_units(value: Decimal, exponent: int) -> int:
    """Return a decimal as a whole number of 10**-exponent units, rounded half to even.

    Raises OutOfRange for NaN, infinities and what does not fit 64 bits.
    """
    return checked(half_even(*steps(value, Decimal(1).scaleb(-exponent, EXACT))))


def bounded(value: Decimal) -> Decimal:
    """Return a decimal that is finite, not far beyond 64 bits and of no more than 1,000 decimals.

    Raises OutOfRange for any other: 1e-99999999 is a short text, but an integer of a hundred million digits.
    A float has 340 decimals at the most.
    """
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -_MOST_DECIMALS and value.adjusted() <= _MOST_DIGITS:
        return value
    raise OutOfRange(f"{value:.6e} is not a finite amount that fits 64 bits.")


def steps(value: Decimal, size: Decimal) -> tuple[int, int]:
    """Return how many steps of a positive size a value is, exactly, as numerator and positive denominator.

    Raises OutOfRange as `bounded` does.
    """
    numerator, denominator = bounded(value).as_integer_ratio()
    step, of = bounded(size).as_integer_ratio()
    return numerator * of, denominator * step


def from_units(units: int, exponent: int) -> Decimal:
    """Return a whole number of 10**-exponent units as a decimal with exactly that many places."""
    return Decimal(units).scaleb(-exponent, EXACT)

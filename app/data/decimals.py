"""Decimal numbers as columns: parsed exactly from text, and rounded once to a tick or a lot.

A number is held as `mantissa / 10**decimals`. Plain digits are read whole columns at a time; anything else
(exponents, signs, blanks around) one by one. No float is ever made.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_05UP, Context, Decimal
from fractions import Fraction
from functools import cached_property
from math import gcd

import numpy as np
from numpy.typing import NDArray

from app.data.text import Int64, Text, shown
from app.domain.errors import InputError
from app.domain.money import INT64_MAX

Fail = Callable[[int, str], InputError]
"""Makes the error of a row: what is wrong there, with the file and the row's number put before it."""

FINEST_DECIMALS = 8
_KEPT_DECIMALS = FINEST_DECIMALS + 1  # the one more decides ties
_DIGITS = 18  # as many always fit 64 bits
_LONGEST_TEXT = 80
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
_EXACT = Context(prec=1200)  # enough for every text that _NUMBER and _LONGEST_TEXT let through


@dataclass(frozen=True, eq=False)
class Decimals:
    """A column of numbers, each `mantissas[i] / 10**places[i]`; at most 18 digits and nine places."""

    mantissas: Int64
    places: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.mantissas)

    def take(self, rows: Int64 | slice) -> "Decimals":
        """Return some of the values."""
        return Decimals(self.mantissas[rows], self.places[rows])

    @classmethod
    def joined(cls, parts: list["Decimals"]) -> "Decimals":
        """Return several columns as one."""
        return cls(
            np.concatenate([part.mantissas for part in parts]),
            np.concatenate([part.places for part in parts]),
        )

    @cached_property
    def finest(self) -> int:
        """Return the most decimals that any value needs, trailing zeros not counted, at most eight."""
        for places in range(int(self.places.max(initial=0)), 0, -1):
            fine = self.places >= places
            last = self.mantissas[fine] // 10 ** (self.places[fine].astype(np.int64) - places) % 10
            if last.any():
                return min(places, FINEST_DECIMALS)
        return 0


@dataclass(frozen=True, eq=False)
class Rounded:
    """A column in whole steps; `count` values were off the step, the largest error is in plain units."""

    units: Int64
    count: int
    largest_error: Decimal


def parse_decimals(text: Text, fail: Fail) -> Decimals:
    """Return a column of decimal numbers, exact to the ninth decimal.

    Later decimals only mark the value as being off its ninth, so that rounding to fewer stays right. Raises
    the error that `fail` makes for what is not a finite number or has more than 18 digits.
    """
    lengths = text.ends - text.starts
    mantissas = np.zeros(len(text), np.int64)
    places = np.zeros(len(text), np.int8)
    dotted = np.zeros(len(text), np.bool_)
    odd = lengths > _DIGITS + 1
    for position in range(min(int(lengths.max(initial=0)), _DIGITS + 1)):
        character = text.characters(position)
        inside = position < lengths
        digit = character - np.uint8(ord("0"))
        is_digit = inside & (digit <= 9)
        is_dot = inside & (character == ord("."))
        odd |= (inside & ~is_digit & ~is_dot) | (is_dot & dotted)
        mantissas = np.where(is_digit, mantissas * 10 + digit, mantissas)
        places += dotted & is_digit
        dotted |= is_dot
    digits = lengths - dotted
    odd |= (digits < 1) | (digits > _DIGITS)
    _keep_nine_places(mantissas, places)
    for row in np.flatnonzero(odd).tolist():
        try:
            mantissas[row], places[row] = _parse_one(text.field(row))
        except ValueError as e:
            raise fail(row, str(e)) from e
    return Decimals(mantissas, places)


def _keep_nine_places(mantissas: Int64, places: NDArray[np.int8]) -> None:
    """Cut later decimals; a cut that loses something never leaves a 0 or 5 last, which would look exact."""
    long = np.flatnonzero(places > _KEPT_DECIMALS)
    if not long.size:
        return
    scale = 10 ** (places[long].astype(np.int64) - _KEPT_DECIMALS)
    cut, lost = np.divmod(mantissas[long], scale)
    mantissas[long] = cut + ((lost > 0) & (cut % 5 == 0))
    places[long] = _KEPT_DECIMALS


def _parse_one(field: str) -> tuple[int, int]:
    field = field.strip()
    if not field:
        raise ValueError("is empty")
    if len(field) > _LONGEST_TEXT or not _NUMBER.fullmatch(field):
        raise ValueError(f"{shown(field)} is not a number")
    value = _EXACT.create_decimal(field).normalize(_EXACT)
    if value.adjusted() < _DIGITS and int(value.as_tuple().exponent) < -_KEPT_DECIMALS:
        value = value.quantize(Decimal(1).scaleb(-_KEPT_DECIMALS), ROUND_05UP, _EXACT)
    places = max(0, -int(value.as_tuple().exponent))
    if value.adjusted() + places >= _DIGITS:
        raise ValueError(f"{shown(field)} has more than {_DIGITS} digits")
    return int(value.scaleb(places, _EXACT)), places


def rounded(values: Decimals, step: Decimal, fail: Fail) -> Rounded:
    """Return the values as whole steps, rounded half to even.

    `step` has at most eight decimals. Raises the error that `fail` makes for a value beyond 64 bits.
    """
    units = np.empty(len(values), np.int64)
    count, largest = 0, Fraction(0)
    for places in np.flatnonzero(np.bincount(values.places)).tolist():
        rows = np.flatnonzero(values.places == places)
        numerator, denominator = _per_step(places, step)
        mantissas = values.mantissas[rows]
        beyond = np.abs(mantissas) > INT64_MAX // numerator
        if beyond.any():
            raise fail(int(rows[np.argmax(beyond)]), f"does not fit 64 bits in steps of {step:f}")
        if denominator == 1:
            units[rows] = mantissas * numerator
            continue
        quotients, remainders = np.divmod(mantissas * numerator, denominator)
        twice = 2 * remainders
        units[rows] = quotients + ((twice > denominator) | ((twice == denominator) & (quotients & 1 == 1)))
        count += int(np.count_nonzero(remainders))
        error = int(np.minimum(remainders, denominator - remainders).max(initial=0))
        largest = max(largest, Fraction(error, denominator))
    return Rounded(units, count, _decimal(largest * Fraction(step)))


def _per_step(places: int, step: Decimal) -> tuple[int, int]:
    """Return 10**-places / step as numerator and denominator without a common factor."""
    above, below = step.as_integer_ratio()
    numerator, denominator = below, 10**places * above
    common = gcd(numerator, denominator)
    return numerator // common, denominator // common


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).normalize()

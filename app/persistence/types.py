"""Column types that keep what they were given: exact decimals, UTC times and JSON.

ExactDecimal is NUMERIC(19, 8) on PostgreSQL and a 64-bit count of 10**-8 on SQLite, whose own NUMERIC is a
float. Both hold the same range, about plus and minus 92 billion, and give back eight decimals. Comparing,
ordering, adding, subtracting, `func.sum`, `func.min` and `func.max` are exact on both.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NoReturn

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Numeric, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeEngine

from app.domain.errors import OutOfRange
from app.domain.money import INT64_MAX, from_units, to_units

EXPONENT = 8
_UNITS_PER_ONE = 100_000_000

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON value; PostgreSQL keeps it parsed, so it can be searched but not the way it was written."""

JsonText = JSON(none_as_null=True)
"""A JSON value that reads back as it was written, for what is hashed."""

_MULTIPLYING = frozenset({operators.mul, operators.truediv, operators.floordiv, operators.mod})


class Unstorable(OutOfRange, DontWrapMixin):
    """A number is out of the range of the database's exact decimals, or finer than they are."""


def rounded(value: Decimal) -> Decimal:
    """Return the value with the database's eight decimals, half to even, for what is derived (an average).

    Raises OutOfRange for NaN, infinities and what does not fit.
    """
    return from_units(to_units(value, EXPONENT), EXPONENT)


def _units(value: Decimal) -> int:
    if value.is_zero():
        return 0
    if not value.is_finite() or not -EXPONENT <= value.adjusted() < 20 - EXPONENT:
        raise Unstorable(f"{value:.20} cannot be stored: it must be finite, of eight decimals at most.")
    numerator, denominator = value.as_integer_ratio()
    scaled = numerator * _UNITS_PER_ONE
    units, rest = divmod(scaled, denominator)
    if rest:
        raise Unstorable(f"{value} cannot be stored exactly: it has more than eight decimals.")
    if abs(units) > INT64_MAX:
        raise Unstorable(f"{value} cannot be stored: it is beyond {from_units(INT64_MAX, EXPONENT)}.")
    return units


class ExactDecimal(TypeDecorator[Decimal]):
    """A Decimal of at most eight decimals; takes Decimal and int, and gives Decimal with eight decimals.

    Raises Unstorable for what does not fit, and TypeError for floats and for multiplying in SQL.
    """

    impl = Numeric
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Refuses what would be wrong by a power of ten on SQLite."""

        def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> Any:
            """Return `column op other`."""
            if op in _MULTIPLYING:
                _refuse(op)
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: operators.OperatorType, other: Any, **kwargs: Any) -> Any:
            """Return `other op column`."""
            if op in _MULTIPLYING:
                _refuse(op)
            return super().reverse_operate(op, other, **kwargs)

    comparator_factory = Comparator

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return NUMERIC(19, 8), or BIGINT on SQLite."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(19, EXPONENT))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Decimal | int | None:
        """Return what the driver stores."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"an exact decimal is needed, not the {type(value).__name__} {value!r}")
        units = _units(Decimal(value))
        return units if dialect.name == "sqlite" else from_units(units, EXPONENT)

    def process_result_value(self, value: Decimal | int | None, dialect: Dialect) -> Decimal | None:
        """Return the Decimal with eight decimals."""
        if value is None:
            return None
        return from_units(int(value), EXPONENT) if dialect.name == "sqlite" else Decimal(value)


def _refuse(op: operators.OperatorType) -> NoReturn:
    raise TypeError(f"{op.__name__} of exact decimals is done in Python: SQLite would get the scale wrong")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept to the microsecond and given back in UTC; raises TypeError for a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return what the driver stores: SQLite's text has no zone, and sorts."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise TypeError(f"a time with a zone is needed, not {value.isoformat()}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)

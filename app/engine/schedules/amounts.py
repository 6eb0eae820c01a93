"""The numbers that options of fee schedules are given in."""

from decimal import Decimal, InvalidOperation

from app.domain.errors import ConfigurationError
from app.domain.money import EXACT

Amount = Decimal | int | str
"""An exact number; a float is not one."""


def exact(value: Amount) -> Decimal:
    """Return a number as a decimal; raises ConfigurationError for what is not an exact finite number."""
    try:
        number = None if isinstance(value, float | bool) else Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        number = None
    if number is None or not number.is_finite():
        raise ConfigurationError(
            f"{value!r} is not an exact number.", 'Write a whole number, a Decimal or a text such as "0.005".'
        )
    return number


def flag(value: object) -> bool:
    """Return a yes or no; raises ConfigurationError for anything but a bool."""
    if isinstance(value, bool):
        return value
    raise ConfigurationError(f"{value!r} is neither true nor false.", "Write true or false, without quotes.")


def basis_points(value: Amount) -> Decimal:
    """Return hundredths of a percent as a fraction; raises ConfigurationError as `exact` does."""
    return exact(value).scaleb(-4, EXACT)

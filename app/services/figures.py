"""How figures are written for people: amounts, percentages, ratios, days and dates.

What is not known is written as `UNKNOWN`.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.analytics.catalogue import Unit
from app.domain.bars import SECOND
from app.domain.money import currency_exponent

UNKNOWN = "n/a"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def amount(units: int, currency: str) -> str:
    """Return minor units as an exact decimal with thousands separators: 1234567 USD is 12,345.67."""
    exponent = currency_exponent(currency)
    whole, part = divmod(abs(units), 10**exponent)
    sign = "-" if units < 0 else ""
    return f"{sign}{whole:,}" + (f".{part:0{exponent}d}" if exponent else "")


def money(units: int, currency: str) -> str:
    """Return minor units as an exact amount with its currency: 1234567 USD is 12,345.67 USD."""
    return f"{amount(units, currency)} {currency}"


def percent(fraction: float | None, places: int = 2) -> str:
    """Return a fraction as a percentage: 0.1234 is 12.34 %."""
    return UNKNOWN if fraction is None else f"{_settled(fraction * 100, places):,.{places}f} %"


def ratio(value: float | None, places: int = 2) -> str:
    """Return a plain number with thousands separators and so many places."""
    return UNKNOWN if value is None else f"{_settled(value, places):,.{places}f}"


def number(value: Decimal, places: int = 0) -> str:
    """Return a decimal with thousands separators, all of its digits and at least so many places."""
    plain = value.normalize()
    own = max(0, -int(plain.as_tuple().exponent))
    return f"{plain:,.{max(places, own)}f}"


def date(time: int) -> str:
    """Return UTC nanoseconds as a UTC date, 2013-03-01."""
    return moment(time)[:10]


def moment(time: int) -> str:
    """Return UTC nanoseconds as a UTC date, with the minute unless it is midnight: 2013-03-01 14:30."""
    when = _EPOCH + timedelta(microseconds=time // 1000)
    return when.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00")


def statistic(value: float | None, unit: Unit, currency: str) -> str:
    """Return a statistic in its unit as people write it."""
    if value is None:
        return UNKNOWN
    return money(round(value), currency) if unit is Unit.MONEY else _WRITTEN[unit](value)


def _days(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0") + (" day" if value == 1 else " days")


def _date_of_seconds(value: float) -> str:
    return date(int(value) * SECOND)


_WRITTEN: dict[Unit, Callable[[float], str]] = {
    Unit.FRACTION: percent,
    Unit.RATIO: ratio,
    Unit.COUNT: "{:,.0f}".format,
    Unit.DAYS: _days,
    Unit.TIME: _date_of_seconds,
}


def _settled(value: float, places: int) -> float:
    """Return the value rounded, without the sign of a zero that it rounds to."""
    return round(value, places) + 0.0


def printable(text: str) -> str:
    """Return the text with every character that does not print (control codes, escapes) replaced by '?'."""
    return "".join(character if character.isprintable() else "?" for character in text)

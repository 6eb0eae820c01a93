"""Corporate actions from a CSV file: splits, dividends and delistings."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import numpy as np

from app.data.decimals import Fail
from app.data.header import plain_name
from app.data.paths import reason
from app.data.text import Text, shown
from app.data.times import TimeReader
from app.domain.errors import InputError
from app.domain.events import CorporateAction, Delisting, Dividend, Split
from app.ports import DataRequest

_NEEDED = ("ex date", "symbol", "kind", "value")
_KNOWN = (*_NEEDED, "pay date")
_MOST_BYTES = 64 * 1024 * 1024
_MOST_SHARES = 1_000_000


def read_actions(request: DataRequest) -> tuple[CorporateAction, ...]:
    """Return the actions of the symbols asked for that stand in the file `request.actions`, in its order.

    Columns: `ex_date`, `symbol`, `kind`, `value`, and `pay_date` if wanted. A split's value is "2:1" (new
    shares for old ones), a dividend's an amount a share in the currency asked for, a delisting's the money
    that holders get for a share, or nothing for the last close. Raises InputError that names the line.
    """
    if not request.actions:
        return ()
    place, wanted, times = request.actions, frozenset(request.symbols), TimeReader()
    actions = [
        _action(row, request.currency, times, _failing(place, line))
        for line, row in _rows(place)
        if row["symbol"] in wanted
    ]
    delisted = [action.symbol for action in actions if isinstance(action, Delisting)]
    twice = next((symbol for symbol in delisted if delisted.count(symbol) > 1), None)
    if twice is not None:
        raise InputError(f"{place}: {twice} is delisted twice.", "Keep one of the lines.")
    return tuple(actions)


def _rows(place: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield each line's number and its fields by the plain names of their columns."""
    reader = csv.reader(_text(place).splitlines(), strict=True)
    try:
        names = [plain_name(name) for name in next(reader, [])]
        _check_header(names, place)
        for fields in reader:
            if not any(field.strip() for field in fields):
                continue
            if len(fields) != len(names):
                problem = f"it has {len(fields)} fields, the header has {len(names)}"
                raise _failing(place, reader.line_num)(0, problem)
            yield reader.line_num, dict(zip(names, (field.strip() for field in fields), strict=True))
    except csv.Error as e:
        raise _failing(place, reader.line_num)(0, str(e)) from e


def _text(place: str) -> str:
    try:
        path = Path(place).expanduser()
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{place} is larger than 64 MiB.", "Check data.actions.")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as e:
        raise InputError(f"{place} is not UTF-8 text.", "Save the file as CSV in UTF-8.") from e
    except (OSError, RuntimeError, ValueError) as e:  # no permission, no such home folder, a NUL character
        raise InputError(f"{place!r} cannot be read: {reason(e)}.", "Check data.actions.") from e


def _check_header(names: Sequence[str], place: str) -> None:
    missing = [name.replace(" ", "_") for name in _NEEDED if name not in names]
    odd = [name for name in names if name not in _KNOWN or names.count(name) > 1]
    if missing or odd:
        problem = f"lacks {', '.join(missing)}" if missing else f"has {shown(odd[0])}, unknown or twice"
        raise InputError(
            f"{place}: the header {problem}.",
            "The first line must be ex_date,symbol,kind,value or ex_date,symbol,kind,value,pay_date.",
        )


def _failing(place: str, line: int) -> Fail:
    remedy = "Correct the line or remove it."
    return lambda _, problem: InputError(f"{place}, line {line}: {problem}.", remedy)


def _action(row: Mapping[str, str], currency: str, times: TimeReader, fail: Fail) -> CorporateAction:
    symbol, value = row["symbol"], row["value"]
    time = _time("ex_date", row["ex date"], times, fail)
    match row["kind"].lower():
        case "split":
            return Split(symbol, time, *_ratio(value, fail))
        case "dividend":
            paid = row.get("pay date", "")
            pay_time = max(time, _time("pay_date", paid, times, fail)) if paid else time
            return Dividend(symbol, time, pay_time, _money(value, fail), currency)
        case "delisting":
            return Delisting(symbol, time, _money(value, fail) if value else None)
    raise fail(0, f"the kind {shown(row['kind'])} is not split, dividend or delisting")


def _time(column: str, field: str, times: TimeReader, fail: Fail) -> int:
    data = np.frombuffer(field.encode() or b" ", np.uint8)
    text = Text(data, np.zeros(1, np.int64), np.array([len(data)], np.int64))
    return int(times.read(text, lambda row, problem: fail(row, f"{column} {problem}"))[0])


def _ratio(value: str, fail: Fail) -> tuple[int, int]:
    parts = [part.strip() for part in value.split(":")]
    whole = all(part.isascii() and part.isdigit() and len(part) <= 8 for part in parts)
    if len(parts) != 2 or not whole or not all(0 < int(part) <= _MOST_SHARES for part in parts):
        raise fail(0, f"the split {shown(value)} is not like 2:1, new shares for old ones")
    return int(parts[0]), int(parts[1])


def _money(value: str, fail: Fail) -> Decimal:
    try:
        amount = Decimal(value if value.isascii() and "_" not in value and len(value) <= 40 else "")
    except InvalidOperation as e:
        raise fail(0, f"the value {shown(value)} is not a number") from e
    if not amount.is_finite() or not 0 <= amount <= 10**9 or int(amount.as_tuple().exponent) < -18:
        raise fail(0, f"the value {shown(value)} is not an amount of money from 0 to 1000000000")
    return amount

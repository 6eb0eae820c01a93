"""Parsed rows to a checked series in whole ticks and lots."""

from decimal import Decimal

import numpy as np

from app.data.aggregate import observed_length
from app.data.decimals import Decimals, Fail, Rounded, rounded
from app.data.gathering import Places, Rows
from app.data.header import PRICES
from app.data.notices import Notices
from app.data.text import Int64
from app.domain.errors import InputError
from app.domain.instruments import Instrument
from app.ports import BarSeries, DataRequest


def build_series(symbol: str, parts: list[Rows], request: DataRequest, notices: Notices) -> BarSeries:
    """Return one symbol's bars as they stand in the data, however long they are, and note what was rounded.

    Raises InputError that names the row: times not ascending, a price not above zero, a negative volume, a
    number beyond 64 bits, and open or close outside the range unless the request takes such bars. It takes
    them only if they are of its time frame, because they could not be told from others in a longer bar.
    """
    times = np.concatenate([part.timestamps for part in parts])
    _check_order(times, parts)
    prices = {name: Decimals.joined([part.prices[name] for part in parts]) for name in PRICES}
    tick = request.tick or _step(max(column.finest for column in prices.values()))
    coarser = f"The tick is {tick:f}: correct the row, or set data.tick to another step."
    ticks = {name: rounded(column, tick, _fail(parts, name, coarser)) for name, column in prices.items()}
    _note_rounding(symbol, "prices", list(ticks.values()), f"the tick {tick:f}", notices)
    opens, highs, lows, closes = (ticks[name].units for name in PRICES)
    length = observed_length(times)
    lenient = request.inconsistent and length in {None, request.timeframe.nanoseconds}
    _check_prices(opens, highs, lows, closes, parts, lenient=lenient)
    lot, volumes = _volumes(symbol, parts, notices)
    return BarSeries(
        instrument=Instrument(symbol, request.currency, tick=tick, lot=lot),
        timeframe=request.timeframe,
        timestamps=times,
        opens=opens,
        highs=highs,
        lows=lows,
        closes=closes,
        volumes=volumes,
        flags=np.zeros(len(times), np.uint8),
        has_volume=bool(volumes.any()),
        extras={name: np.concatenate([part.extras[name] for part in parts]) for name in parts[0].extras},
    )


def _volumes(symbol: str, parts: list[Rows], notices: Notices) -> tuple[Decimal, Int64]:
    """Return the quantity step and the volumes in it; one lot and zeros when not every row has a volume."""
    columns = [part.volumes for part in parts if part.volumes is not None]
    if len(columns) < len(parts):
        if columns:
            notices.add(symbol, "some files have no volume, so the volume of none is used.")
        return Decimal(1), np.zeros(sum(len(part.timestamps) for part in parts), np.int64)
    volume = Decimals.joined(columns)
    lot = _step(volume.finest)
    lots = rounded(volume, lot, _fail(parts, "volume", "Correct the row or remove it."))
    _note_rounding(symbol, "volumes", [lots], f"{lot:f}", notices)
    negative = lots.units < 0
    if negative.any():
        remedy = "Correct the row or remove it."
        raise _fail(parts, "volume", remedy)(int(np.argmax(negative)), "is below zero")
    if not lots.units.any():
        notices.add(symbol, "every volume is zero, so the data count as having no volume.")
    return lot, lots.units


def _step(decimals: int) -> Decimal:
    return Decimal(1).scaleb(-decimals)


def _note_rounding(symbol: str, what: str, columns: list[Rounded], step: str, notices: Notices) -> None:
    count = sum(column.count for column in columns)
    if count:
        error = max(column.largest_error for column in columns)
        notices.add(symbol, f"{count} {what} were rounded to {step}; the largest change was {error:f}.")


def _check_order(times: Int64, parts: list[Rows]) -> None:
    steps = np.diff(times)
    if (steps > 0).all():
        return
    before = int(np.argmax(steps <= 0))
    place, earlier = _place(parts, before + 1), _place(parts, before)
    if steps[before] == 0:
        raise InputError(f"{place}: the time is the same as in {earlier}.", "Keep one bar for each time.")
    raise InputError(
        f"{place}: the time is before that of {earlier}.", "Sort the rows by time, oldest first."
    )


def _check_prices(
    opens: Int64, highs: Int64, lows: Int64, closes: Int64, parts: list[Rows], *, lenient: bool
) -> None:
    broken = (
        {}
        if lenient
        else {
            "the high is below the low": highs < lows,
            "the open is not between low and high": (opens < lows) | (opens > highs),
            "the close is not between low and high": (closes < lows) | (closes > highs),
        }
    )
    for name, column in zip(PRICES, (opens, highs, lows, closes), strict=True):
        broken[f"the {name} is not above zero in whole ticks"] = column <= 0
    first = {problem: int(np.argmax(rows)) for problem, rows in broken.items() if rows.any()}
    if first:
        problem = min(first, key=first.__getitem__)
        raise InputError(f"{_place(parts, first[problem])}: {problem}.", "Correct the row or remove it.")


def _fail(parts: list[Rows], column: str, remedy: str) -> Fail:
    return lambda row, problem: InputError(f"{_place(parts, row)}: {column} {problem}.", remedy)


def _place(parts: list[Rows], row: int) -> str:
    places: Places = parts[0].places
    for part in parts:
        places = part.places
        if row < len(part.timestamps):
            break
        row -= len(part.timestamps)
    return places.name(row)

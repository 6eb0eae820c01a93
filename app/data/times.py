"""Timestamps as columns: ISO dates and RFC 3339 times to nanoseconds UTC."""

import re
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from app.data.decimals import Fail
from app.data.text import Int64, Text, shown
from app.domain.bars import SECOND

TIME_REMEDY = (
    "Write times like 2024-01-31 or 2024-01-31T15:30:00Z, "
    "in one file all with the same offset or all without."
)

_MIXED = "has another offset from UTC than the rows before: mixed time zones"
_MINUTE = 60 * SECOND
_DATE, _MINUTES, _SECONDS = 10, 16, 19  # lengths of 2024-01-31, 2024-01-31T15:30, 2024-01-31T15:30:00
_ZONE = r"([Zz]|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?"
_FRACTION = r"(?:[.,](\d{1,9}))?"
_TIME = re.compile(rf"(\d{{4}}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?){_FRACTION})?\s?{_ZONE}", re.ASCII)
_TAIL = re.compile(rf"{_FRACTION}\s?{_ZONE}", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1700, 2250  # well inside what 64 bits of nanoseconds hold
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PUNCTUATION = ((4, "-"), (7, "-"), (10, "Tt "), (13, ":"), (16, ":"))


class TimeReader:
    """Reads the timestamps of one file, in which either every time names the same offset or none does.

    Dates and times without an offset are UTC; `assumed_utc` says that there were times without one.
    """

    def __init__(self) -> None:
        self.assumed_utc = False
        self._offset: int | None = None
        self._began = False

    def read(self, text: Text, fail: Fail) -> Int64:
        """Return nanoseconds UTC; raises the error that `fail` makes for the first row that is no time."""
        if not len(text):
            return np.empty(0, np.int64)
        times = self._read_alike(text, fail)
        return self._read_each(text, fail) if times is None else times

    def _read_alike(self, text: Text, fail: Fail) -> Int64 | None:
        """Read rows that are all of one length and end alike, or return None."""
        lengths = text.ends - text.starts
        length = int(lengths[0])
        if not _DATE <= length <= 40 or (lengths != length).any():
            return None
        characters = text.matrix(length)
        head = _SECONDS if length >= _SECONDS else _MINUTES if length == _MINUTES else _DATE
        tail = characters[:, head:]
        ending = _TAIL.fullmatch(tail[0].tobytes().decode("latin-1"))
        if ending is None or (tail != tail[0]).any() or (head < _SECONDS and ending[1]):
            return None
        seconds = _seconds(characters[:, :head])
        if seconds is None:
            return None
        if not self._accepts(ending[2], has_clock=head > _DATE):
            raise fail(0, _MIXED)
        return seconds * SECOND + _fraction(ending[1]) - _offset_minutes(ending[2]) * _MINUTE

    def _read_each(self, text: Text, fail: Fail) -> Int64:
        times = np.empty(len(text), np.int64)
        for row in range(len(text)):
            field = text.field(row).strip()
            match = _TIME.fullmatch(field)
            if match is None:
                raise fail(row, f"{shown(field)} is not a date or time")
            day, clock, fraction, zone = match.groups()
            try:
                moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(tzinfo=UTC)
            except ValueError as e:
                raise fail(row, f"{shown(field)} is not a date or time ({e})") from e
            if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
                raise fail(row, f"{shown(field)} is not between {_FIRST_YEAR} and {_LAST_YEAR}")
            if not self._accepts(zone, has_clock=clock is not None):
                raise fail(row, _MIXED)
            seconds = (moment - _EPOCH) // timedelta(seconds=1)
            times[row] = seconds * SECOND + _fraction(fraction) - _offset_minutes(zone) * _MINUTE
        return times

    def _accepts(self, zone: str | None, *, has_clock: bool) -> bool:
        """Say whether a zone is that of the rows before; the first one always is."""
        offset = _offset_minutes(zone) if zone else None
        if self._began and offset != self._offset:
            return False
        self._offset, self._began = offset, True
        self.assumed_utc |= zone is None and has_clock
        return True


def written(time: int) -> str:
    """Return nanoseconds UTC as users write a date, or a time when it is not midnight."""
    moment = _EPOCH + timedelta(seconds=time // SECOND)
    return moment.strftime("%Y-%m-%d" if time % (86_400 * SECOND) == 0 else "%Y-%m-%dT%H:%M:%SZ")


def _seconds(characters: NDArray[np.uint8]) -> Int64 | None:
    """Return seconds since 1970 of dates or times that are written alike, or None if one is not."""
    width = characters.shape[1]
    marks = [place for place, _ in _PUNCTUATION if place < width]
    for place, allowed in _PUNCTUATION[: len(marks)]:
        if not np.isin(characters[:, place], [ord(mark) for mark in allowed]).all():
            return None
    digits = np.delete(characters, marks, axis=1) - np.uint8(ord("0"))
    if (digits > 9).any():
        return None
    if width > _DATE:
        characters[:, _DATE] = ord("T")
    texts = np.ascontiguousarray(characters).view(f"S{width}")[:, 0]
    try:
        seconds = texts.astype("datetime64[s]").astype(np.int64)
    except ValueError:  # no such day or hour: reading row by row finds which
        return None
    first, last = (
        int(np.datetime64(str(year), "s").astype(np.int64)) for year in (_FIRST_YEAR, _LAST_YEAR + 1)
    )
    return seconds if ((seconds >= first) & (seconds < last)).all() else None


def _fraction(digits: str | None) -> int:
    return int(digits.ljust(9, "0")) if digits else 0


def _offset_minutes(zone: str | None) -> int:
    """Return minutes east of UTC."""
    if zone is None or zone in "Zz":
        return 0
    return (int(zone[1:3]) * 60 + int(zone[-2:])) * (-1 if zone[0] == "-" else 1)

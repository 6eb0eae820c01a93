"""Bars from CSV files, streamed: memory grows with the parsed columns, not with the text.

A block of lines is cut into columns by the places of its commas, all at once. Blocks with quotation marks
take a detour through the csv module.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from app.data.action_files import read_actions
from app.data.gathering import Gathering, Places
from app.data.header import Layout, read_header
from app.data.market import check_request, market_data
from app.data.notices import Notices
from app.data.paths import bar_files, reason
from app.data.reading import FileReading
from app.data.text import Int64, Text
from app.domain.errors import InputError
from app.ports import DataRequest, MarketData

_BLOCK = 1 << 20
_LONGEST_LINE = 1 << 16
_COMMA, _NEWLINE, _RETURN = ord(","), ord("\n"), ord("\r")
_BOM = b"\xef\xbb\xbf"


def load(request: DataRequest) -> MarketData:
    """Load the CSV files that `request.path` names.

    Raises InputError that names the file, the line and what to do.
    """
    check_request(request)
    notices, gathering = Notices(), Gathering(frozenset(request.symbols))
    actions = read_actions(request)
    for path in bar_files(request, ".csv"):
        try:
            with path.open("rb") as file:
                _read_file(file, path, gathering, notices, request.extra_columns)
        except OSError as e:
            raise InputError(f"{path} cannot be read: {reason(e)}.", "Check data.path.") from e
    return market_data(request, gathering, notices, source="csv", actions=actions)


def _read_file(
    file: BinaryIO, path: Path, gathering: Gathering, notices: Notices, extra_columns: Sequence[str]
) -> None:
    place = str(path)
    blocks = _blocks(file, place)
    _, first = next(blocks, (1, b""))
    head, _, rest = first.removeprefix(_BOM).partition(b"\n")
    if not first.strip():
        raise InputError(f"{place} is empty.", "It must hold a header and at least one row.")
    if len(head) > _LONGEST_LINE:
        raise _too_long(place, 1)
    layout = read_header(_fields(head.decode("utf-8"), place, 1), place, notices, extra_columns)
    reading = FileReading(path, layout, gathering)
    if not reading.is_wanted:
        return
    for line, block in _then(rest, blocks):
        places, fields = _columns(block, line, layout, place)
        reading.add(places, dict(enumerate(fields)))
    reading.end(notices)


def _then(rest: bytes, blocks: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    if rest:
        yield 2, rest
    yield from blocks


def _blocks(file: BinaryIO, place: str) -> Iterator[tuple[int, bytes]]:
    """Yield about a megabyte of whole lines at a time, the last with its newline, and the first's number.

    Raises InputError for a line longer than 64 KiB, before reading more of it, and for what is not UTF-8.
    """
    line, carried = 1, b""
    while read := file.read(_BLOCK):
        data = carried + read
        cut = data.rfind(b"\n") + 1
        carried = data[cut:]
        if cut:
            _check_utf8(data[:cut], line, place)
            yield line, data[:cut]
            line += data.count(b"\n")
        if len(carried) > _LONGEST_LINE:
            raise _too_long(place, line)
    if carried:
        _check_utf8(carried, line, place)
        yield line, carried + b"\n"


def _check_utf8(block: bytes, line: int, place: str) -> None:
    if block.isascii():
        return
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as e:
        line += block.count(b"\n", 0, e.start)
        raise InputError(
            f"{place}, line {line}: this is not UTF-8 text.", "Save the file as CSV in UTF-8."
        ) from e


def _columns(block: bytes, line: int, layout: Layout, place: str) -> tuple[Places, list[Text]]:
    """Return where the block's lines stand, blank ones left out, and their columns."""
    if b'"' in block:
        block = _unquoted(block, line, layout, place)
    buffer = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(buffer == _NEWLINE)
    starts = np.concatenate(([0], ends[:-1] + 1))
    if (long := ends - starts > _LONGEST_LINE).any():
        raise _too_long(place, line + int(np.argmax(long)))
    ends = ends - ((ends > starts) & (buffer[ends - 1] == _RETURN))
    filled = np.flatnonzero(ends > starts)
    places = Places(place, "line", filled + line)
    return places, _fields_of(buffer, starts[filled], ends[filled], layout, places)


def _fields_of(
    buffer: NDArray[np.uint8], starts: Int64, ends: Int64, layout: Layout, places: Places
) -> list[Text]:
    """Return the columns of lines that all have as many fields as the header; raises InputError otherwise."""
    commas = np.flatnonzero(buffer == _COMMA)
    counts = np.searchsorted(commas, ends) - np.searchsorted(commas, starts)
    ragged = counts != layout.width - 1
    if ragged.any():
        row = int(np.argmax(ragged))
        raise InputError(
            f"{places.name(row)}: it has {counts[row] + 1} fields, the header has {layout.width}.",
            "Give every row the header's columns.",
        )
    inner = commas.reshape(len(starts), layout.width - 1)
    lefts = [starts, *(inner + 1).T]
    rights = [*inner.T, ends]
    return [Text(buffer, left, right) for left, right in zip(lefts, rights, strict=True)]


def _unquoted(block: bytes, line: int, layout: Layout, place: str) -> bytes:
    """Return the block without quotation marks; what stands in columns that nobody reads is dropped."""
    used = {layout.timestamp, layout.symbol, *layout.numbers.values(), *layout.extras.values()}
    lines = []
    for number, text in enumerate(block.decode("utf-8").split("\n")[:-1], line):
        fields = _fields(text, place, number) if '"' in text else text.split(",")
        kept = [field if position in used else "" for position, field in enumerate(fields)]
        if any("," in field for field in kept):
            raise InputError(
                f"{place}, line {number}: a field holds a comma.",
                "Write numbers with a point and no separators.",
            )
        lines.append(",".join(kept))
    return ("\n".join(lines) + "\n").encode("utf-8")


def _fields(text: str, place: str, line: int) -> list[str]:
    try:
        return next(csv.reader([text.rstrip("\r")], strict=True), [])
    except csv.Error as e:
        raise InputError(f"{place}, line {line}: {e}.", "Close the quotation mark on the same line.") from e


def _too_long(place: str, line: int) -> InputError:
    return InputError(
        f"{place}, line {line}: the line is longer than {_LONGEST_LINE // 1024} KiB.",
        "This is no CSV file with one bar on each line.",
    )

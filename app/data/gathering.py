"""Rows as they come out of files, gathered by symbol."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from app.data.decimals import Decimals, Fail, parse_decimals
from app.data.floats import Float64, parse_floats
from app.data.header import PRICES
from app.data.text import Int64, Text, shown
from app.domain.errors import InputError

_LONGEST_SYMBOL = 64
_FLOAT_REMEDY = "Write a number like 0.015, or leave the cell empty."


@dataclass(frozen=True, eq=False)
class Places:
    """Where rows stand: `numbers` are lines of a text file or rows of a table, as `unit` says."""

    file: str
    unit: str
    numbers: Int64

    def take(self, rows: Int64 | slice) -> "Places":
        """Return the places of some of the rows."""
        return Places(self.file, self.unit, self.numbers[rows])

    def name(self, row: int) -> str:
        """Return a row's place as users read it."""
        return f"{self.file}, {self.unit} {self.numbers[row]}"

    def fail(self, column: str, remedy: str) -> Fail:
        """Return what makes the error of a row in a column."""
        return lambda row, problem: InputError(f"{self.name(row)}: {column} {problem}.", remedy)


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows of a file: times in nanoseconds UTC, each row's symbol, and numbers still as text."""

    places: Places
    timestamps: Int64
    columns: Mapping[str, Text]
    symbols: Text | str
    extras: Mapping[str, Text] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Rows:
    """Parsed rows, those of a symbol in the order in which they were read; `volumes` None where not given."""

    places: Places
    timestamps: Int64
    prices: Mapping[str, Decimals]
    volumes: Decimals | None
    extras: Mapping[str, Float64] = field(default_factory=dict)

    def take(self, rows: Int64 | slice) -> "Rows":
        """Return some of the rows."""
        return Rows(
            self.places.take(rows),
            self.timestamps[rows],
            {name: column.take(rows) for name, column in self.prices.items()},
            None if self.volumes is None else self.volumes.take(rows),
            {name: column[rows] for name, column in self.extras.items()},
        )


@dataclass
class Gathering:
    """Takes batches, keeps the rows of the wanted symbols and remembers which symbols there were."""

    wanted: Collection[str]
    available: set[str] = field(default_factory=set)
    rows: dict[str, list[Rows]] = field(default_factory=dict)

    def wants(self, symbol: str) -> bool:
        """Say whether a symbol's rows are wanted; it counts as available from now on."""
        self.available.add(symbol)
        return symbol in self.wanted

    def add(self, batch: Batch) -> None:
        """Take the wanted rows of a batch; raises InputError for a symbol or number that cannot be read."""
        if not len(batch.timestamps):
            return
        if isinstance(batch.symbols, str):
            names, numbers = [batch.symbols], np.zeros(len(batch.timestamps), np.int64)
        else:
            names, numbers = _numbered(batch.symbols, batch.places)
        wanted = np.array([self.wants(name) for name in names])
        rows = np.flatnonzero(wanted[numbers])
        parsed = _parsed(batch, rows)
        order = np.argsort(numbers[rows], kind="stable")
        parsed, counts = parsed.take(order), np.bincount(numbers[rows], minlength=len(names))
        for symbol, count, end in zip(names, counts.tolist(), np.cumsum(counts).tolist(), strict=True):
            if count:
                self.rows.setdefault(symbol, []).append(parsed.take(slice(end - count, end)))


def _numbered(symbols: Text, places: Places) -> tuple[list[str], Int64]:
    """Return the symbols that occur, and for every row the place of its symbol in that list."""
    lengths = symbols.ends - symbols.starts
    if (lengths > _LONGEST_SYMBOL).any():
        row = int(np.argmax(lengths))
        problem = f"{shown(symbols.field(row))} is longer than {_LONGEST_SYMBOL} bytes"
        raise places.fail("symbol", "Shorten it or remove the row.")(row, problem)
    width = max(1, int(lengths.max()))
    characters = symbols.matrix(width)
    zeros = np.count_nonzero(characters == 0, axis=1) > width - lengths
    if zeros.any():
        row = int(np.argmax(zeros))
        problem = f"{shown(symbols.field(row))} holds a NUL character"
        raise places.fail("symbol", "Take it out or remove the row.")(row, problem)
    names, numbers = np.unique(characters.view(f"S{width}")[:, 0], return_inverse=True)
    plain = [name.decode("utf-8", "replace").strip() for name in names.tolist()]
    if "" in plain:
        row = int(np.argmax(numbers == plain.index("")))
        raise places.fail("symbol", "Fill it in or remove the row.")(row, "is empty")
    position = {name: number for number, name in enumerate(dict.fromkeys(plain))}
    return list(position), np.array([position[name] for name in plain])[numbers]


def _parsed(batch: Batch, rows: Int64) -> Rows:
    places = batch.places.take(rows)
    remedy = "Write a plain number like 101.25, or remove the row."
    numbers = {
        column: parse_decimals(text.take(rows), places.fail(column, remedy))
        for column, text in batch.columns.items()
    }
    prices = {name: numbers[name] for name in PRICES}
    extras = {
        column: parse_floats(text.take(rows), places.fail(column, _FLOAT_REMEDY))
        for column, text in batch.extras.items()
    }
    return Rows(places, batch.timestamps[rows], prices, numbers.get("volume"), extras)

"""One file while it is read, whatever its format: what it is called, its columns and its clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.data.gathering import Batch, Gathering, Places
from app.data.header import Layout
from app.data.notices import Notices
from app.data.text import Int64, Text, shown
from app.data.times import TIME_REMEDY, TimeReader
from app.domain.errors import InputError


@dataclass
class FileReading:
    """Hands a file's rows to the gathering; without a symbol column the file's stem is the symbol."""

    path: Path
    layout: Layout
    gathering: Gathering
    times: TimeReader = field(default_factory=TimeReader)
    rows: int = 0

    @property
    def is_wanted(self) -> bool:
        """Say whether the file may hold rows that are wanted.

        Raises InputError where it may, but lacks an extra column that is wanted too.
        """
        wanted = self.layout.symbol is not None or self.gathering.wants(self.path.stem)
        if wanted and self.layout.lacking:
            lacking = ", ".join(map(shown, self.layout.lacking))
            raise InputError(
                f"{self.path}: the header has no column {lacking}.",
                "Add the column, empty where there is no value, or leave it out of data.extra_columns.",
            )
        return wanted

    def add(self, places: Places, fields: Mapping[int, Text], timestamps: Int64 | None = None) -> None:
        """Take some rows as columns of text by position, and their times if they are known already.

        Raises InputError for the first row that cannot be read.
        """
        if timestamps is None:
            fail = places.fail("time", TIME_REMEDY)
            timestamps = self.times.read(fields[self.layout.timestamp], fail)
        numbers = {name: fields[position] for name, position in self.layout.numbers.items()}
        extras = {name: fields[position] for name, position in self.layout.extras.items()}
        symbols = self.path.stem if self.layout.symbol is None else fields[self.layout.symbol]
        self.gathering.add(Batch(places, timestamps, numbers, symbols, extras))
        self.rows += len(timestamps)

    def end(self, notices: Notices) -> None:
        """Note how times were read; raises InputError when there was no row."""
        if not self.rows:
            raise InputError(f"{self.path} has a header but no rows.", "Add rows or remove the file.")
        if self.times.assumed_utc:
            notices.add(str(self.path), "times without an offset are taken as UTC.")

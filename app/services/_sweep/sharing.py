"""One market for several processes: columns in files that each of them maps into its memory."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.engine.columns import ROWS, BarSeries, MarketData


@dataclass(frozen=True)
class Piece:
    """Where a column is: the file of its type, and the first and last item there."""

    file: str
    start: int
    stop: int


@dataclass(frozen=True)
class SharedSeries:
    """A series without its bars, and where its columns are."""

    empty: BarSeries
    rows: Mapping[str, Piece]
    extras: Mapping[str, Piece]


@dataclass(frozen=True)
class SharedMarket:
    """A market whose columns are in `folder`, one file for each type of number."""

    folder: Path
    market: MarketData
    series: Mapping[str, SharedSeries]
    finer: Mapping[str, SharedSeries]

    @classmethod
    def written(cls, market: MarketData, folder: Path) -> "SharedMarket":
        """Write a market's columns into an empty folder. OSError where they do not fit."""
        pieces: list[tuple[Piece, NDArray[Any]]] = []
        ends: Counter[str] = Counter()

        def placed(column: NDArray[Any]) -> Piece:
            name = column.dtype.name
            piece = Piece(name, ends[name], ends[name] + len(column))
            ends[name] = piece.stop
            pieces.append((piece, column))
            return piece

        def shared(every: Mapping[str, BarSeries]) -> dict[str, SharedSeries]:
            return {
                symbol: SharedSeries(
                    each.take(slice(0, 0)),
                    {name: placed(getattr(each, name)) for name in ROWS},
                    {name: placed(column) for name, column in each.extras.items()},
                )
                for symbol, each in every.items()
            }

        series, finer = shared(market.series), shared(market.finer)
        for name, length in ends.items():
            # Closed at the end of each turn, because Windows removes no file that is still mapped.
            file = np.lib.format.open_memmap(_path(folder, name), "w+", dtype=np.dtype(name), shape=(length,))
            for piece, column in pieces:
                if piece.file == name:
                    file[piece.start : piece.stop] = column
            file.flush()
            del file
        return cls(folder, replace(market, series={}, finer={}), series, finer)

    def opened(self) -> MarketData:
        """Return the market over the files, read only."""
        files = {path.stem: np.asarray(np.load(path, mmap_mode="r")) for path in self.folder.glob("*.npy")}

        def columns(pieces: Mapping[str, Piece]) -> dict[str, Any]:
            return {name: files[piece.file][piece.start : piece.stop] for name, piece in pieces.items()}

        def whole(every: Mapping[str, SharedSeries]) -> dict[str, BarSeries]:
            return {
                symbol: replace(shared.empty, **columns(shared.rows), extras=columns(shared.extras))
                for symbol, shared in every.items()
            }

        return replace(self.market, series=whole(self.series), finer=whole(self.finer))


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.npy"

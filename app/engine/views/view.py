"""What every view of bars has: the latest values, and all so far."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

from app.domain.bars import BarFlag
from app.engine.columns import Float64
from app.engine.views.cursors import Cursor
from app.engine.views.series import FloatSeries

LATEST = {"open": "opens", "high": "highs", "low": "lows", "close": "closes", "volume": "volumes"}


class View(ABC):
    """The bars of one symbol up to now, oldest first.

    `open`, `high`, `low`, `close`, `volume` are floats of the latest bar; `opens` ... `volumes` are read-only
    float64 views of all bars so far. A declared indicator is an attribute of its name: a float (NaN during
    its warm-up), or a named tuple of floats if it has several outputs; `series` gives it so far. Prices and
    volumes are in current shares: on a split, history is rescaled. `len` is the number of bars so far.
    """

    __slots__ = ("_blocks", "_clock", "_cursor", "_floats", "_results")

    _blocks: dict[str, list[Any]]
    _results: dict[str, list[Any]]

    def __new__(cls, floats: FloatSeries, cursor: Cursor, *_: Any, **__: Any) -> Self:
        """Make a view of a class of its own, whose properties for the latest values know where these are.

        A class with `__getattr__` reads each attribute of `self` slowly, and these are read at every bar.
        """
        blocks: dict[str, list[Any]] = {}
        results: dict[str, list[Any]] = {}
        body: dict[str, Any] = {"__slots__": (), "__doc__": cls.__doc__, "__module__": cls.__module__}
        for name, column in LATEST.items():
            body[name] = _reader(blocks, column, cursor, cls._latest, getattr(cls, name).__doc__)
        for name in floats.indicators:
            doc = f"Return the indicator '{name}' at the latest bar."
            body[name] = _reader(results, name, cursor, cls._latest_result, doc)
        view: Self = object.__new__(type(cls.__name__, (cls,), body))
        view._blocks = blocks
        view._results = results
        cursor.readers += (blocks, results)
        return view

    def __init__(self, floats: FloatSeries, cursor: Cursor, clock: Cursor) -> None:
        self._floats = floats
        self._cursor = cursor
        self._clock = clock

    @property
    def symbol(self) -> str:
        """Return the symbol."""
        return self._floats.bars.instrument.symbol

    @property
    def open(self) -> float:
        """Return the latest open."""
        return self._latest("opens")

    @property
    def high(self) -> float:
        """Return the latest high."""
        return self._latest("highs")

    @property
    def low(self) -> float:
        """Return the latest low."""
        return self._latest("lows")

    @property
    def close(self) -> float:
        """Return the latest close."""
        return self._latest("closes")

    @property
    def volume(self) -> float:
        """Return the latest volume, in shares."""
        return self._latest("volumes")

    @property
    def opens(self) -> Float64:
        """Return all opens so far."""
        return self._floats.column("opens")[: len(self)]

    @property
    def highs(self) -> Float64:
        """Return all highs so far."""
        return self._floats.column("highs")[: len(self)]

    @property
    def lows(self) -> Float64:
        """Return all lows so far."""
        return self._floats.column("lows")[: len(self)]

    @property
    def closes(self) -> Float64:
        """Return all closes so far."""
        return self._floats.column("closes")[: len(self)]

    @property
    def volumes(self) -> Float64:
        """Return all volumes so far, in shares."""
        return self._floats.column("volumes")[: len(self)]

    @property
    def time(self) -> int:
        """Return the start of the latest bar, UTC nanoseconds; 0 before the first."""
        end = len(self)
        return self._floats.bars.timestamps.item(end - 1) if end else 0

    @property
    def flags(self) -> BarFlag:
        """Return what was noticed of the latest bar; of a higher bar, all that was of its members."""
        end = len(self)
        return BarFlag(self._floats.bars.flags.item(end - 1)) if end else BarFlag.GOOD

    @property
    @abstractmethod
    def completed(self) -> bool:
        """Return whether the latest bar is new at this timestamp."""

    @abstractmethod
    def __len__(self) -> int: ...

    def series(self, name: str) -> Any:
        """Return a declared indicator at all bars so far, oldest first.

        It is a read-only float64 view, or a named tuple of them if there are several outputs. Raises
        AttributeError for a name that the strategy has not declared.
        """
        if name not in self._floats.indicators:
            raise AttributeError(self._unknown(name))
        end = len(self)
        found = self._floats.result(name)
        if isinstance(found, tuple):
            return type(found)(*(column[:end] for column in found))
        return found[:end]

    def _latest(self, name: str) -> float:
        """Have a column's block ready as Python floats, and return its latest."""
        block: list[float] = self._block(name).tolist()
        self._blocks[name] = block
        return block[self._cursor.index]

    def _latest_result(self, name: str) -> Any:
        """Have an indicator's block ready as floats or named tuples of them, and return its latest."""
        found = self._floats.result(name)
        if isinstance(found, tuple):
            block = list(map(type(found), *(self._rows(column).tolist() for column in found)))
        else:
            block = self._rows(found).tolist()
        self._results[name] = block
        return block[self._cursor.index]

    @abstractmethod
    def _block(self, name: str) -> Float64:
        """Return what a column is at each row of the cursor's block."""

    @abstractmethod
    def _rows(self, column: Float64) -> Float64:
        """Return what a whole column of the bars is at each row of the cursor's block."""

    def _split(self, row: int, ratio: float) -> None:
        self._floats.split(row, ratio)
        self._blocks.clear()
        self._results.clear()

    def __getattr__(self, name: str) -> Any:
        # A view that is being copied has no slot filled yet.
        raise AttributeError(name if name.startswith("_") else self._unknown(name))

    def _unknown(self, name: str) -> str:
        known = ", ".join(self._floats.indicators) or "none"
        return f"A bar view has no '{name}'; the strategy's indicators are: {known}."


def _reader(
    blocks: dict[str, list[Any]], name: str, cursor: Cursor, missing: Callable[[Any, str], Any], doc: str
) -> property:
    """Return a property that finds the latest value in a block, and calls `missing` where there is none."""

    def latest(view: Any) -> Any:
        try:
            return blocks[name][cursor.index]
        except KeyError:
            return missing(view, name)

    return property(latest, doc=doc)

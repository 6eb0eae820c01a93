"""What a data source is asked for, and what it must give."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from app.domain.bars import Timeframe
from app.engine.columns import MarketData


@dataclass(frozen=True)
class DataRequest:
    """Which bars a run needs; `start` and `end` are inclusive UTC nanoseconds, None is as far as the data go.

    `path` is a file, a folder or a pattern, `actions` a file of corporate actions (both for file sources
    only); `tick` None takes the finest decimals seen. `extra_columns` are to be given as `extras` of each
    series. With `inconsistent`, bars with the high below the low, or open or close outside of them, may be
    given as they are, for a policy to deal with; else they are refused.
    """

    symbols: tuple[str, ...]
    timeframe: Timeframe = Timeframe.D1
    path: str = ""
    start: int | None = None
    end: int | None = None
    tick: Decimal | None = None
    currency: str = "USD"
    actions: str = ""
    extra_columns: tuple[str, ...] = ()
    inconsistent: bool = False


class DataSource(Protocol):
    """Loads bars; raises InputError that names the file, the row and what to do."""

    def __call__(self, request: DataRequest) -> MarketData:
        """Return the series of exactly the symbols asked for, each with at least one bar."""
        ...

"""What a report says about a run besides its result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.engine.columns import MarketData
    from app.services.ambiguity import Bounds


@dataclass(frozen=True)
class SettingRow:
    """One setting as it was used, secrets already masked, and the source that set it."""

    key: str
    value: str
    source: str


@dataclass(frozen=True)
class PluginRow:
    """One plugin of the run: its kind, name and the version of its package."""

    kind: str
    name: str
    version: str


@dataclass(frozen=True)
class ReportHeader:
    """Which run it was: names, configuration, plugins and what is needed to do it again.

    `market` adds a chart of each symbol's price with its fills. `data_hash` is the digest of the market data.
    `bounds` are those of a run with ambiguous fills.
    """

    run_id: str
    title: str
    strategy: str
    symbols: Sequence[str]
    settings: Sequence[SettingRow] = ()
    plugins: Sequence[PluginRow] = ()
    data_hash: str = ""
    seed: int | None = None
    market: "MarketData | None" = None
    bounds: "Bounds | None" = None

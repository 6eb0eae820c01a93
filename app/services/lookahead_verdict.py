"""What a look-ahead check came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.bars import moment


@dataclass(frozen=True)
class Finding:
    """The first thing that a copy's run did otherwise than the run over the whole, at or before its cut.

    `cut` is None where the data were the same. Times are UTC nanoseconds.
    """

    copy: str
    cut: int | None
    time: int
    symbol: str
    whole: str
    copied: str


@dataclass(frozen=True)
class Cut:
    """A moment after which the future was exchanged, and what there was to compare until then."""

    time: int
    orders: int
    fills: int


@dataclass(frozen=True)
class Verdict:
    """What the check found, and how much there was to find it in."""

    strategy: str
    symbols: Sequence[str]
    bars: int
    seed: int
    runs: int
    orders: int
    fills: int
    cuts: Sequence[Cut]
    findings: Sequence[Finding]
    warnings: Sequence[str]

    @property
    def clean(self) -> bool:
        """Return whether every run did the same."""
        return not self.findings

    def summary(self) -> Mapping[str, Any]:
        """Return the verdict in JSON's types; times are ISO 8601, UTC."""
        return {
            "clean": self.clean,
            "strategy": self.strategy,
            "symbols": list(self.symbols),
            "bars": self.bars,
            "seed": self.seed,
            "runs": self.runs,
            "orders": self.orders,
            "fills": self.fills,
            "cuts": [
                {"time": moment(cut.time).isoformat(), "orders": cut.orders, "fills": cut.fills}
                for cut in self.cuts
            ],
            "findings": [
                {
                    "copy": found.copy,
                    "cut": None if found.cut is None else moment(found.cut).isoformat(),
                    "time": moment(found.time).isoformat(),
                    "symbol": found.symbol,
                    "whole": found.whole,
                    "copied": found.copied,
                }
                for found in self.findings
            ],
            "warnings": list(self.warnings),
        }

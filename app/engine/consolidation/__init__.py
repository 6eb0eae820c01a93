"""Longer bars out of bars or trades: by time, count, volume, value, range or Renko bricks."""

from app.engine.consolidation.base import Consolidator
from app.engine.consolidation.consolidate import consolidate, consolidate_trades
from app.engine.consolidation.consolidators import (
    DollarBars,
    EveryN,
    RangeBars,
    TickBars,
    VolumeBars,
)
from app.engine.consolidation.members import Consolidated, Trades
from app.engine.consolidation.renko import Renko
from app.engine.consolidation.time_bars import SessionAnchor, TimeBars

__all__ = [
    "Consolidated",
    "Consolidator",
    "DollarBars",
    "EveryN",
    "RangeBars",
    "Renko",
    "SessionAnchor",
    "TickBars",
    "TimeBars",
    "Trades",
    "VolumeBars",
    "consolidate",
    "consolidate_trades",
]

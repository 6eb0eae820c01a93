"""What a strategy declares about time and about its universe: timers, sessions and rules for the members."""

from app.engine.schedule import (
    AtClose,
    AtOpen,
    Due,
    Every,
    EveryPeriod,
    MonthEnd,
    MonthStart,
    Timer,
    WeekStart,
)
from app.engine.sessions import Sessions
from app.engine.universe import Known, Membership, TopByDollarVolume, Universe

__all__ = [
    "AtClose",
    "AtOpen",
    "Due",
    "Every",
    "EveryPeriod",
    "Known",
    "Membership",
    "MonthEnd",
    "MonthStart",
    "Sessions",
    "Timer",
    "TopByDollarVolume",
    "Universe",
    "WeekStart",
]

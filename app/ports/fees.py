"""The fee schedules that a broker may choose by name: those that come with LTS, and what plugins offer."""

from collections.abc import Mapping
from difflib import get_close_matches

from app.domain.errors import ConfigurationError
from app.engine.fees import FeeSchedule
from app.engine.schedules import SCHEDULES, Amount, schedule

__all__ = ["SCHEDULES", "Amount", "fee_schedule"]


def fee_schedule(
    name: str, options: Mapping[str, Amount | None], offered: Mapping[str, FeeSchedule]
) -> FeeSchedule:
    """Return a fee schedule by name: one of LTS, made with its options, or one that a plugin offers.

    Raises ConfigurationError for an unknown name, for options that do not fit, and for options of an offered
    schedule, which has none.
    """
    if name in SCHEDULES:
        return schedule(name, **options)
    if name not in offered:
        known = sorted({*SCHEDULES, *offered})
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise ConfigurationError(
            f"There is no fee schedule '{name}'.", f"{hint}The schedules are {', '.join(known)}."
        )
    if options:
        raise ConfigurationError(
            f"Fee schedule '{name}' is a plugin's and takes no options.", "Leave fee_options out."
        )
    return offered[name]

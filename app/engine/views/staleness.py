"""How old a symbol's latest bar may become."""

from collections.abc import Callable
from datetime import timedelta

from app.domain.errors import ConfigurationError
from app.engine.columns import Int64

Staleness = Callable[[int, int], bool]
"""Tells of a bar taken at one step whether it is stale at another."""


def staleness(limit: int | timedelta | None, times: Int64) -> Staleness:
    """Return the rule for a limit: more steps than that, more time than that, or never.

    `times` are those of the steps, UTC nanoseconds. Raises ConfigurationError for a limit below zero.
    """
    if limit is None:
        return lambda _arrived, _now: False
    longest = limit if isinstance(limit, int) else limit // timedelta(microseconds=1) * 1000
    if longest < 0:
        raise ConfigurationError(
            f"Bars cannot be stale after {limit}.", "Give a number of steps or a duration, zero or more."
        )
    if isinstance(limit, int):
        return lambda arrived, now: now - arrived > longest
    return lambda arrived, now: times.item(now) - times.item(arrived) > longest

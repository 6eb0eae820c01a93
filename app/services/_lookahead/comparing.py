"""The first thing that one run did otherwise than another."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

from app.domain.errors import described
from app.services._lookahead.watching import Event, Watch
from app.services.lookahead_verdict import Finding

_NOTHING = "nothing"


@dataclass(frozen=True)
class Trace:
    """What one run did; `failure` ended it early, and `scrub` takes secrets out of what it says."""

    watched: Watch
    failure: Exception | None = None
    scrub: Callable[[str], str] = str

    @cached_property
    def orders(self) -> list[Event]:
        """Return what became of orders; a failure is the last thing that the strategy did."""
        if self.failure is None:
            return self.watched.orders
        failed = f"failed: {self.scrub(described(self.failure))}"
        return [*self.watched.orders, Event(self.watched.time, "", failed)]


def differences(copy: str, cut: int | None, whole: Trace, other: Trace) -> list[Finding]:
    """Return the first difference at or before the cut (UTC nanoseconds; None is the end), or nothing.

    The fills of a run that failed are left out, because it did not come to record them all.
    """
    lists = [(whole.orders, other.orders)]
    if other.failure is None:
        lists.append((whole.watched.fills, other.watched.fills))
    found = []
    for ours, theirs in lists:
        pairs = zip_longest(until(ours, cut), until(theirs, cut))
        first = next(((one, two) for one, two in pairs if one != two), None)
        if first is not None:
            found.append(_finding(copy, cut, *first))
    return sorted(found, key=lambda each: each.time)[:1]


def until(events: list[Event], cut: int | None) -> list[Event]:
    """Return the events at or before the cut."""
    return events if cut is None else [event for event in events if event.time <= cut]


def _finding(copy: str, cut: int | None, one: Event | None, two: Event | None) -> Finding:
    """Return what happened at the earlier of two events; who has the later one did nothing then."""
    first = min((event for event in (one, two) if event is not None), key=lambda event: event.time)
    did = [event.what if event is not None and event.time == first.time else _NOTHING for event in (one, two)]
    return Finding(copy, cut, first.time, first.symbol, *did)

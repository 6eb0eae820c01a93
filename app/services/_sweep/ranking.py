"""The order of a sweep's sets, and the reasons of those that have no row."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.services._sweep.grid import Parameters
from app.services._sweep.rows import Row, Skipped
from app.services.sweep_metric import Metric

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


def value_of(row: Row, metric: Metric) -> float | None:
    """Return the figure that a row is ranked by."""
    value: float | None = getattr(row, metric.value)
    return value


def ranked(rows: Sequence[Row], metric: Metric) -> list[Row]:
    """Return the rows, best first; equal ones stay in the order of the sets, undefined ones come last."""

    def place(row: Row) -> tuple[bool, float]:
        value = value_of(row, metric)
        return value is None, -(value or 0)

    return sorted(rows, key=place)


@dataclass(frozen=True)
class SkippedGroup:
    """Sets skipped for one reason, which may name each set's own numbers; the first stands for all."""

    sets: int
    first: Parameters
    reason: str
    failed: bool


def grouped(skipped: Sequence[Skipped]) -> list[SkippedGroup]:
    """Return the reasons in the order in which they came up; reasons that differ in numbers are one."""
    groups: dict[tuple[bool, str], list[Skipped]] = {}
    for each in skipped:
        groups.setdefault((each.failed, _NUMBER.sub("#", each.reason)), []).append(each)
    return [
        SkippedGroup(len(members), members[0].parameters, members[0].reason, members[0].failed)
        for members in groups.values()
    ]

"""Pass 3, first part: every assignment finds its key, or the reason why it has none."""

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.settings.annotations import takes_table
from app.settings.choice import Choice
from app.settings.errors import SettingsError
from app.settings.layers import Assignment, Layer, Step
from app.settings.schema import Schema, Slice


@dataclass(frozen=True)
class Unused:
    """An assignment to a plugin that is not chosen: set for it by name, or dropped with the short form."""

    kind: str
    plugin: str
    option: str
    assignment: Assignment
    reason: str


@dataclass
class Merged:
    """What was assigned to each canonical key, lowest first, and what was left over."""

    values: dict[str, list[Assignment]] = field(default_factory=dict)
    unused: list[Unused] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def merge(steps: Sequence[Step], history: Sequence[Mapping[str, Choice]], schema: Schema) -> Merged:
    """Return the assignments by key; `history[i + 1]` are the choices after step i.

    Raises SettingsError for an unknown key, and for a key that one file, the database or the environment sets
    twice.
    """
    merged = Merged()
    final = history[-1]
    for step, bound in zip(steps, history[1:], strict=True):
        seen: dict[str, Assignment] = {}
        for assignment in step.assignments:
            for placed in _placed(assignment, bound, final, schema):
                if isinstance(placed, Unused):
                    merged.unused.append(placed)
                    continue
                key, owner = placed
                if key in seen and step.layer is not Layer.COMMAND_LINE:
                    raise _twice(key, seen[key], owner)
                seen[key] = owner
                merged.values.setdefault(key, []).append(owner)
    merged.notices.extend(_notices(merged.unused, final))
    return merged


Placed = tuple[str, Assignment] | Unused


def _placed(
    assignment: Assignment, bound: Mapping[str, Choice], final: Mapping[str, Choice], schema: Schema
) -> Iterator[Placed]:
    """Yield the key of an assignment, or those of a table's members."""
    section = assignment.path[0]
    if assignment.path == ("environment",):
        yield "environment", assignment
    elif section in schema.sections:
        yield from _members(assignment, 1, schema.sections[section], schema)
    elif section in schema.plugins:
        yield from _of_plugin(assignment, bound[section], final[section], schema)
    else:
        raise schema.unknown(assignment.key, assignment.source)


def _members(assignment: Assignment, depth: int, part: Slice, schema: Schema) -> Iterator[Placed]:
    """Yield the keys of a slice that an assignment sets; `depth` parts of its path name the slice."""
    names = assignment.path[depth:]
    if not names and isinstance(assignment.value, dict):
        for child in assignment.children():
            yield from _members(child, depth, part, schema)
    elif len(names) == 1 and names[0] in part.keys:
        yield part.keys[names[0]].name, assignment
    else:
        raise schema.unknown(assignment.key, assignment.source)


def _of_plugin(assignment: Assignment, bound: Choice, final: Choice, schema: Schema) -> Iterator[Placed]:
    """Yield the places of a key under a kind: in a plugin's own table, or short for the plugin `bound`."""
    kind, *names = assignment.path
    part = schema.plugins[kind]
    if not names:
        if not isinstance(assignment.value, dict):
            raise schema.unknown(assignment.key, assignment.source)
        for child in assignment.children():
            yield from _of_plugin(child, bound, final, schema)
        return
    is_table = len(names) > 1 or isinstance(assignment.value, dict)
    option = part.keys.get(names[0]) if bound.name == final.name else None
    is_option = option is not None and (names[0] != final.name or takes_table(option.annotation))
    if is_table and names[0] == final.name and not is_option:
        yield from _members(assignment, 2, part, schema)
    elif is_table and option is None:
        yield from _of_another(assignment, final)
    elif bound.name == final.name:
        yield from _members(assignment, 1, part, schema)
    else:
        reason = f"it was for {bound.name}, and {final.source} chose {final.name}"
        yield Unused(kind, bound.name, names[0], assignment, reason)


def _of_another(assignment: Assignment, final: Choice) -> Iterator[Unused]:
    kind, plugin, *names = assignment.path
    reason = f"it is for {plugin}, and {final.source} chose {final.name}"
    if names:
        yield Unused(kind, plugin, ".".join(names), assignment, reason)
    for child in assignment.children() if not names else ():
        yield Unused(kind, plugin, child.path[-1], child, reason)


def _twice(key: str, first: Assignment, second: Assignment) -> SettingsError:
    sources = f"{first.source}" if first.source == second.source else f"{first.source} and {second.source}"
    written = f"{first.key} and {second.key}" if first.key != second.key else first.key
    return SettingsError(f"{key} is set twice by {sources} ({written}).", "Remove one of the two.")


def _notices(unused: Iterable[Unused], final: Mapping[str, Choice]) -> Iterator[str]:
    """Yield what a user probably did not mean: keys dropped with their plugin, tables named almost right."""
    told = set()
    for left in unused:
        chosen = final[left.kind]
        by_name = left.assignment.path[1] == left.plugin
        near = difflib.get_close_matches(left.plugin, [chosen.name], cutoff=0.8)
        written = f"{left.kind}.{left.plugin}" if by_name else left.assignment.key
        notice = f"{written} (from {left.assignment.source}) is not used: {left.reason}."
        if notice not in told and (near or not by_name):
            told.add(notice)
            yield notice

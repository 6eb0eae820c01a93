"""Pass 3, second part: the merged values of each slice become one frozen model."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.settings.errors import SettingsError
from app.settings.layers import Assignment
from app.settings.masking import scrubbed, shown
from app.settings.schema import Key, Slice
from app.settings.texts import from_text, to_json

_LIMIT = 80


def validated(part: Slice, values: Mapping[str, list[Assignment]]) -> BaseModel:
    """Return the slice's model built from the highest assignment of each key.

    Types are strict (no bool for an int, no text for a number) except that a decimal may be written as a
    number or as text. Raises SettingsError that names the key, the value, its source and the reason.
    """
    winners = {name: values[key.name][-1] for name, key in part.keys.items() if key.name in values}
    fields = {name: _field_json(part.keys[name], winner) for name, winner in winners.items()}
    document = "{" + ", ".join(f"{to_json(name)}: {text}" for name, text in fields.items()) + "}"
    try:
        return part.model.model_validate_json(document, strict=True, by_alias=False, by_name=True)
    except ValidationError as error:
        # Without its cause: pydantic's own error repeats the input, secrets included.
        raise _refused(part, winners, error.errors(include_url=False)) from None
    except Exception as error:  # noqa: BLE001 - a plugin's own validator may raise anything
        raise SettingsError(
            f"{part.prefix} cannot be validated: its options class raised {type(error).__name__}.",
            "Report it to the plugin's author.",
        ) from None


def plain(key: Key, assignment: Assignment) -> object:
    """Return what an assignment says, text read as the key's type asks where that is possible."""
    if not assignment.text or not isinstance(assignment.value, str):
        return assignment.value
    try:
        return from_text(assignment.value, key.annotation)
    except ValueError:
        return assignment.value


def _field_json(key: Key, assignment: Assignment) -> str:
    value = assignment.value
    try:
        if assignment.text and isinstance(value, str):
            value = from_text(value, key.annotation)
        return to_json(value)
    except ValueError as error:
        raise _wrong_value(key, assignment, str(error)) from error


def _refused(part: Slice, winners: Mapping[str, Assignment], errors: list[ErrorDetails]) -> SettingsError:
    first = errors[0]
    location = first["loc"]
    reason = _reason(first)
    key = part.keys.get(str(location[0])) if location else None
    if key is None:
        return _wrong_together(part, winners, reason)
    if key.name.rpartition(".")[2] not in winners:
        return SettingsError(f"{key.name} is not set, and it has no default.", f"Set {key.name}.")
    winner = winners[key.name.rpartition(".")[2]]
    return _wrong_value(key, winner, _place(plain(key, winner), location[1:]) + reason)


def _wrong_value(key: Key, assignment: Assignment, reason: str) -> SettingsError:
    return SettingsError(
        f"{_given(key, assignment)} is refused: {_scrubbed(reason, key, assignment)}.",
        _remedy(key.name),
    )


def _wrong_together(part: Slice, winners: Mapping[str, Assignment], reason: str) -> SettingsError:
    given = []
    for name, assignment in winners.items():
        key = part.keys[name]
        given.append(_given(key, assignment))
        reason = _scrubbed(reason, key, assignment)
    return SettingsError(
        f"{part.prefix} is refused: {reason}. Given: {', '.join(given) or 'only defaults'}.",
        _remedy(f"{part.prefix}."),
    )


def _given(key: Key, assignment: Assignment) -> str:
    value = shown(plain(key, assignment), secret=key.secret, limit=_LIMIT)
    return f"{key.name} = {value} (from {assignment.source})"


def _scrubbed(reason: str, key: Key, assignment: Assignment) -> str:
    reason = scrubbed(reason, assignment.value, secret=key.secret)
    return scrubbed(reason, plain(key, assignment), secret=key.secret)


def _remedy(key: str) -> str:
    kind, _, rest = key.partition(".")
    plugin, dot, _ = rest.partition(".")
    if dot:
        return f"`lts plugins show {kind} {plugin}` describes its options."
    return "Correct the value there."


def _reason(error: ErrorDetails) -> str:
    text = error["msg"].removeprefix("Value error, ").removeprefix("Assertion failed, ")
    return text.replace("Input should", "it should").rstrip(".") or "its validator refuses it"


def _place(value: Any, location: tuple[int | str, ...]) -> str:
    """Return where inside a list or table the error lies, as a prefix of the reason."""
    words = []
    for part in location:
        if isinstance(value, list) and isinstance(part, int) and part < len(value):
            words.append(f"item {part + 1}")
        elif isinstance(value, dict) and part in value:
            words.append(str(part))
        else:
            break
        value = value[part]
    return f"{', '.join(words)}: " if words else ""

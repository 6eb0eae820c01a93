"""How values are shown: as TOML would write them, and secrets as stars."""

import math
import re
from collections.abc import Iterator, Mapping
from enum import Enum

from app.settings.errors import printable

MASK = "******"

_SECRET_NAME = re.compile(
    r"secret|passw|passphrase|token|credential|(?:api|access|private|signing|encryption)_?key", re.IGNORECASE
)


_PASSWORD_IN_URL = re.compile(r"(://[^/@:\s]*:)[^/@\s]+(?=@)")


def is_secret_name(key: str) -> bool:
    """Tell whether the last part of a dotted key is a name that secrets go by."""
    return bool(_SECRET_NAME.search(key.rpartition(".")[2]))


def masked(value: object, *, secret: bool) -> object:
    """Return a JSON-able copy of a value with secrets replaced, those inside tables included."""
    if secret:
        return MASK
    match value:
        case Mapping():
            return {str(k): masked(v, secret=is_secret_name(str(k))) for k, v in value.items()}
        case list() | tuple():
            return [masked(member, secret=False) for member in value]
    return _masked_scalar(value)


def shown(value: object, *, secret: bool, limit: int = 0) -> str:
    """Return a value for people, on one line, cut to `limit` characters unless that is 0."""
    text = MASK if secret else _toml(masked(value, secret=False))
    return f"{text[: limit - 3]}..." if limit and len(text) > limit else text


def scrubbed(text: str, given: object, *, secret: bool) -> str:
    """Return the text without the secrets in what was given: a validator may repeat its input."""
    for word in sorted(set(_secret_words(given, secret=secret)), key=len, reverse=True):
        text = text.replace(word, MASK)
    return _masked_text(text)


def _secret_words(value: object, *, secret: bool) -> Iterator[str]:
    match value:
        case Mapping():
            for key, member in value.items():
                yield from _secret_words(member, secret=secret or is_secret_name(str(key)))
        case list() | tuple():
            for member in value:
                yield from _secret_words(member, secret=secret)
        case str() if secret and value:
            yield from (value, repr(value)[1:-1])
        case int() | float() if secret and not isinstance(value, bool):
            yield str(value)


def _masked_scalar(value: object) -> object:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, str):
        return _masked_text(value)
    if value is None or isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


def _masked_text(text: str) -> str:
    if text.lstrip()[:1] in {"{", "["} and _SECRET_NAME.search(text):
        return MASK
    return _PASSWORD_IN_URL.sub(rf"\1{MASK}", text)


def _toml(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + printable(value.replace("\\", "\\\\").replace('"', '\\"')) + '"'
        case list():
            return "[" + ", ".join(_toml(member) for member in value) + "]"
        case dict():
            return "{" + ", ".join(f"{printable(str(k))} = {_toml(v)}" for k, v in value.items()) + "}"
    return str(value)

"""How values are shown: as TOML would write them, and secrets as stars."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from pydantic import BaseModel, SecretBytes, SecretStr

from app.settings.errors import printable

MASK = "******"

SECRET_NAMES = (
    "accesskey",
    "apikey",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "encryptionkey",
    "jwt",
    "mfa",
    "mnemonic",
    "otp",
    "passphrase",
    "passw",
    "privatekey",
    "pwd",
    "recoverycode",
    "secret",
    "signingkey",
    "token",
)
"""What the name of a secret contains, as in `app.security.redaction`, which may not be imported here."""

_USER = re.compile(r"[^\s/?#@]*")


def is_secret_name(key: str) -> bool:
    """Tell whether the last part of a dotted key is a name that secrets go by."""
    return _names_secret(key.rpartition(".")[2])


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


def without(text: str, words: Iterable[str]) -> str:
    """Return the text with these words masked, as they are and as Python quotes them."""
    quoted = {each for word in words for each in (word, repr(word)[1:-1])}
    for word in sorted(quoted, key=len, reverse=True):
        text = text.replace(word, MASK)
    return text


def secret_words(value: object, *, secret: bool) -> Iterator[str]:
    """Yield what is secret in a validated value, in clear; too short a word is not: it is in every text."""
    match value:
        case SecretStr():
            yield from secret_words(value.get_secret_value(), secret=True)
        case SecretBytes():
            yield from secret_words(value.get_secret_value().decode(errors="replace"), secret=True)
        case BaseModel():
            yield from secret_words(dict(value), secret=secret)
        case Mapping():
            for key, member in value.items():
                yield from secret_words(member, secret=secret or is_secret_name(str(key)))
        case list() | tuple() | set() | frozenset():
            for member in value:
                yield from secret_words(member, secret=secret)
        case None | bool():
            return
        case _ if secret and len(str(value)) >= _SHORTEST:
            yield str(value)


_SHORTEST = 4  # characters


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
    if text.lstrip()[:1] in {"{", "["} and _names_secret(text):
        return MASK
    return _without_password(text)


def _names_secret(text: str) -> bool:
    plain = re.sub(r"[^a-z0-9]", "", text.lower())
    return any(name in plain for name in SECRET_NAMES)


def _without_password(text: str) -> str:
    """Mask the password of a URL up to the last @, and with it a user that cannot be told from it."""
    before, slashes, rest = text.partition("//")
    credentials, at, after = rest.rpartition("@")
    user, colon, _ = credentials.partition(":")
    if not colon:
        return text
    named = f"{user}:" if _USER.fullmatch(user) else ""
    return f"{before}{slashes}{named}{MASK}{at}{after}"


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

"""What must never be written in clear: values under secret names, and passwords inside URLs."""

import re
from collections.abc import Mapping
from typing import Any

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
"""What the name of a secret contains, in small letters without separators."""

_USER = re.compile(r"[^\s/?#@]*")


def is_secret(name: str) -> bool:
    """Return whether a key of this name holds a secret, whatever its case and separators."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return any(secret in plain for secret in SECRET_NAMES)


def without_password(text: str) -> str:
    """Return the text with the password of a `scheme://user:password@host` masked.

    A password may hold anything, so it reaches to the last @ of the text; a user that cannot be told from it
    is masked too.
    """
    before, slashes, rest = text.partition("//")
    credentials, at, after = rest.rpartition("@")
    user, colon, _ = credentials.partition(":")
    if not colon:
        return text
    named = f"{user}:" if _USER.fullmatch(user) else ""
    return f"{before}{slashes}{named}{MASK}{at}{after}"


def redacted(value: Any) -> Any:
    """Return a JSON-like value, at any depth, with what lies under secret names and in URLs masked."""
    if isinstance(value, Mapping):
        return {key: MASK if is_secret(str(key)) else redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return without_password(value) if isinstance(value, str) else value

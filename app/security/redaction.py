"""What must never be written in clear: values under secret names, and passwords inside URLs."""

import re
from collections.abc import Mapping
from typing import Any

MASK = "******"

_SECRET_NAMES = (
    "apikey",
    "authorization",
    "cookie",
    "credential",
    "mfa",
    "otp",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "secret",
    "token",
)
_URL_PASSWORD = re.compile(r"(?<=://)([^:/?#\s]*):[^\s]*@")


def is_secret(name: str) -> bool:
    """Return whether a key of this name holds a secret, whatever its case and separators."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return any(secret in plain for secret in _SECRET_NAMES)


def without_password(text: str) -> str:
    """Return the text with the password of any `scheme://user:password@host` masked."""
    return _URL_PASSWORD.sub(rf"\1:{MASK}@", text)


def redacted(value: Any) -> Any:
    """Return a JSON-like value, at any depth, with what lies under secret names and in URLs masked."""
    if isinstance(value, Mapping):
        return {key: MASK if is_secret(str(key)) else redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return without_password(value) if isinstance(value, str) else value

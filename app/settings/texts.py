"""Values that arrive as text, from variables and options, read as the field's type asks."""

import json
import math
import re
from collections.abc import Collection, Mapping
from datetime import date, time
from decimal import Decimal
from pathlib import PurePath
from typing import Any, get_args

from app.settings.annotations import SECRET_TYPES, alternatives, base, takes_table
from app.settings.documents import parse_json

_BOOLEANS = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip
_INTEGER = re.compile(r"[+-]?[0-9]{1,300}")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def from_text(text: str, annotation: Any) -> object:
    """Return what a text says for a field, as a JSON value; what cannot be read stays text, to be refused.

    Lists are a JSON array or comma separated, tables a JSON object. Raises ValueError for malformed JSON.
    """
    allowed = [(alternative, base(alternative)) for alternative in alternatives(annotation)]
    if any(issubclass(plain, (str, *SECRET_TYPES)) for _, plain in allowed):
        return text
    bare = text.strip()
    if bare.startswith("{") and takes_table(annotation):
        return parse_json(bare)
    for alternative, plain in allowed:
        if issubclass(plain, Collection) and not issubclass(plain, Mapping | bytes):
            return _list(bare, get_args(alternative))
    return _scalar(bare, {plain for _, plain in allowed})


def to_json(value: object) -> str:
    """Return a value as JSON text, dates and decimals as strings; raises ValueError for other types."""
    try:
        text = json.dumps(value, default=_text, allow_nan=False, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("it is not valid Unicode text") from error
    except (TypeError, RecursionError) as error:
        raise ValueError("it cannot be written as JSON") from error
    return text


def _scalar(bare: str, allowed: set[type]) -> object:
    if not bare and type(None) in allowed:
        return None
    if bool in allowed and bare.lower() in _BOOLEANS:
        return _BOOLEANS[bare.lower()]
    if any(issubclass(plain, int) and plain is not bool for plain in allowed) and _INTEGER.fullmatch(bare):
        return int(bare)
    if float in allowed and _NUMBER.fullmatch(bare) and math.isfinite(float(bare)):
        return float(bare)
    return bare


def _list(bare: str, elements: tuple[Any, ...]) -> object:
    if bare.startswith("["):
        return parse_json(bare)
    parts = [part.strip() for part in bare.split(",")] if bare else []
    if not elements:
        return parts
    fixed = len(elements) == len(parts) and Ellipsis not in elements
    return [from_text(part, elements[i] if fixed else elements[0]) for i, part in enumerate(parts)]


def _text(value: object) -> object:
    match value:
        case date() | time():
            return value.isoformat()
        case Decimal() | PurePath():
            return str(value)
        case set() | frozenset():
            return sorted(value)
    raise TypeError(type(value).__name__)

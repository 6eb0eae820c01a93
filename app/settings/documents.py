"""Settings files: TOML or JSON, of bounded size and depth, with errors that name the file and the line."""

import json
import math
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import NoReturn

from app.settings.errors import SettingsError

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 16
_MAX_BITS = 1024

# tomllib takes quadratic time and memory for a dotted key of many parts, so those never reach it.
_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_LONG_KEY = re.compile(rf"(?<![A-Za-z0-9_-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{2 * MAX_DEPTH}}}")


def read_document(path: Path) -> dict[str, object]:
    """Return a settings file as nested tables.

    Raises SettingsError for a missing, unreadable, oversized or malformed file and for a suffix other than
    .toml or .json.
    """
    parse = {".toml": parse_toml, ".json": parse_json}.get(path.suffix.lower())
    if parse is None:
        raise SettingsError(f"{path} is neither TOML nor JSON.", "Name the file .toml or .json.")
    text = _decoded(path, _bounded(path))
    try:
        document = parse(text)
    except ValueError as error:
        raise SettingsError(f"{path} cannot be read as settings: {error}.", "Correct the file.") from error
    if not isinstance(document, dict):
        raise SettingsError(f"{path} is not a table of settings.", 'Write one JSON object: {"data": {...}}.')
    return document


def parse_toml(text: str) -> dict[str, object]:
    """Return TOML text as nested tables; raises ValueError with the line."""
    long_key = _LONG_KEY.search(text)
    if long_key:
        line = text.count("\n", 0, long_key.start()) + 1
        raise ValueError(f"a key of more than {2 * MAX_DEPTH} parts (at line {line})")
    try:
        document = tomllib.loads(text)
    except RecursionError as error:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep") from error
    except ValueError as error:
        lines = text.count("\n") + 1
        raise ValueError(str(error).replace("at end of document", f"at line {lines}, the end")) from error
    refuse_excess(document)
    return document


def parse_json(text: str) -> object:
    """Return JSON text as a value; raises ValueError with the line, also for duplicate keys and NaN."""
    try:
        value: object = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise ValueError(f"{error.msg} (at line {error.lineno}, column {error.colno})") from error
    except RecursionError as error:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep") from error
    refuse_excess(value)
    return value


def refuse_excess(value: object, where: str = "", depth: int = 0) -> None:
    """Raise ValueError for tables nested too deep, numbers that are not finite and gigantic integers."""
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested more than {MAX_DEPTH} deep")
    if isinstance(value, dict):
        for name, member in value.items():
            refuse_excess(member, f"{where}.{name}" if where else str(name), depth + 1)
    elif isinstance(value, list | tuple):
        for member in value:
            refuse_excess(member, where, depth + 1)
    elif (isinstance(value, float) and not math.isfinite(value)) or (
        isinstance(value, int) and value.bit_length() > _MAX_BITS
    ):
        raise ValueError(f"{where or 'the value'} is not a finite number of reasonable size")


def _bounded(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise SettingsError(f"The settings file {path} does not exist.", "Check the path.") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"The settings file {path} cannot be read: {reason}.",
            "Check the path and its permissions.",
        ) from error
    if len(content) > MAX_BYTES:
        raise SettingsError(f"{path} is larger than 1 MiB.", "Settings files are small; check the path.")
    return content


def _decoded(path: Path, content: bytes) -> str:
    try:
        # Windows editors like to start a file with a byte order mark.
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsError(f"{path} is not UTF-8 text (at line {line}).", "Save it as UTF-8.") from error


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    table = dict(pairs)
    if len(table) < len(pairs):
        repeated = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"the key '{repeated}' appears twice in one object")
    return table


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")

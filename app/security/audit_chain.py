"""The hash chain that makes a changed, missing or reordered audit record visible.

Each record's SHA-256 covers its canonical JSON (sorted keys, no spaces, ASCII), its writer, its place in that
writer's chain and the hash before it, so nothing can change without every later hash changing too.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class AuditRecord:
    """Who did what to which object: `action` is a verb such as `portfolio.create`, `time` is aware.

    `before` and `after` are JSON objects, or None where there is none; `address` is the client's.
    """

    time: datetime
    actor: str
    action: str
    object: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    address: str | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Anchor:
    """The end of a chain at some moment; kept elsewhere it shows that later records were cut off."""

    sequence: int
    hash: str


def digest(writer: str, sequence: int, record: AuditRecord, previous_hash: str) -> str:
    """Return the hexadecimal SHA-256 of the record at that place of the writer's chain.

    Raises ValueError for NaN and infinities, and TypeError for what JSON cannot hold.
    """
    facts = {
        "writer": writer,
        "sequence": sequence,
        "time": record.time.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": record.actor,
        "action": record.action,
        "object": record.object,
        "before": record.before,
        "after": record.after,
        "address": record.address,
        "request_id": record.request_id,
        "previous_hash": previous_hash,
    }
    return sha256(_canonical(facts)).hexdigest()


def _canonical(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")

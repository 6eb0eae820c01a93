"""Who acts, and what is written down about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Credentials:
    """What somebody shows to be recognised; a headless run shows the name of its operating-system user."""

    username: str
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Identity:
    """Somebody an AAA plugin has recognised: `subject` is unique within `issuer`."""

    issuer: str
    subject: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class AuditEvent:
    """One thing that was done: `action` like 'run.started', `target` what it was done to."""

    actor: str
    action: str
    target: str
    details: Mapping[str, object] = field(default_factory=dict)


class AuditTrail(Protocol):
    """Where accounts are kept; what is appended can never be changed."""

    def append(self, event: AuditEvent) -> None:
        """Write the event durably before returning. Raises StorageFailed where that is impossible."""
        ...

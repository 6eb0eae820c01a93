"""The audit trail of one process, kept in the database."""

from collections.abc import Callable
from dataclasses import dataclass

from app.domain.bars import moment
from app.persistence import audit
from app.persistence.database import Database
from app.ports import AuditEvent
from app.security.audit_chain import AuditRecord


@dataclass(frozen=True)
class DatabaseTrail:
    """Appends events to one writer's hash chain, each in a transaction of its own; `clock` is UTC ns."""

    database: Database
    writer: str
    clock: Callable[[], int]

    def append(self, event: AuditEvent) -> None:
        """Write the event durably before returning. Raises StorageFailed where that is impossible."""
        record = AuditRecord(
            time=moment(self.clock()),
            actor=event.actor,
            action=event.action,
            object=event.target,
            after=dict(event.details) or None,
        )
        with self.database.transaction() as session:
            audit.append(session, self.writer, record)

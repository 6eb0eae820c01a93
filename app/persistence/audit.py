"""The audit log: append in the caller's transaction, and verify the chain."""

from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.persistence.ids import uuid7
from app.persistence.tables.audit_logs import AuditLog
from app.security.audit_chain import GENESIS, Anchor, AuditRecord, digest
from app.security.redaction import redacted

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_START = Anchor(0, GENESIS)


def append(session: Session, writer: str, record: AuditRecord) -> Anchor:
    """Add the record, secrets masked, to the end of the writer's chain and return that new end.

    It is committed or rolled back with the session's transaction.
    """
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer anyway; here two transactions must not continue from the same end.
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"audit {writer}", 0))))
    end = head(session, writer)
    record = replace(record, before=redacted(record.before), after=redacted(record.after))
    sequence = end.sequence + 1
    hashed = digest(writer, sequence, record, end.hash)
    session.add(
        AuditLog(
            id=uuid7((record.time - _EPOCH) // _MICROSECOND * 1000),
            writer=writer,
            sequence=sequence,
            previous_hash=end.hash,
            hash=hashed,
            **vars(record),
        )
    )
    session.flush()
    return Anchor(sequence, hashed)


def head(session: Session, writer: str) -> Anchor:
    """Return the end of the writer's chain: sequence 0 where there is no record yet."""
    query = select(AuditLog.sequence, AuditLog.hash).where(AuditLog.writer == writer)
    row = session.execute(query.order_by(AuditLog.sequence.desc()).limit(1)).one_or_none()
    return Anchor(*row) if row else _START


def verify(session: Session, writer: str, anchor: Anchor | None = None) -> int | None:
    """Return the first sequence of the writer's chain that is missing or was changed, or None.

    Records cut off at the end are only missed with an `anchor` that was kept elsewhere.
    """
    query = select(AuditLog).where(AuditLog.writer == writer).order_by(AuditLog.sequence)
    end = _START
    with closing(session.scalars(query.execution_options(yield_per=1000))) as rows:
        for row in rows:
            following = _following(end, row)
            if (row.sequence, row.previous_hash, row.hash) != (following.sequence, end.hash, following.hash):
                return following.sequence
            if anchor and anchor.sequence == following.sequence and anchor != following:
                return following.sequence
            end = following
    return end.sequence + 1 if anchor and anchor.sequence > end.sequence else None


def _following(end: Anchor, row: AuditLog) -> Anchor:
    """Return what the chain's next link must be, if it holds what the row says."""
    record = AuditRecord(**{field.name: getattr(row, field.name) for field in fields(AuditRecord)})
    return Anchor(end.sequence + 1, digest(row.writer, end.sequence + 1, record, end.hash))

"""The audit log."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, JsonObject, check, named
from app.persistence.types import JsonText


class AuditLog(Base):
    """Who did what to which object, chained by hash per writer and never changed; `audit` appends it."""

    __tablename__ = "audit_logs"

    id: Mapped[Id]
    writer: Mapped[str]
    sequence: Mapped[int]
    time: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    action: Mapped[str]
    object: Mapped[str]
    before: Mapped[JsonObject | None] = mapped_column(JsonText)
    after: Mapped[JsonObject | None] = mapped_column(JsonText)
    address: Mapped[str | None]
    request_id: Mapped[str | None]
    previous_hash: Mapped[str]
    hash: Mapped[str]

    __table_args__ = (
        UniqueConstraint("writer", "sequence"),
        named("writer"),
        check("sequence", "sequence >= 1"),
        check("previous_hash", "length(previous_hash) = 64"),
        check("hash", "length(hash) = 64"),
    )

"""Accounts at brokers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, JsonObject, Versioned, named, one_of, reference


class BrokerAccount(Versioned, Base):
    """One account at one broker, real or simulated, reached through a broker plugin."""

    __tablename__ = "broker_accounts"

    id: Mapped[Id]
    owner_id: Mapped[UUID] = reference("users.id", index=False)
    name: Mapped[str]
    plugin: Mapped[str]
    options: Mapped[JsonObject] = mapped_column(default=dict)
    mode: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("owner_id", "name"),
        named("name"),
        named("plugin"),
        one_of("mode", "simulated", "paper", "live"),
    )

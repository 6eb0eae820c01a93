"""Portfolios."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, JsonObject, Versioned, check, named, one_of, reference

_PRESENT = text("deleted_at IS NULL")


class Portfolio(Versioned, Base):
    """A unit of capital of one owner, with the portfolio plugin that allocates it."""

    __tablename__ = "portfolios"

    id: Mapped[Id]
    owner_id: Mapped[UUID] = reference("users.id")
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    base_currency: Mapped[str]
    capital: Mapped[Decimal]
    status: Mapped[str] = mapped_column(default="draft")
    plugin: Mapped[str]
    options: Mapped[JsonObject] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_portfolios_owner_id_name",
            "owner_id",
            "name",
            unique=True,
            sqlite_where=_PRESENT,
            postgresql_where=_PRESENT,
        ),
        named("name"),
        named("plugin"),
        check("base_currency", "length(base_currency) BETWEEN 3 AND 5"),
        check("capital", "capital > 0"),
        one_of("status", "draft", "active", "inactive", "halted"),
    )

"""Users, whoever vouched for them."""

from datetime import datetime

from sqlalchemy import Computed, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, Versioned, named


class User(Versioned, Base):
    """A person or a machine that owns things; `issuer` and `subject` say who authenticated it and as whom."""

    __tablename__ = "users"

    id: Mapped[Id]
    issuer: Mapped[str]
    subject: Mapped[str]
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(Computed("lower(username)", persisted=True), unique=True)
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(Computed("lower(email)", persisted=True), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        named("issuer"),
        named("subject"),
        named("username"),
        named("email", 320),
    )

"""Configuration: the settings that were made through the interfaces."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Versioned, named
from app.persistence.types import Json


class ConfigurationEntry(Versioned, Base):
    """One key of the DATABASE layer of the settings, with who set it and when."""

    __tablename__ = "configuration"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(Json, nullable=False)
    set_by: Mapped[str]
    set_at: Mapped[datetime]

    __table_args__ = (named("key"), named("set_by"))

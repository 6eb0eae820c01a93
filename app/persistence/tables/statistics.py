"""Statistics of runs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, check, named


class Statistic(Base):
    """One figure of a run for one period (`all`, `2003`, `2003-05` ...), as a number or as text.

    Both are empty where the figure is not defined, as a ratio without any volatility is.
    """

    __tablename__ = "statistics"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True, default="all")
    value: Mapped[float | None]
    text: Mapped[str | None]
    start_time: Mapped[datetime | None]
    end_time: Mapped[datetime | None]

    __table_args__ = (
        named("key"),
        named("period"),
        check("value", "value IS NULL OR text IS NULL"),
        check("end_time", "end_time >= start_time"),
    )

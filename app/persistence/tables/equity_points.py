"""Equity points: what a run was worth, over time."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base


class EquityPoint(Base):
    """Equity, cash and gross exposure at the close of one timestamp, in the portfolio's currency."""

    __tablename__ = "equity_points"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    time: Mapped[datetime] = mapped_column(primary_key=True)
    equity: Mapped[Decimal]
    cash: Mapped[Decimal]
    exposure: Mapped[Decimal]

"""Positions: what a run holds of each asset."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, check, reference


class Position(Base):
    """The holding of one asset in one run, derived from its executions; a negative quantity is a short.

    `cost` has the sign of `quantity`, `average_price` is rounded half to even, `realised` is gross of `fees`.
    """

    __tablename__ = "positions"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    asset_id: Mapped[UUID] = mapped_column(ForeignKey("assets.id"), primary_key=True, index=True)
    portfolio_id: Mapped[UUID] = reference("portfolios.id")
    quantity: Mapped[Decimal]
    cost: Mapped[Decimal]
    average_price: Mapped[Decimal]
    realised: Mapped[Decimal]
    fees: Mapped[Decimal]
    last_price: Mapped[Decimal | None]
    unrealised: Mapped[Decimal | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    __table_args__ = (check("closed_at", "closed_at >= opened_at"),)

"""Trades: positions that were opened and closed again."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, check, one_of, reference


class Trade(Base):
    """A closed cycle of one asset: `realised` is gross of `fees`, `return_ratio` is a fraction net of them.

    Prices are averages; `bars` counts those between entry and exit.
    """

    __tablename__ = "trades"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asset_id: Mapped[UUID] = reference("assets.id")
    side: Mapped[str]
    quantity: Mapped[Decimal]
    entry_time: Mapped[datetime]
    exit_time: Mapped[datetime]
    entry_price: Mapped[Decimal]
    exit_price: Mapped[Decimal]
    realised: Mapped[Decimal]
    fees: Mapped[Decimal]
    return_ratio: Mapped[float | None]
    bars: Mapped[int]

    __table_args__ = (
        one_of("side", "long", "short"),
        check("sequence", "sequence >= 0"),
        check("quantity", "quantity > 0"),
        check("exit_time", "exit_time >= entry_time"),
        check("bars", "bars >= 0"),
    )

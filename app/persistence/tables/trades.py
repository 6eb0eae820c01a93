"""Trades: positions that were opened and closed again."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, false
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, check, one_of, reference


class Trade(Base):
    """A closed cycle of one asset: `realised` is gross of `fees`, `return_ratio` is a fraction net of them.

    Prices are averages; `bars` counts those between entry and exit. `mae` and `mfe` are how far the trade ran
    against and in favour of its owner, as fractions of what was entered; `ambiguous` says that a bar did not
    tell which of its fills came first.
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
    mae: Mapped[float | None]
    mfe: Mapped[float | None]
    ambiguous: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        one_of("side", "long", "short"),
        check("sequence", "sequence >= 0"),
        check("quantity", "quantity > 0"),
        check("exit_time", "exit_time >= entry_time"),
        check("bars", "bars >= 0"),
        check("mae", "mae <= 0"),
        check("mfe", "mfe >= 0"),
    )

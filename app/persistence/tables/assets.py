"""Assets of portfolios."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, JsonObject, Versioned, check, named, one_of, reference


class Asset(Versioned, Base):
    """One symbol in one portfolio; a sleeve keeps apart what several strategies hold of it.

    Without a plugin of its own an asset takes the one of its run.
    """

    __tablename__ = "assets"

    id: Mapped[Id]
    portfolio_id: Mapped[UUID] = reference("portfolios.id", index=False)
    symbol: Mapped[str]
    exchange: Mapped[str] = mapped_column(default="")
    sleeve: Mapped[str] = mapped_column(default="")
    asset_class: Mapped[str] = mapped_column(default="equity")
    currency: Mapped[str]
    tick: Mapped[Decimal]
    lot: Mapped[Decimal] = mapped_column(default=Decimal(1))
    multiplier: Mapped[Decimal] = mapped_column(default=Decimal(1))
    strategy: Mapped[str | None]
    strategy_options: Mapped[JsonObject] = mapped_column(default=dict)
    pipeline: Mapped[str | None]
    broker_account_id: Mapped[UUID | None] = reference("broker_accounts.id")
    status: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("portfolio_id", "symbol", "exchange", "sleeve"),
        named("symbol"),
        named("asset_class"),
        check("currency", "length(currency) BETWEEN 3 AND 5"),
        check("tick", "tick > 0"),
        check("lot", "lot > 0"),
        check("multiplier", "multiplier > 0"),
        one_of("status", "active", "inactive", "halted"),
    )

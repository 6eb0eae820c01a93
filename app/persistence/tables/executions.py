"""Executions: what a venue did for an order."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, check, named, one_of, reference


class Execution(Base):
    """A fill as the venue reported it, never changed: a bust is another execution that reverses it.

    `value` is quantity times price times multiplier, `realised` is gross of `fee`, `flags` a sum of
    app.domain.fills.ExecutionFlag.
    """

    __tablename__ = "executions"

    id: Mapped[Id]
    run_id: Mapped[UUID] = reference("runs.id")
    order_id: Mapped[UUID] = reference("orders.id")
    broker_account_id: Mapped[UUID] = reference("broker_accounts.id", index=False)
    execution_id: Mapped[str]
    side: Mapped[str]
    quantity: Mapped[Decimal]
    price: Mapped[Decimal]
    value: Mapped[Decimal]
    fee: Mapped[Decimal]
    fee_currency: Mapped[str]
    realised: Mapped[Decimal]
    liquidity: Mapped[str | None]
    flags: Mapped[int] = mapped_column(default=0)
    venue_time: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("broker_account_id", "execution_id"),
        named("execution_id"),
        one_of("side", "buy", "sell"),
        one_of("liquidity", "maker", "taker"),
        check("quantity", "quantity > 0"),
        check("fee_currency", "length(fee_currency) BETWEEN 3 AND 5"),
        check("flags", "flags BETWEEN 0 AND 7"),
    )

"""Cash entries: every movement of money."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, check, one_of, reference


class CashEntry(Base):
    """One movement of money, never changed: a balance is the sum of its entries, positive ones flow in.

    `rate` is what an exchange was made at, or the yearly rate of an interest, where there is one.
    """

    __tablename__ = "cash_entries"

    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    broker_account_id: Mapped[UUID] = reference("broker_accounts.id")
    asset_id: Mapped[UUID | None] = reference("assets.id")
    kind: Mapped[str]
    amount: Mapped[Decimal]
    currency: Mapped[str]
    time: Mapped[datetime]
    reference: Mapped[str | None]
    rate: Mapped[Decimal | None]

    __table_args__ = (
        one_of(
            "kind",
            "deposit",
            "withdrawal",
            "trade",
            "fee",
            "dividend",
            "interest",
            "borrow",
            "split_cash",
            "adjustment",
            "delisting",
            "fx",
        ),
        check("sequence", "sequence >= 0"),
        check("rate", "rate > 0"),
        check("currency", "length(currency) BETWEEN 3 AND 5"),
    )

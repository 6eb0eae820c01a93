"""Orders."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, check, named, one_of, reference


class Order(Base):
    """An order in its last known state: status, pending action and certainty are three separate facts.

    What is refused before it is sized has a quantity of 0, and so may have what ended before it was filled.
    `submitted_at` and `updated_at` are the times of the events, `sequence` is their order within the run.
    `trail` is an amount of money, `trail_percent` a percentage; `parent_id` is the order that this one waits
    for, and `group_name` the OCO that it is in.
    """

    __tablename__ = "orders"

    id: Mapped[Id]
    run_id: Mapped[UUID] = reference("runs.id", index=False)
    portfolio_id: Mapped[UUID] = reference("portfolios.id")
    asset_id: Mapped[UUID] = reference("assets.id")
    broker_account_id: Mapped[UUID] = reference("broker_accounts.id", index=False)
    user_id: Mapped[UUID] = reference("users.id")
    client_id: Mapped[str]
    broker_id: Mapped[str | None]
    sequence: Mapped[int]
    side: Mapped[str]
    type: Mapped[str]
    time_in_force: Mapped[str]
    quantity: Mapped[Decimal]
    filled: Mapped[Decimal] = mapped_column(default=Decimal(0))
    average_price: Mapped[Decimal | None]
    limit_price: Mapped[Decimal | None]
    stop_price: Mapped[Decimal | None]
    status: Mapped[str]
    pending_action: Mapped[str] = mapped_column(default="none")
    certainty: Mapped[str] = mapped_column(default="confirmed")
    reason: Mapped[str | None]
    tag: Mapped[str | None]
    submitted_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    trail: Mapped[Decimal | None]
    trail_percent: Mapped[Decimal | None]
    expires_at: Mapped[datetime | None]
    parent_id: Mapped[UUID | None] = reference("orders.id")
    group_name: Mapped[str | None]
    reduce_only: Mapped[bool] = mapped_column(default=False, server_default=false())

    __table_args__ = (
        UniqueConstraint("broker_account_id", "client_id"),
        UniqueConstraint("run_id", "sequence"),
        named("client_id", 64),
        one_of("side", "buy", "sell"),
        one_of(
            "type",
            "market",
            "limit",
            "stop",
            "stop_limit",
            "trailing_stop",
            "market_on_open",
            "market_on_close",
            "limit_if_touched",
        ),
        one_of("time_in_force", "gtc", "day", "gtd", "ioc", "fok"),
        one_of(
            "status",
            "new",
            "denied",
            "submitted",
            "accepted",
            "triggered",
            "partially_filled",
            "filled",
            "canceled",
            "expired",
            "rejected",
        ),
        one_of("pending_action", "none", "cancel", "replace"),
        one_of("certainty", "confirmed", "unknown"),
        check("sequence", "sequence >= 0"),
        check("quantity", "quantity > 0 OR (quantity = 0 AND status IN ('denied', 'canceled', 'expired'))"),
        check("filled", "filled >= 0"),
        check(
            "limit_price",
            "type NOT IN ('limit', 'stop_limit', 'limit_if_touched') OR limit_price IS NOT NULL "
            "OR status = 'denied'",
        ),
        check(
            "stop_price",
            "type NOT IN ('stop', 'stop_limit', 'limit_if_touched') OR stop_price IS NOT NULL "
            "OR status = 'denied'",
        ),
        check("trail", "trail IS NULL OR trail_percent IS NULL"),
        check("parent_id", "parent_id <> id"),
        named("group_name", 64),
    )

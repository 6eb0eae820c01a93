"""Runs: a backtest, a paper or a live session."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.tables.base import Base, Id, JsonObject, check, named, one_of, reference


class Run(Base):
    """One execution of a pipeline, with all that is needed to repeat it.

    `configuration` holds the settings with their provenance, `summary` the result; a run that is not
    running has an end.
    """

    __tablename__ = "runs"

    id: Mapped[Id]
    user_id: Mapped[UUID] = reference("users.id")
    portfolio_id: Mapped[UUID] = reference("portfolios.id")
    pipeline: Mapped[str]
    mode: Mapped[str]
    environment: Mapped[str]
    configuration: Mapped[JsonObject]
    plugin_versions: Mapped[JsonObject]
    data_hash: Mapped[str | None]
    seed: Mapped[int]
    status: Mapped[str] = mapped_column(default="running")
    progress: Mapped[float] = mapped_column(default=0.0)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    error: Mapped[str | None]
    summary: Mapped[JsonObject | None]
    state_hash: Mapped[str | None]

    __table_args__ = (
        named("pipeline"),
        one_of("mode", "backtest", "paper", "live"),
        one_of("environment", "development", "testing", "production"),
        one_of("status", "running", "completed", "failed", "interrupted"),
        check("progress", "progress BETWEEN 0 AND 1"),
        check("ended_at", "(status = 'running') = (ended_at IS NULL)"),
        check("data_hash", "length(data_hash) = 64"),
        check("state_hash", "length(state_hash) = 64"),
    )

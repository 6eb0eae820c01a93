"""The rows that a headless run stands on: its operator, one portfolio with assets, one broker account."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.bars import moment
from app.domain.errors import ConfigurationError, OutOfRange
from app.domain.instruments import Instrument
from app.persistence.ids import uuid7
from app.persistence.tables.assets import Asset
from app.persistence.tables.broker_accounts import BrokerAccount
from app.persistence.tables.portfolios import Portfolio
from app.persistence.tables.users import User
from app.persistence.types import rounded
from app.persistence.upsert import upsert
from app.ports import Identity
from app.services.records import RunKeys


@dataclass(frozen=True)
class HeadlessPortfolio:
    """The portfolio of a headless run, as its settings describe it."""

    name: str
    capital: Decimal
    currency: str
    plugin: str
    options: Mapping[str, Any]
    strategy: str
    strategy_options: Mapping[str, Any]
    pipeline: str
    broker: str
    broker_options: Mapping[str, Any]


def check_capital(capital: Decimal) -> None:
    """Raise ConfigurationError for a capital that the database's exact decimals cannot hold."""
    try:
        rounded(capital)
    except OutOfRange as error:
        raise ConfigurationError(
            f"portfolio.capital = {capital} is more than LTS can store.",
            "Set it to at most 92 billion; keep the account in thousands if that is not enough.",
        ) from error


def ensure_keys(
    session: Session,
    identity: Identity,
    portfolio: HeadlessPortfolio,
    instruments: Iterable[Instrument],
    *,
    run_id: UUID,
    now: int,
) -> RunKeys:
    """Return the ids of the run's user, portfolio, account and assets, made or brought up to date."""
    user = mirror(session, identity, now)
    # Runs that begin at once would each miss the other's rows; references to the user stay possible.
    session.execute(select(User.id).where(User.id == user).with_for_update(key_share=True))
    portfolio_id = _portfolio(session, user, portfolio, now)
    account = _account(session, user, portfolio, now)
    assets = _assets(session, portfolio_id, account, portfolio, instruments, now=now)
    return RunKeys(run_id, user, portfolio_id, account, assets, portfolio.currency)


def mirror(session: Session, identity: Identity, now: int) -> UUID:
    """Return the user row of an identity, made where it is new, so that owners are rows whoever vouched."""
    query = select(User.id).where(User.issuer == identity.issuer, User.subject == identity.subject)
    found = session.scalar(query)
    if found is not None:
        return found
    if session.get_bind().dialect.name == "postgresql":
        # SQLite has one writer anyway; here two new users could take one name.
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("lts users", 0))))
    taken = session.scalar(select(User.id).where(User.username_key == identity.subject.lower()))
    username = identity.subject if taken is None else f"{identity.issuer}/{identity.subject}"
    row = {
        "id": uuid7(now),
        "issuer": identity.issuer,
        "subject": identity.subject,
        "username": username,
        "active": True,
        "created_at": moment(now),
        "version": 1,
    }
    upsert(session, User, [row], ("issuer", "subject"), ())
    return session.scalars(query).one()


def _portfolio(session: Session, user: UUID, portfolio: HeadlessPortfolio, now: int) -> UUID:
    query = select(Portfolio).where(
        Portfolio.owner_id == user, Portfolio.name == portfolio.name, Portfolio.deleted_at.is_(None)
    )
    row = session.scalar(query)
    if row is None:
        row = Portfolio(id=uuid7(now), owner_id=user, name=portfolio.name, created_at=moment(now))
        session.add(row)
    row.base_currency = portfolio.currency
    row.capital = portfolio.capital
    row.plugin = portfolio.plugin
    row.options = dict(portfolio.options)
    row.status = "active"
    session.flush()
    return row.id


def _account(session: Session, user: UUID, portfolio: HeadlessPortfolio, now: int) -> UUID:
    query = select(BrokerAccount).where(
        BrokerAccount.owner_id == user, BrokerAccount.name == portfolio.broker
    )
    row = session.scalar(query)
    if row is None:
        row = BrokerAccount(id=uuid7(now), owner_id=user, name=portfolio.broker, created_at=moment(now))
        session.add(row)
    row.plugin = portfolio.broker
    row.options = dict(portfolio.broker_options)
    row.mode = "simulated"
    session.flush()
    return row.id


def _assets(
    session: Session,
    portfolio_id: UUID,
    account: UUID,
    portfolio: HeadlessPortfolio,
    instruments: Iterable[Instrument],
    *,
    now: int,
) -> dict[str, UUID]:
    known = {
        (row.symbol, row.exchange): row
        for row in session.scalars(
            select(Asset).where(Asset.portfolio_id == portfolio_id, Asset.sleeve == "")
        )
    }
    assets = {}
    for instrument in instruments:
        row = known.get((instrument.symbol, instrument.exchange))
        if row is None:
            row = Asset(
                id=uuid7(now),
                portfolio_id=portfolio_id,
                symbol=instrument.symbol,
                exchange=instrument.exchange,
                created_at=moment(now),
            )
            session.add(row)
        row.asset_class = instrument.asset_class
        row.currency = instrument.currency
        row.tick, row.lot, row.multiplier = instrument.tick, instrument.lot, instrument.multiplier
        row.strategy, row.strategy_options = portfolio.strategy, dict(portfolio.strategy_options)
        row.pipeline, row.broker_account_id = portfolio.pipeline, account
        assets[instrument.symbol] = row.id
    session.flush()
    return assets

"""The rows that a headless run stands on: made once, and brought up to date by later runs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.persistence.database import Database
from app.persistence.tables.assets import Asset
from app.persistence.tables.broker_accounts import BrokerAccount
from app.persistence.tables.portfolios import Portfolio
from app.persistence.tables.users import User
from app.ports import Identity, MarketData
from app.services.headless import HeadlessPortfolio, ensure_keys, mirror
from app.services.records import RunKeys
from app.services.runs import RunStore

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-013")]

Begin = Callable[..., RunStore]
TABLES = (User, Portfolio, BrokerAccount, Asset)


def number_of_rows(database: Database) -> list[int]:
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def only(database: Database, *columns: Any) -> tuple[Any, ...]:
    with database.reading() as session:
        return tuple(session.execute(select(*columns).distinct()).one())


def test_doing_it_twice_does_it_once(database: Database, begin: Begin) -> None:
    first, second = begin().keys, begin().keys
    assert number_of_rows(database) == [1, 1, 1, 2]
    assert replace(first, run=second.run) == second
    assert set(first.assets) == {"IBM", "MSFT"}


def test_a_later_run_brings_portfolio_assets_and_account_up_to_date(
    database: Database, begin: Begin, headless: HeadlessPortfolio
) -> None:
    begin()
    changed = replace(
        headless,
        capital=Decimal("12.34"),
        plugin="fixed_quantity",
        options={"quantity": "3"},
        strategy="buy_and_hold",
        strategy_options={},
        broker_options={"commission_bps": "0"},
    )
    begin(portfolio=changed)
    assert number_of_rows(database) == [1, 1, 1, 2]
    stored = only(database, Portfolio.capital, Portfolio.plugin, Portfolio.options, Portfolio.status)
    assert stored == (Decimal("12.34"), "fixed_quantity", {"quantity": "3"}, "active")
    assert only(database, Asset.strategy, Asset.pipeline) == ("buy_and_hold", "backtest")
    assert only(database, BrokerAccount.options, BrokerAccount.mode) == ({"commission_bps": "0"}, "simulated")


def test_another_broker_is_another_account(
    database: Database, begin: Begin, headless: HeadlessPortfolio
) -> None:
    first = begin().keys
    second = begin(portfolio=replace(headless, broker="other")).keys
    assert first.broker_account != second.broker_account
    assert first.portfolio == second.portfolio
    assert number_of_rows(database) == [1, 1, 2, 2]


def test_each_operator_has_a_portfolio_of_their_own(database: Database, begin: Begin) -> None:
    ann, bob = (begin(Identity("local", name, frozenset())).keys for name in ("ann", "bob"))
    assert ann.user != bob.user
    assert ann.portfolio != bob.portfolio
    assert set(ann.assets.values()).isdisjoint(bob.assets.values())


def test_a_name_that_another_issuer_gave_is_told_apart(database: Database, begin: Begin) -> None:
    begin(Identity("local", "Ann", frozenset()))
    begin(Identity("directory", "ann", frozenset()))
    with database.reading() as session:
        names = session.execute(select(User.issuer, User.username).order_by(User.issuer.desc())).all()
    assert [tuple(name) for name in names] == [("local", "Ann"), ("directory", "directory/ann")]


@pytest.mark.parametrize("known", [True, False], ids=["a known user", "a new user"])
def test_runs_that_begin_at_once_share_the_rows_that_they_stand_on(
    database: Database, headless: HeadlessPortfolio, market: MarketData, known: bool
) -> None:
    instruments = [series.instrument for series in market.series.values()]
    together = Barrier(3)

    def begun(identity: Identity) -> RunKeys:
        together.wait(timeout=30)
        with database.transaction() as session:
            return ensure_keys(session, identity, headless, instruments, run_id=UUID(int=1), now=1)

    with ThreadPoolExecutor(3) as threads:
        for number in range(5):
            ann = Identity("local", f"ann{number}", frozenset())
            if known:
                with database.transaction() as session:
                    mirror(session, ann, 1)
            first, *others = threads.map(begun, [ann] * 3)
            assert others == [first] * 2
    assert number_of_rows(database) == [5, 5, 5, 10]

"""Rows that the tests of the tables start from."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from app.persistence import tables
from app.persistence.database import Database
from app.persistence.ids import uuid7
from app.persistence.tables import Base

NOW = datetime(2024, 5, 6, 7, 8, 9, 123456, UTC)


class Rows:
    """Makes valid rows of any table, each with what it refers to; fields that matter are given by name."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.user = self.make("User")
        self.portfolio = self.make("Portfolio")
        self.account = self.make("BrokerAccount")
        self.asset = self.make("Asset")
        self.run = self.make("Run")
        self.order = self.make("Order")
        self.bases = (self.user, self.portfolio, self.account, self.asset, self.run, self.order)

    def make(self, noun: str, **fields: Any) -> Base:
        table = getattr(tables, noun)
        columns = table.__table__.columns
        number = next(self._numbers)
        values = {name: value for name, value in self._usual(number).items() if name in columns}
        if "id" in columns:
            values["id"] = uuid7(number)
        return table(**values | _OF_TABLE.get(noun, {}) | fields)

    def _usual(self, number: int) -> dict[str, Any]:
        known = {
            f"{column}_id": getattr(self, name).id
            for column, name in _REFERENCES.items()
            if hasattr(self, name)
        }
        return known | {
            "subject": f"subject-{number}",
            "username": f"user-{number}",
            "name": f"name-{number}",
            "client_id": f"client-{number}",
            "execution_id": f"execution-{number}",
            "symbol": f"S{number}",
            "key": f"key-{number}",
            "sequence": number,
            "time": NOW + timedelta(days=number),
            "issuer": "local",
            "plugin": "some_plugin",
            "pipeline": "backtest",
            "currency": "USD",
            "base_currency": "USD",
            "fee_currency": "USD",
            "side": "buy",
            "set_by": "ada",
            "value": Decimal("1010.50"),
            **dict.fromkeys(("created_at", "started_at", "submitted_at", "updated_at", "opened_at"), NOW),
            **dict.fromkeys(("set_at", "venue_time", "entry_time", "exit_time"), NOW),
            **dict.fromkeys(("capital", "quantity", "amount", "equity", "cash", "exposure"), Decimal(10)),
            **dict.fromkeys(("price", "entry_price", "exit_price", "average_price"), Decimal("101.05")),
            **dict.fromkeys(("cost", "fee", "fees", "realised"), Decimal("1.25")),
            "tick": Decimal("0.01"),
        }


_REFERENCES = {
    "user": "user",
    "owner": "user",
    "portfolio": "portfolio",
    "broker_account": "account",
    "asset": "asset",
    "run": "run",
    "order": "order",
}
_OF_TABLE: dict[str, dict[str, Any]] = {
    "BrokerAccount": {"mode": "simulated"},
    "Run": {
        "mode": "backtest",
        "environment": "testing",
        "configuration": {"run.seed": {"value": 1, "layer": "DEFAULT"}},
        "plugin_versions": {"strategy/sma_cross": "0.1.0"},
        "seed": 1,
    },
    "Order": {"type": "market", "time_in_force": "gtc", "status": "new"},
    "Trade": {"side": "long", "bars": 3},
    "CashEntry": {"kind": "deposit"},
    "Statistic": {"value": 1.5},
    "ConfigurationEntry": {"value": {"fast": 20}},
    "AuditLog": {
        "writer": "w", "actor": "ada", "action": "a", "object": "o",
        "previous_hash": "0" * 64, "hash": "1" * 64,
    },
}  # fmt: skip


@pytest.fixture
def rows(database: Database) -> Rows:
    """A user, a portfolio, an account, an asset, a run and an order, stored, and a maker of more."""
    made = Rows()
    with database.transaction() as session:
        for row in made.bases:
            session.add(row)
            session.flush()
    return made


@pytest.fixture
def store(database: Database) -> Callable[..., None]:
    """Store rows in one transaction."""

    def store(*given: Base) -> None:
        with database.transaction() as session:
            session.add_all(given)

    return store

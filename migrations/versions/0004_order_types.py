"""What every type of order needs, the excursions of trades, and more reasons for cash to move."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# SQLite's NUMERIC is a float, so an exact decimal is a count of 10**-8 there.
EXACT = sa.Numeric(19, 8).with_variant(sa.BigInteger(), "sqlite")
TIME = sa.DateTime(timezone=True)

_PRICED = "type NOT IN ({}) OR {} IS NOT NULL OR status = 'denied'"
_KINDS = (
    "'deposit', 'withdrawal', 'trade', 'fee', 'dividend', 'interest', 'borrow', 'split_cash', 'adjustment'"
)

CHANGED = {
    "orders": {
        "ck_orders_quantity": (
            "quantity > 0 OR (status = 'denied' AND quantity = 0)",
            "quantity > 0 OR (quantity = 0 AND status IN ('denied', 'canceled', 'expired'))",
        ),
        "ck_orders_limit_price": (
            _PRICED.format("'limit', 'stop_limit'", "limit_price"),
            _PRICED.format("'limit', 'stop_limit', 'limit_if_touched'", "limit_price"),
        ),
        "ck_orders_stop_price": (
            _PRICED.format("'stop', 'stop_limit'", "stop_price"),
            _PRICED.format("'stop', 'stop_limit', 'limit_if_touched'", "stop_price"),
        ),
    },
    "trades": {},
    "cash_entries": {
        "ck_cash_entries_kind": (f"kind IN ({_KINDS})", f"kind IN ({_KINDS}, 'delisting', 'fx')"),
    },
}
"""Checks by table and name, as they were and as they are from here on."""

ADDED = {
    "orders": {
        # That a trailing stop has a trail cannot be asked of the orders that went down and up again.
        "ck_orders_trail": "trail IS NULL OR trail_percent IS NULL",
        "ck_orders_parent_id": "parent_id <> id",
        "ck_orders_group_name": "length(group_name) BETWEEN 1 AND 64",
    },
    "trades": {"ck_trades_mae": "mae <= 0", "ck_trades_mfe": "mfe >= 0"},
    "cash_entries": {"ck_cash_entries_rate": "rate > 0"},
}
"""Checks of new columns, by table and name."""


def columns() -> dict[str, list[sa.Column[Any]]]:
    """Return the new columns by table."""
    return {
        "orders": [
            sa.Column("trail", EXACT, nullable=True),
            sa.Column("trail_percent", EXACT, nullable=True),
            sa.Column("expires_at", TIME, nullable=True),
            sa.Column("parent_id", sa.Uuid(), nullable=True),
            sa.Column("group_name", sa.Text(), nullable=True),
            sa.Column("reduce_only", sa.Boolean(), nullable=False, server_default=sa.false()),
        ],
        "trades": [
            sa.Column("mae", sa.Double(), nullable=True),
            sa.Column("mfe", sa.Double(), nullable=True),
            sa.Column("ambiguous", sa.Boolean(), nullable=False, server_default=sa.false()),
        ],
        "cash_entries": [sa.Column("rate", EXACT, nullable=True)],
    }


def upgrade() -> None:
    for table, added in columns().items():
        with altering(table) as batch:
            for column in added:
                batch.add_column(column)
            for name, (_, after) in CHANGED[table].items():
                replace_check(batch, name, after)
            for name, condition in ADDED[table].items():
                batch.create_check_constraint(name, condition)
            if table == "orders":
                batch.create_foreign_key("fk_orders_parent_id", "orders", ["parent_id"], ["id"])
    op.create_index("ix_orders_parent_id", "orders", ["parent_id"])


def downgrade() -> None:
    """Go back; what the old checks refuse becomes the nearest that they know."""
    op.drop_index("ix_orders_parent_id", "orders")
    op.execute("UPDATE orders SET status = 'denied' WHERE quantity = 0")
    for table, added in columns().items():
        with altering(table) as batch:
            if table == "cash_entries":
                op.execute("UPDATE cash_entries SET kind = 'adjustment' WHERE kind IN ('delisting', 'fx')")
            if table == "orders":
                batch.drop_constraint("fk_orders_parent_id", type_="foreignkey")
            for name in ADDED[table]:
                batch.drop_constraint(name, type_="check")
            for name, (before, _) in CHANGED[table].items():
                replace_check(batch, name, before)
            for column in added:
                batch.drop_column(column.name)


def replace_check(batch: BatchOperations, name: str, condition: str) -> None:
    batch.drop_constraint(name, type_="check")
    batch.create_check_constraint(name, condition)


@contextmanager
def altering(table: str) -> Iterator[BatchOperations]:
    """Give a batch of changes to a table; SQLite makes it anew, with all of its checks and triggers."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        with unguarded(table), op.batch_alter_table(table) as batch:
            yield batch
        return
    query = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    triggers = connection.execute(query, {"table": table}).all()
    for name, _ in triggers:
        op.execute(f"DROP TRIGGER {name}")
    found = sa.Table(table, sa.MetaData(), autoload_with=connection)
    for check in sa.inspect(connection).get_check_constraints(table):
        found.append_constraint(sa.CheckConstraint(check["sqltext"], name=check["name"]))
    with op.batch_alter_table(table, copy_from=found) as batch:
        yield batch
    for _, statement in triggers:
        op.execute(statement)


@contextmanager
def unguarded(table: str) -> Iterator[None]:
    op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

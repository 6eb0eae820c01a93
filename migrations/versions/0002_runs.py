"""Runs and what they leave behind: orders, executions, positions, trades, cash, equity and statistics."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite's NUMERIC is a float, so an exact decimal is a count of 10**-8 there.
EXACT = sa.Numeric(19, 8).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("configuration", JSON, nullable=False),
        sa.Column("plugin_versions", JSON, nullable=False),
        sa.Column("data_hash", sa.Text(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("summary", JSON, nullable=True),
        sa.Column("state_hash", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_runs_user_id"),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolios.id"], name="fk_runs_portfolio_id"),
        sa.CheckConstraint("length(pipeline) BETWEEN 1 AND 200", name="ck_runs_pipeline"),
        sa.CheckConstraint("mode IN ('backtest', 'paper', 'live')", name="ck_runs_mode"),
        sa.CheckConstraint(
            "environment IN ('development', 'testing', 'production')", name="ck_runs_environment"
        ),
        sa.CheckConstraint(
            "status IN ('running', 'completed', 'failed', 'interrupted')", name="ck_runs_status"
        ),
        sa.CheckConstraint("progress BETWEEN 0 AND 1", name="ck_runs_progress"),
        sa.CheckConstraint("(status = 'running') = (ended_at IS NULL)", name="ck_runs_ended_at"),
        sa.CheckConstraint("length(data_hash) = 64", name="ck_runs_data_hash"),
        sa.CheckConstraint("length(state_hash) = 64", name="ck_runs_state_hash"),
    )
    op.create_index("ix_runs_user_id", "runs", ["user_id"])
    op.create_index("ix_runs_portfolio_id", "runs", ["portfolio_id"])
    _orders()
    _executions()
    _positions()
    _trades()
    _cash_entries()
    op.create_table(
        "equity_points",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("equity", EXACT, nullable=False),
        sa.Column("cash", EXACT, nullable=False),
        sa.Column("exposure", EXACT, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "time", name="pk_equity_points"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_equity_points_run_id"),
    )
    op.create_table(
        "statistics",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("start_time", TIME, nullable=True),
        sa.Column("end_time", TIME, nullable=True),
        sa.PrimaryKeyConstraint("run_id", "key", "period", name="pk_statistics"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_statistics_run_id"),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", name="ck_statistics_key"),
        sa.CheckConstraint("length(period) BETWEEN 1 AND 200", name="ck_statistics_period"),
        sa.CheckConstraint("value IS NULL OR text IS NULL", name="ck_statistics_value"),
        sa.CheckConstraint("end_time >= start_time", name="ck_statistics_end_time"),
    )


def _orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("broker_account_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("broker_id", sa.Text(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("time_in_force", sa.Text(), nullable=False),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("filled", EXACT, nullable=False),
        sa.Column("average_price", EXACT, nullable=True),
        sa.Column("limit_price", EXACT, nullable=True),
        sa.Column("stop_price", EXACT, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("pending_action", sa.Text(), nullable=False),
        sa.Column("certainty", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=True),
        sa.Column("submitted_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_orders_run_id"),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolios.id"], name="fk_orders_portfolio_id"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_orders_asset_id"),
        sa.ForeignKeyConstraint(
            ["broker_account_id"], ["broker_accounts.id"], name="fk_orders_broker_account_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_orders_user_id"),
        sa.UniqueConstraint("broker_account_id", "client_id", name="uq_orders_broker_account_id_client_id"),
        sa.UniqueConstraint("run_id", "sequence", name="uq_orders_run_id_sequence"),
        sa.CheckConstraint("length(client_id) BETWEEN 1 AND 64", name="ck_orders_client_id"),
        sa.CheckConstraint("side IN ('buy', 'sell')", name="ck_orders_side"),
        sa.CheckConstraint(
            "type IN ('market', 'limit', 'stop', 'stop_limit', 'trailing_stop', 'market_on_open', "
            "'market_on_close', 'limit_if_touched')",
            name="ck_orders_type",
        ),
        sa.CheckConstraint(
            "time_in_force IN ('gtc', 'day', 'gtd', 'ioc', 'fok')", name="ck_orders_time_in_force"
        ),
        sa.CheckConstraint(
            "status IN ('new', 'denied', 'submitted', 'accepted', 'triggered', 'partially_filled', "
            "'filled', 'canceled', 'expired', 'rejected')",
            name="ck_orders_status",
        ),
        sa.CheckConstraint(
            "pending_action IN ('none', 'cancel', 'replace')", name="ck_orders_pending_action"
        ),
        sa.CheckConstraint("certainty IN ('confirmed', 'unknown')", name="ck_orders_certainty"),
        sa.CheckConstraint("sequence >= 0", name="ck_orders_sequence"),
        sa.CheckConstraint("quantity > 0 OR (status = 'denied' AND quantity = 0)", name="ck_orders_quantity"),
        sa.CheckConstraint("filled >= 0", name="ck_orders_filled"),
        sa.CheckConstraint(
            "type NOT IN ('limit', 'stop_limit') OR limit_price IS NOT NULL OR status = 'denied'",
            name="ck_orders_limit_price",
        ),
        sa.CheckConstraint(
            "type NOT IN ('stop', 'stop_limit') OR stop_price IS NOT NULL OR status = 'denied'",
            name="ck_orders_stop_price",
        ),
    )
    op.create_index("ix_orders_portfolio_id", "orders", ["portfolio_id"])
    op.create_index("ix_orders_asset_id", "orders", ["asset_id"])
    op.create_index("ix_orders_user_id", "orders", ["user_id"])


def _executions() -> None:
    op.create_table(
        "executions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("broker_account_id", sa.Uuid(), nullable=False),
        sa.Column("execution_id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("price", EXACT, nullable=False),
        sa.Column("value", EXACT, nullable=False),
        sa.Column("fee", EXACT, nullable=False),
        sa.Column("fee_currency", sa.Text(), nullable=False),
        sa.Column("realised", EXACT, nullable=False),
        sa.Column("liquidity", sa.Text(), nullable=True),
        sa.Column("flags", sa.BigInteger(), nullable=False),
        sa.Column("venue_time", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_executions"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_executions_run_id"),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_executions_order_id"),
        sa.ForeignKeyConstraint(
            ["broker_account_id"], ["broker_accounts.id"], name="fk_executions_broker_account_id"
        ),
        sa.UniqueConstraint(
            "broker_account_id", "execution_id", name="uq_executions_broker_account_id_execution_id"
        ),
        sa.CheckConstraint("length(execution_id) BETWEEN 1 AND 200", name="ck_executions_execution_id"),
        sa.CheckConstraint("side IN ('buy', 'sell')", name="ck_executions_side"),
        sa.CheckConstraint("liquidity IN ('maker', 'taker')", name="ck_executions_liquidity"),
        sa.CheckConstraint("quantity > 0", name="ck_executions_quantity"),
        sa.CheckConstraint("length(fee_currency) BETWEEN 3 AND 5", name="ck_executions_fee_currency"),
        sa.CheckConstraint("flags BETWEEN 0 AND 7", name="ck_executions_flags"),
    )
    op.create_index("ix_executions_run_id", "executions", ["run_id"])
    op.create_index("ix_executions_order_id", "executions", ["order_id"])


def _positions() -> None:
    op.create_table(
        "positions",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("cost", EXACT, nullable=False),
        sa.Column("average_price", EXACT, nullable=False),
        sa.Column("realised", EXACT, nullable=False),
        sa.Column("fees", EXACT, nullable=False),
        sa.Column("last_price", EXACT, nullable=True),
        sa.Column("unrealised", EXACT, nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("run_id", "asset_id", name="pk_positions"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_positions_run_id"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_positions_asset_id"),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolios.id"], name="fk_positions_portfolio_id"),
        sa.CheckConstraint("closed_at >= opened_at", name="ck_positions_closed_at"),
    )
    op.create_index("ix_positions_asset_id", "positions", ["asset_id"])
    op.create_index("ix_positions_portfolio_id", "positions", ["portfolio_id"])


def _trades() -> None:
    op.create_table(
        "trades",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("quantity", EXACT, nullable=False),
        sa.Column("entry_time", TIME, nullable=False),
        sa.Column("exit_time", TIME, nullable=False),
        sa.Column("entry_price", EXACT, nullable=False),
        sa.Column("exit_price", EXACT, nullable=False),
        sa.Column("realised", EXACT, nullable=False),
        sa.Column("fees", EXACT, nullable=False),
        sa.Column("return_ratio", sa.Double(), nullable=True),
        sa.Column("bars", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "sequence", name="pk_trades"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_trades_run_id"),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_trades_asset_id"),
        sa.CheckConstraint("side IN ('long', 'short')", name="ck_trades_side"),
        sa.CheckConstraint("sequence >= 0", name="ck_trades_sequence"),
        sa.CheckConstraint("quantity > 0", name="ck_trades_quantity"),
        sa.CheckConstraint("exit_time >= entry_time", name="ck_trades_exit_time"),
        sa.CheckConstraint("bars >= 0", name="ck_trades_bars"),
    )
    op.create_index("ix_trades_asset_id", "trades", ["asset_id"])


def _cash_entries() -> None:
    op.create_table(
        "cash_entries",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("broker_account_id", sa.Uuid(), nullable=False),
        sa.Column("asset_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", EXACT, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", "sequence", name="pk_cash_entries"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_cash_entries_run_id"),
        sa.ForeignKeyConstraint(
            ["broker_account_id"], ["broker_accounts.id"], name="fk_cash_entries_broker_account_id"
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["assets.id"], name="fk_cash_entries_asset_id"),
        sa.CheckConstraint(
            "kind IN ('deposit', 'withdrawal', 'trade', 'fee', 'dividend', 'interest', 'borrow', "
            "'split_cash', 'adjustment')",
            name="ck_cash_entries_kind",
        ),
        sa.CheckConstraint("sequence >= 0", name="ck_cash_entries_sequence"),
        sa.CheckConstraint("length(currency) BETWEEN 3 AND 5", name="ck_cash_entries_currency"),
    )
    op.create_index("ix_cash_entries_broker_account_id", "cash_entries", ["broker_account_id"])
    op.create_index("ix_cash_entries_asset_id", "cash_entries", ["asset_id"])


def downgrade() -> None:
    for table in ("statistics", "equity_points", "cash_entries", "trades", "positions", "executions"):
        op.drop_table(table)
    op.drop_table("orders")
    op.drop_table("runs")

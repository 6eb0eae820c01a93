"""Users, portfolios, broker accounts, assets and the configuration."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite's NUMERIC is a float, so an exact decimal is a count of 10**-8 there.
EXACT = sa.Numeric(19, 8).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("username_key", sa.Text(), sa.Computed("lower(username)", persisted=True), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), sa.Computed("lower(email)", persisted=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("issuer", "subject", name="uq_users_issuer_subject"),
        sa.UniqueConstraint("username_key", name="uq_users_username_key"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
        sa.CheckConstraint("length(issuer) BETWEEN 1 AND 200", name="ck_users_issuer"),
        sa.CheckConstraint("length(subject) BETWEEN 1 AND 200", name="ck_users_subject"),
        sa.CheckConstraint("length(username) BETWEEN 1 AND 200", name="ck_users_username"),
        sa.CheckConstraint("length(email) BETWEEN 1 AND 320", name="ck_users_email"),
    )
    op.create_table(
        "portfolios",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("base_currency", sa.Text(), nullable=False),
        sa.Column("capital", EXACT, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_portfolios"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_portfolios_owner_id"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name="ck_portfolios_name"),
        sa.CheckConstraint("length(plugin) BETWEEN 1 AND 200", name="ck_portfolios_plugin"),
        sa.CheckConstraint("length(base_currency) BETWEEN 3 AND 5", name="ck_portfolios_base_currency"),
        sa.CheckConstraint("capital > 0", name="ck_portfolios_capital"),
        sa.CheckConstraint(
            "status IN ('draft', 'active', 'inactive', 'halted')", name="ck_portfolios_status"
        ),
    )
    op.create_index("ix_portfolios_owner_id", "portfolios", ["owner_id"])
    # A deleted portfolio gives its name free.
    op.create_index(
        "uq_portfolios_owner_id_name",
        "portfolios",
        ["owner_id", "name"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "broker_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_broker_accounts"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_broker_accounts_owner_id"),
        sa.UniqueConstraint("owner_id", "name", name="uq_broker_accounts_owner_id_name"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 200", name="ck_broker_accounts_name"),
        sa.CheckConstraint("length(plugin) BETWEEN 1 AND 200", name="ck_broker_accounts_plugin"),
        sa.CheckConstraint("mode IN ('simulated', 'paper', 'live')", name="ck_broker_accounts_mode"),
    )
    op.create_table(
        "assets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("portfolio_id", sa.Uuid(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("sleeve", sa.Text(), nullable=False),
        sa.Column("asset_class", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("tick", EXACT, nullable=False),
        sa.Column("lot", EXACT, nullable=False),
        sa.Column("multiplier", EXACT, nullable=False),
        sa.Column("strategy", sa.Text(), nullable=True),
        sa.Column("strategy_options", JSON, nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=True),
        sa.Column("broker_account_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_assets"),
        sa.ForeignKeyConstraint(["portfolio_id"], ["portfolios.id"], name="fk_assets_portfolio_id"),
        sa.ForeignKeyConstraint(
            ["broker_account_id"], ["broker_accounts.id"], name="fk_assets_broker_account_id"
        ),
        sa.UniqueConstraint(
            "portfolio_id",
            "symbol",
            "exchange",
            "sleeve",
            name="uq_assets_portfolio_id_symbol_exchange_sleeve",
        ),
        sa.CheckConstraint("length(symbol) BETWEEN 1 AND 200", name="ck_assets_symbol"),
        sa.CheckConstraint("length(asset_class) BETWEEN 1 AND 200", name="ck_assets_asset_class"),
        sa.CheckConstraint("length(currency) BETWEEN 3 AND 5", name="ck_assets_currency"),
        sa.CheckConstraint("tick > 0", name="ck_assets_tick"),
        sa.CheckConstraint("lot > 0", name="ck_assets_lot"),
        sa.CheckConstraint("multiplier > 0", name="ck_assets_multiplier"),
        sa.CheckConstraint("status IN ('active', 'inactive', 'halted')", name="ck_assets_status"),
    )
    op.create_index("ix_assets_broker_account_id", "assets", ["broker_account_id"])
    op.create_table(
        "configuration",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", TIME, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_configuration"),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", name="ck_configuration_key"),
        sa.CheckConstraint("length(set_by) BETWEEN 1 AND 200", name="ck_configuration_set_by"),
    )


def downgrade() -> None:
    for table in ("configuration", "assets", "broker_accounts", "portfolios", "users"):
        op.drop_table(table)

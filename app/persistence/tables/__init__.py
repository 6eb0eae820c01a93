"""One file of tables per noun."""

from app.persistence.tables.assets import Asset
from app.persistence.tables.audit_logs import AuditLog
from app.persistence.tables.base import Base
from app.persistence.tables.broker_accounts import BrokerAccount
from app.persistence.tables.cash_entries import CashEntry
from app.persistence.tables.configuration import ConfigurationEntry
from app.persistence.tables.equity_points import EquityPoint
from app.persistence.tables.executions import Execution
from app.persistence.tables.orders import Order
from app.persistence.tables.portfolios import Portfolio
from app.persistence.tables.positions import Position
from app.persistence.tables.runs import Run
from app.persistence.tables.statistics import Statistic
from app.persistence.tables.trades import Trade
from app.persistence.tables.users import User

APPEND_ONLY = ("audit_logs", "cash_entries", "executions")
"""Tables whose rows the database refuses to change or delete."""

__all__ = [
    "APPEND_ONLY",
    "Asset",
    "AuditLog",
    "Base",
    "BrokerAccount",
    "CashEntry",
    "ConfigurationEntry",
    "EquityPoint",
    "Execution",
    "Order",
    "Portfolio",
    "Position",
    "Run",
    "Statistic",
    "Trade",
    "User",
]

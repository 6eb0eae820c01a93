"""All that a plugin author imports."""

from app.domain.bars import BarFlag, Timeframe
from app.domain.errors import InputError, LtsError, PluginError, described
from app.domain.events import CorporateAction, Dividend, Split
from app.domain.fills import CashEntry, CashKind, Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Cancel, Intent, OrderType, Place, Side, Target, TimeInForce
from app.domain.orders import (
    Order,
    OrderRequest,
    OrderStatus,
    Promised,
    Proposal,
    Reason,
    Rule,
)
from app.domain.positions import BookView, Position
from app.engine.columns import BarSeries, MarketData
from app.engine.equity import EquityColumns
from app.engine.fees import BpsOfNotional, VenueModel
from app.engine.views import Bars, BarView
from app.ports.hookspecs import hookimpl
from app.ports.identity import AuditEvent, AuditTrail, Credentials, Identity
from app.ports.kinds import (
    AAA,
    KINDS,
    Broker,
    Core,
    Pipeline,
    Portfolio,
    PortfolioOptions,
    Strategy,
    Weights,
)
from app.ports.plugin import Number, Options, PluginBase
from app.ports.run import Batch, Recorder, RunContext, RunResult, RunStatus
from app.ports.sizing import (
    exact,
    last_price,
    lots_for,
    placed,
    share_of,
    size_targets,
    toward,
    within_cash,
)
from app.ports.sources import DataRequest, DataSource

__all__ = [
    "AAA",
    "KINDS",
    "AuditEvent",
    "AuditTrail",
    "BarFlag",
    "BarSeries",
    "BarView",
    "Bars",
    "Batch",
    "BookView",
    "BpsOfNotional",
    "Broker",
    "Cancel",
    "CashEntry",
    "CashKind",
    "Core",
    "CorporateAction",
    "Credentials",
    "DataRequest",
    "DataSource",
    "Dividend",
    "EquityColumns",
    "Fill",
    "Identity",
    "InputError",
    "Instrument",
    "Intent",
    "LtsError",
    "MarketData",
    "Number",
    "Options",
    "Order",
    "OrderRequest",
    "OrderStatus",
    "OrderType",
    "Pipeline",
    "Place",
    "PluginBase",
    "PluginError",
    "Portfolio",
    "PortfolioOptions",
    "Position",
    "Promised",
    "Proposal",
    "Reason",
    "Recorder",
    "Rule",
    "RunContext",
    "RunResult",
    "RunStatus",
    "Side",
    "Split",
    "Strategy",
    "Target",
    "TimeInForce",
    "Timeframe",
    "Trade",
    "VenueModel",
    "Weights",
    "described",
    "exact",
    "hookimpl",
    "last_price",
    "lots_for",
    "placed",
    "share_of",
    "size_targets",
    "toward",
    "within_cash",
]

"""The six kinds of plugin: what each answers, and the methods that it must have."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, ClassVar

import msgspec
from pydantic import Field, field_validator, model_validator

from app.domain.errors import ConfigurationError, OutOfRange
from app.domain.instruments import Instrument
from app.domain.intents import Intent, Target
from app.domain.money import currency_exponent, from_units, to_units
from app.domain.orders import Order, OrderRequest
from app.domain.positions import BookView
from app.engine.consolidation import Consolidator
from app.engine.fees import FeeSchedule
from app.engine.program import Program, SignalSizing
from app.engine.schedule import Timer
from app.engine.universe import Universe
from app.engine.venue import VenueModel
from app.engine.views import Bars
from app.indicators.base import Indicator
from app.ports.identity import AuditEvent, AuditTrail, Credentials, Identity
from app.ports.plugin import Number, Options, PluginBase
from app.ports.run import RunContext, RunResult

Weights = Mapping[str, float]


class AAA(PluginBase, ABC):
    """Who is it, may they, and what did they do."""

    def keep_accounts(self, trail: AuditTrail) -> None:
        """Take the place where events are to be recorded; the host calls it once, before any other method."""
        self.trail = trail

    @abstractmethod
    def authenticate(self, credentials: Credentials) -> Identity | None:
        """Return who shows these credentials, or None where they prove nothing."""

    @abstractmethod
    def authorize(self, identity: Identity, permission: str, scope: str) -> bool:
        """Return whether the identity may do this; anything not granted is denied."""

    @abstractmethod
    def record(self, event: AuditEvent) -> None:
        """Write down what somebody did."""


class Core(PluginBase, ABC):
    """What process hosts the system."""

    @abstractmethod
    def start(self, run: Callable[[], RunResult]) -> RunResult | None:
        """Host the system until it is done; `run` runs the configured pipeline once."""

    @abstractmethod
    def stop(self) -> None:
        """Ask the hosted system to end at the next safe point; may be called from a signal handler."""

    @property
    @abstractmethod
    def stopping(self) -> bool:
        """Return whether `stop` has been called."""


class Pipeline(PluginBase, ABC):
    """How a run goes from data to result; `mode` says what its runs are: backtest, paper or live.

    `runs_programs` says that a compiled program comes to what `run` comes to, so that a sweep may take it.
    """

    mode: ClassVar[str] = "backtest"
    runs_programs: ClassVar[bool] = False

    @abstractmethod
    def run(self, context: RunContext) -> RunResult:
        """Carry the run through and return what it came to."""


class Strategy(PluginBase, ABC):
    """What position or order do I want.

    All memory lives in `self.state`, a msgspec Struct of the class `State`, so that a restart is a replay.
    """

    State: ClassVar[type[msgspec.Struct] | None] = None

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(options)
        self.state: Any = self.State() if self.State is not None else None

    def indicators(self) -> Mapping[str, Indicator]:
        """Return the indicators to keep for every symbol; each becomes an attribute of the symbol's bars."""
        return {}

    def consolidators(self) -> Mapping[str, Consolidator]:
        """Return the higher bars to make of every symbol's bars; `bars[symbol].at(name)` shows them.

        Indicators apply to them as well; one that is declared as "name.indicator" is for those bars alone.
        """
        return {}

    @abstractmethod
    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        """Return what is wanted now, once per timestamp; the views are valid during the call only."""

    def on_order_update(self, order: Order) -> None:
        """Hear that an order of this strategy has changed; called before the next `decide`."""

    def timers(self) -> Mapping[str, Timer]:
        """Return the timers to be called at, by name; asked once, before the first bar."""
        return {}

    def on_timer(
        self,
        name: str,  # noqa: ARG002 - by default there are no timers, so nothing reads these
        bars: Bars,  # noqa: ARG002 - as above
        book: BookView,  # noqa: ARG002 - as above
    ) -> Sequence[Intent]:
        """Return what is wanted now that a timer of `timers` is due; the views are as in `decide`.

        It is called after the `decide` of the last timestamp whose bars have all ended by the timer's moment,
        and what it asks for can trade in bars that start at or after that moment.
        """
        return ()

    def warmup(self) -> int | timedelta:
        """Return how many timestamps, or how long from the first one, pass before this strategy is asked."""
        return 0

    def program(self) -> Program | None:
        """Return this strategy as one function of columns, so that its runs can be compiled, or None.

        What it decides must be what `decide` decides, at every bar of every symbol.
        """
        return None

    def universe(self) -> Universe | None:
        """Return the rule for the symbols that may be traded, or None for all of them."""
        return None


class PortfolioOptions(Options):
    """The options that every portfolio plugin has."""

    capital: Number = Field(Decimal(100_000), gt=0, description="The money that the portfolio starts with.")
    currency: str = Field("USD", description="The currency of the portfolio's cash.")

    @field_validator("currency")
    @classmethod
    def _known(cls, currency: str) -> str:
        try:
            currency_exponent(currency)
        except ConfigurationError as error:
            raise ValueError(error.problem) from error
        return currency

    @model_validator(mode="after")
    def _payable(self) -> "PortfolioOptions":
        exponent = currency_exponent(self.currency)
        try:
            units = to_units(self.capital, exponent)
        except OutOfRange as error:
            raise ValueError(f"capital: {error.problem}") from error
        if from_units(units, exponent) != self.capital:
            raise ValueError(f"capital ({self.capital}) has more decimals than {self.currency} ({exponent})")
        return self


class Portfolio(PluginBase, ABC):
    """How much capital for each."""

    Options = PortfolioOptions

    @abstractmethod
    def allocate(
        self, targets: Sequence[Target], bars: Bars, book: BookView, instruments: Mapping[str, Instrument]
    ) -> Weights:
        """Return each symbol's share of the portfolio's equity, at most 1 in sum."""

    def signal_sizing(
        self,
        instruments: Mapping[str, Instrument],  # noqa: ARG002 - a default that needs nothing of it
    ) -> SignalSizing | None:
        """Return how `size` treats signals, so that runs can be compiled; None where that is not simple."""
        return None

    @abstractmethod
    def size(
        self,
        targets: Sequence[Target],
        weights: Weights,
        bars: Bars,
        book: BookView,
        instruments: Mapping[str, Instrument],
    ) -> Sequence[OrderRequest]:
        """Return the orders that bring the *expected* holdings (held and in flight) to the targets."""


class Broker(PluginBase, ABC):
    """Carry it to a venue; `schedules` are the fee schedules that plugins offer, by name."""

    schedules: Mapping[str, FeeSchedule] = MappingProxyType({})

    def keep_schedules(self, schedules: Mapping[str, FeeSchedule]) -> None:
        """Take the fee schedules that plugins offer; the host calls it once, before any other method."""
        self.schedules = schedules

    @abstractmethod
    def simulation(self) -> VenueModel:
        """Return how this broker's venue behaves in a backtest."""


KINDS: Mapping[str, type[PluginBase]] = {
    "aaa": AAA,
    "core": Core,
    "pipeline": Pipeline,
    "strategy": Strategy,
    "broker": Broker,
    "portfolio": Portfolio,
}

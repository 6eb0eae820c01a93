"""Strategies asked step by step, without a venue."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec
import pytest

from app.engine.simulation import Simulation
from app.indicators.base import Indicator
from app.ports import (
    Bars,
    BookView,
    BpsOfNotional,
    Intent,
    MarketData,
    Order,
    Strategy,
    Target,
    VenueModel,
)

Asked = list[tuple[int, list[Target]]]


def ask(strategy: Strategy, market: MarketData, steps: range | None = None) -> Asked:
    """Return (step, targets) where a strategy wants something; it is asked at `steps` only."""
    venue = VenueModel(BpsOfNotional(Decimal(0)))
    simulation = Simulation(market, venue, "USD", dict(strategy.indicators()))
    wanted = []
    for step in range(len(simulation.timeline)):
        simulation.advance(step)
        if steps is None or step in steps:
            targets = list(strategy.decide(simulation.bars, simulation.book))
            wanted += [(step, targets)] if targets else []
    return wanted


@pytest.fixture(scope="session")
def asked() -> Callable[..., Asked]:
    """Give `asked(strategy, market)`: the targets by step."""
    return ask


class Restarted(Strategy):
    """A strategy that is made anew from its stored memory before every call."""

    def __init__(self, strategy: Strategy) -> None:
        super().__init__()
        self.inner = strategy

    def indicators(self) -> Mapping[str, Indicator]:
        return self.inner.indicators()

    def decide(self, bars: Bars, book: BookView) -> Sequence[Intent]:
        return self._again().decide(bars, book)

    def on_order_update(self, order: Order) -> None:
        self._again().on_order_update(order)

    def _again(self) -> Strategy:
        made = type(self.inner)(self.inner.options)
        made.state = msgspec.json.decode(msgspec.json.encode(self.inner.state), type=self.inner.State)
        self.inner = made
        return made


@pytest.fixture(scope="session")
def restarted() -> Callable[[Strategy], Strategy]:
    """Give `restarted(strategy)`, which does the same but keeps nothing outside its state."""
    return Restarted

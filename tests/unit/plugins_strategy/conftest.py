"""Strategies asked step by step, without a venue."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from app.engine.simulation import Simulation
from app.ports import BpsOfNotional, MarketData, Strategy, Target, VenueModel

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

"""Trades and fills with just the figures that statistics look at."""

from collections.abc import Callable

import pytest

from app.domain.fills import Fill, Trade
from app.domain.instruments import Instrument
from app.domain.intents import Side

DAY = 86_400_000_000_000
INSTRUMENT = Instrument("AAA")


@pytest.fixture
def trade() -> Callable[..., Trade]:
    def make(profit: int, *, fees: int = 0, days: int = 1) -> Trade:
        return Trade(
            sequence=1,
            instrument=INSTRUMENT,
            side=Side.BUY,
            lots=10,
            entry_time=0,
            exit_time=days * DAY,
            entry_value=1000,
            exit_value=1000 + profit + fees,
            realised=profit + fees,
            fees=fees,
        )

    return make


@pytest.fixture
def fill() -> Callable[..., Fill]:
    def make(side: Side, value: int, fee: int) -> Fill:
        return Fill("e", "c", 1, INSTRUMENT, side, lots=1, ticks=value, value=value, fee=fee, time=0)

    return make

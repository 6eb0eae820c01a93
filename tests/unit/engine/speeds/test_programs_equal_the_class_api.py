"""A strategy that declares a program comes to the same state by its class, and whole, at either speed."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from app.domain.bars import Timeframe
from app.domain.events import Dividend, Split
from app.domain.instruments import Instrument
from app.engine.columns import BarSeries, MarketData
from app.engine.fees import BpsOfNotional
from app.engine.venue import Account, AccountKind, Intrabar, LimitFill, Slippage, SlippageModel, VenueModel
from app.ports import Broker, Portfolio, RunContext
from plugins_pipeline.backtest import Backtest
from plugins_portfolio.equal_weight import EqualWeight, EqualWeightOptions
from plugins_portfolio.fixed_quantity import FixedQuantity, FixedQuantityOptions
from plugins_strategy.sma_cross import SmaCross, SmaCrossOptions

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

DAY = Timeframe.D1.nanoseconds


class Given(Broker):
    """A broker with one venue."""

    def __init__(self, venue: VenueModel) -> None:
        super().__init__()
        self.venue = venue

    def simulation(self) -> VenueModel:
        return self.venue


class Discard:
    def write(self, batch: object) -> None:
        """Keep nothing."""


def market(random: np.random.Generator) -> MarketData:
    """Return up to three symbols with gaps, zero volumes, and at times a split and a dividend."""
    series, actions = {}, []
    bars = int(random.integers(20, 120))
    for symbol in ("AAA", "BBB", "CCC")[: int(random.integers(1, 4))]:
        days = np.sort(random.choice(bars, int(bars * 0.9), replace=False)).astype(np.int64)
        closes = np.maximum(5, 60 + np.cumsum(random.integers(-4, 5, len(days)))).astype(np.int64)
        opens = np.maximum(1, closes + random.integers(-3, 4, len(days)))
        series[symbol] = BarSeries(
            instrument=Instrument(symbol, tick=Decimal("0.25")),
            timeframe=Timeframe.D1,
            timestamps=days * DAY,
            opens=opens,
            highs=np.maximum(opens, closes) + random.integers(0, 4, len(days)),
            lows=np.maximum(1, np.minimum(opens, closes) - random.integers(0, 4, len(days))),
            closes=closes,
            volumes=np.where(random.random(len(days)) < 0.1, 0, random.integers(10, 400, len(days))),
            flags=np.zeros(len(days), np.uint8),
        )
        if random.random() < 0.4:
            ratio = Fraction(int(random.integers(1, 4)), int(random.integers(1, 4)))
            when = int(random.integers(1, bars)) * DAY
            actions.append(Split(symbol, when, ratio.numerator, ratio.denominator))
            actions.append(Dividend(symbol, when, when + 2 * DAY, Decimal("0.35"), "USD"))
    actions.sort(key=lambda action: (action.ex_time, action.symbol))
    return MarketData(series, tuple(actions))


def venue(random: np.random.Generator) -> VenueModel:
    kinds = list(AccountKind)
    return VenueModel(
        commission=BpsOfNotional(Decimal(int(random.integers(0, 40)))),
        limit_fill=list(LimitFill)[int(random.integers(2))],
        intrabar=[Intrabar.WORST, Intrabar.BEST, Intrabar.OHLC, Intrabar.NEARER_FIRST][
            int(random.integers(4))
        ],
        max_volume_share=[None, Decimal("0.1"), Decimal("0.5")][int(random.integers(3))],
        slippage=Slippage(list(SlippageModel)[int(random.integers(5))], Decimal(1)),
        account=Account(
            kinds[int(random.integers(3))],
            leverage=Decimal(3),
            borrow_rate=Decimal("0.05"),
            debit_rate=Decimal("0.07"),
            credit_rate=Decimal("0.01"),
        ),
    )


def portfolio(random: np.random.Generator) -> Portfolio:
    if random.random() < 0.5:
        return FixedQuantity(FixedQuantityOptions(quantity=Decimal(int(random.integers(1, 60)))))
    return EqualWeight(EqualWeightOptions(cash_buffer=Decimal("0.03")))


def came_to(seed: int, speed: str, folder: object) -> tuple[str, int, tuple[str, ...]]:
    random = np.random.default_rng(seed)
    fast = int(random.integers(1, 5))
    options = SmaCrossOptions(
        fast=fast, slow=fast + int(random.integers(1, 9)), stop_percent=Decimal(int(random.integers(0, 6)))
    )
    data = market(random)
    chosen = portfolio(random)
    context = RunContext(
        run_id="run",
        portfolio_name="portfolio",
        strategy_name="sma_cross",
        currency="USD",
        capital=Decimal(int(random.integers(200, 20_000))),
        market=data,
        seed=1,
        benchmark=data,
        benchmark_name="",
        strategy=SmaCross(options),
        portfolio=chosen,
        broker=Given(venue(random)),
        recorder=Discard(),
        progress=lambda _done, _total: None,
        stopping=lambda: False,
        speed=speed,
        kernels=folder,
    )
    result = Backtest().run(context)
    return result.state_hash, len(result.fills), tuple(result.notices)


@pytest.mark.parametrize("first", [0, 100, 200, 300])
def test_the_class_api_and_the_compiled_program_come_to_the_same_state(folder, first):
    fills = 0
    for seed in range(first, first + 100):
        expected, count, _ = came_to(seed, "interpreted", folder)
        state, _, notices = came_to(seed, "compiled", folder)
        # A third of equity per symbol has no short decimal: such a portfolio says that it is not compiled.
        assert all("EqualWeight" in notice for notice in notices)
        assert state == expected, f"seed {seed}"
        fills += count
    assert fills > 500

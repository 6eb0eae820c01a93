"""Random programs of orders on random small markets, from a seed or from Hypothesis.

Prices are a few dozen ticks, so that touches, equal prices, gaps and ambiguous bars are frequent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from random import Random

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from reference_requests import RequestMaker
from reference_values import Command, Commands, Submit, bars_of

from app.domain.bars import Timeframe
from app.domain.events import CorporateAction, Dividend, Split
from app.domain.instruments import Instrument
from app.domain.orders import OrderRequest
from app.engine.columns import BarSeries, MarketData
from app.engine.fees import BpsOfNotional
from app.engine.venue import (
    Account,
    AccountKind,
    Intrabar,
    LimitFill,
    Slippage,
    SlippageModel,
    VenueModel,
)

FIRST_DAY = 18_262 * Timeframe.D1.nanoseconds  # 2020-01-01
SYMBOLS = ("AAA", "BBB", "CCC")
FINER = {Timeframe.D1: Timeframe.H4, Timeframe.H1: Timeframe.M15}
RATIOS = ((2, 1), (3, 2), (1, 2), (5, 3), (1, 10))


@dataclass(frozen=True, eq=False)
class Program:
    """A market, a venue, the capital in minor units, the commands by step, and finer bars by symbol."""

    market: MarketData
    venue: VenueModel
    capital: int
    commands: Commands
    finer: Mapping[str, BarSeries] = field(default_factory=dict)


def program_from_seed(seed: int, *, finer: bool = False) -> Program:
    """Return the program that a seed always gives; `finer` adds finer bars and the `finer_bars` policy."""
    return random_program(Random(seed), finer=finer)  # noqa: S311 - a test's program is no secret


def programs(*, finer: bool = False) -> SearchStrategy[Program]:
    """Give the strategy that draws programs; Hypothesis plays the random numbers, so that they shrink."""
    return st.builds(random_program, st.randoms(use_true_random=False), finer=st.just(finer))


def random_program(random: Random, *, finer: bool = False) -> Program:
    """Draw a program."""
    market = random_market(random)
    venue = random_venue(random, finer=finer)
    capital = random.choice((100, 500, 2_000, 10_000))
    commands = random_commands(random, market, venue)
    inside = {name: finer_series(random, own) for name, own in market.series.items()} if finer else {}
    return Program(market, venue, capital, commands, inside)


def random_venue(random: Random, *, finer: bool = False) -> VenueModel:
    """Draw a venue, with every setting that needs no more than the bars themselves."""
    kind = random.choice((AccountKind.CASH, AccountKind.CASH, AccountKind.REG_T, AccountKind.LEVERAGE))
    policies = [policy for policy in Intrabar if finer or policy is not Intrabar.FINER_BARS]
    model = random.choice((SlippageModel.NONE, SlippageModel.FIXED_BPS, SlippageModel.FIXED_TICKS))
    sizes = {SlippageModel.FIXED_BPS: ("10", "250.5"), SlippageModel.FIXED_TICKS: ("1", "2")}
    return VenueModel(
        commission=BpsOfNotional(Decimal(random.choice(("0", "10", "37.5", "300")))),
        limit_fill=random.choice(list(LimitFill)),
        intrabar=random.choice(policies),
        max_volume_share=random.choice((None, None, Decimal("0.1"), Decimal("0.25"), Decimal(1))),
        slippage=Slippage(model, Decimal(random.choice(sizes.get(model, ("0",))))),
        account=Account(kind, leverage=Decimal(random.choice((1, 2, 3, 4)))),
    )


def random_market(random: Random) -> MarketData:
    """Draw one to three symbols with 5 to 40 bars, some missing or without volume, and actions."""
    timeframe = random.choice((Timeframe.D1, Timeframe.D1, Timeframe.H1))
    periods = random.randint(5, 40)
    start = FIRST_DAY if timeframe is Timeframe.D1 else FIRST_DAY + random.randint(0, 23) * 3_600 * 10**9
    series: dict[str, BarSeries] = {}
    for symbol in SYMBOLS[: random.choice((1, 1, 2, 2, 3))]:
        # Another symbol's bars may begin in the middle of ours.
        shift = timeframe.nanoseconds // 2 if series and random.randint(0, 6) == 0 else 0
        series[symbol] = random_series(random, symbol, timeframe, start + shift, periods)
    actions: list[CorporateAction] = []
    if random.randint(0, 2) == 0:
        actions = [random_action(random, series) for _ in range(random.randint(1, 3))]
    return MarketData(series, tuple(sorted(actions, key=lambda action: (action.ex_time, action.symbol))))


def random_series(random: Random, symbol: str, timeframe: Timeframe, start: int, periods: int) -> BarSeries:
    """Draw one symbol's bars, a walk of whole ticks."""
    has_volume = random.randint(0, 5) > 0
    rows: list[tuple[int, ...]] = []
    price = random.randint(5, 45)
    gaps = random.choice((0, 1, 3))
    for period in range(periods):
        open_ = max(1, min(60, price + random.choice((0, 0, 1, -1, 2, -2, 4, -5))))
        close = max(1, min(60, open_ + random.randint(-3, 3)))
        high = max(open_, close) + random.choice((0, 0, 1, 2, 4, 7))
        low = max(1, min(open_, close) - random.choice((0, 0, 1, 2, 4, 7)))
        volume = random.choice((0, 3, 12, 40, 40, 200, 200)) if has_volume else 0
        if random.randint(0, 9) >= gaps:
            rows.append((start + period * timeframe.nanoseconds, open_, high, low, close, volume))
        price = close
    if not rows:
        rows.append((start, price, price, price, price, 40 if has_volume else 0))
    return series_of(Instrument(symbol), timeframe, rows, has_volume=has_volume)


def finer_series(random: Random, coarse: BarSeries) -> BarSeries:
    """Draw the bars inside of a series' bars: a path over the open, both extremes and the close."""
    timeframe = FINER[coarse.timeframe]
    parts = coarse.timeframe.nanoseconds // timeframe.nanoseconds
    rows: list[tuple[int, ...]] = []
    for row, start in enumerate(coarse.timestamps.tolist()):
        low, high = int(coarse.lows[row]), int(coarse.highs[row])
        inner = [low, high, *(random.randint(low, high) for _ in range(parts - 3))]
        random.shuffle(inner)
        path = [int(coarse.opens[row]), *inner, int(coarse.closes[row])]
        volume = int(coarse.volumes[row])
        for part, (begin, end) in enumerate(pairwise(path)):
            at = start + part * timeframe.nanoseconds
            rows.append((at, begin, max(begin, end), min(begin, end), end, volume))
    return series_of(coarse.instrument, timeframe, rows, has_volume=coarse.has_volume)


def series_of(
    instrument: Instrument, timeframe: Timeframe, rows: Sequence[tuple[int, ...]], *, has_volume: bool
) -> BarSeries:
    """Return rows of (start, open, high, low, close, volume) as columns."""
    starts, opens, highs, lows, closes, volumes = np.array(rows, np.int64).T.copy()
    return BarSeries(
        instrument=instrument,
        timeframe=timeframe,
        timestamps=starts,
        opens=opens,
        highs=highs,
        lows=lows,
        closes=closes,
        volumes=volumes,
        flags=np.zeros(len(rows), np.uint8),
        has_volume=has_volume,
    )


def random_action(random: Random, series: dict[str, BarSeries]) -> CorporateAction:
    """Draw a split or a dividend at one of the timestamps, or beside one."""
    symbol = random.choice(list(series))
    own = series[symbol]
    ex_time = random.choice(own.timestamps.tolist()) + random.choice((0, 0, own.timeframe.nanoseconds // 3))
    if random.randint(0, 1):
        return Split(symbol, ex_time, *random.choice(RATIOS))
    pay_time = ex_time + random.randint(0, 3) * own.timeframe.nanoseconds
    return Dividend(symbol, ex_time, pay_time, Decimal(random.randint(1, 400)).scaleb(-4), "USD")


def random_commands(random: Random, market: MarketData, venue: VenueModel) -> Commands:
    """Draw commands for symbols that have had a bar; numbers of orders are mostly those that exist."""
    times = sorted({time for series in market.series.values() for time in series.timestamps.tolist()})
    steps = {time: step for step, time in enumerate(times)}
    closes = {
        symbol: {step: bar.close for step, bar in bars_of(series, steps).items()}
        for symbol, series in market.series.items()
    }
    last: dict[str, int] = {}
    maker = RequestMaker(random, next(iter(market.series.values())).timeframe)
    # A margin call takes numbers of its own, so which order has which number is not known before.
    numbered = venue.account.kind is AccountKind.CASH
    busy = random.choice((2, 4, 8))
    commands: dict[int, list[Command]] = {}
    for step, time in enumerate(times):
        for symbol, own in closes.items():
            last[symbol] = own.get(step, last.get(symbol, 0))
        seen = {symbol: close for symbol, close in last.items() if close}
        if random.randint(0, 9) < busy:
            commands[step] = maker.commands(time, seen, numbered=numbered)
    return commands


def described(program: Program) -> str:
    """Return a program as text that one can read, for a failing case."""
    lines = [f"{program.venue}", f"capital {program.capital}"]
    times = sorted({time for series in program.market.series.values() for time in series.timestamps.tolist()})
    steps = {time: step for step, time in enumerate(times)}
    for symbol, series in program.market.series.items():
        lines.append(f"{symbol} {series.timeframe} has_volume={series.has_volume}")
        for step, bar in bars_of(series, steps).items():
            prices = f"{bar.open:3} {bar.high:3} {bar.low:3} {bar.close:3} volume {bar.volume}"
            session = f"{'begins' if bar.begins_session else ''} {'ends' if bar.ends_session else ''}"
            lines.append(f"  {step:3}: {prices} {session} at {bar.start}")
    lines += [str(action) for action in program.market.actions]
    number = 0
    for step, commands in program.commands.items():
        for command in commands:
            if isinstance(command, Submit):
                number = _describe_request(command.request, number, step, 0, lines.append)
            else:
                lines.append(f"step {step}: {command}")
    return "\n".join(lines)


def _describe_request(
    request: OrderRequest, number: int, step: int, depth: int, write: Callable[[str], None]
) -> int:
    number += 1
    names = ("stop_ticks", "limit_ticks", "trail_ticks", "trail_ppm", "expires_at", "group", "reduce_only")
    extras = " ".join(f"{name}={getattr(request, name)}" for name in names if getattr(request, name))
    head = f"{request.symbol} {request.side} {request.lots} {request.type} {request.time_in_force}"
    write(f"step {step}: {'  ' * depth}#{number} {head} {extras}")
    for child in request.then:
        number = _describe_request(child, number, step, depth + 1, write)
    return number

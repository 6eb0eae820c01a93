"""`lts run` against a second opinion: the same runs worked out anew in decimals, the slow and obvious way.

Nothing of the engine, ledger, sizing, indicators, strategies or risk rules is used here. The rules are those
that docs/reference/engine.md and the docstrings of plugins state; only raw bars and actions come from the
program.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.data.sample.source import load
from app.domain.bars import moment
from app.persistence.database import Database
from app.persistence.tables.assets import Asset
from app.persistence.tables.cash_entries import CashEntry
from app.persistence.tables.equity_points import EquityPoint
from app.persistence.tables.executions import Execution
from app.persistence.tables.orders import Order as OrderRow
from app.ports import DataRequest, Split

pytestmark = [pytest.mark.acceptance, pytest.mark.requirement("SYS-001", "STC-001")]

DIGITS = 60  # more than any sum here has, so that only the roundings that the rules ask for happen
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Configuration:
    """One run; the fields' defaults are those of `lts run` without arguments."""

    strategy: str = "sma_cross"
    symbols: tuple[str, ...] = ("AAPL", "GOOG", "IBM", "MSFT")
    fast: int = 20
    slow: int = 100
    capital: Decimal = Decimal(100_000)
    bps: Decimal = Decimal(10)
    buffer: Decimal = Decimal("0.02")

    def arguments(self) -> list[str]:
        default = Configuration()
        said = {
            "data.symbols": ("symbols", ",".join(self.symbols)),
            "portfolio.capital": ("capital", self.capital),
            "portfolio.cash_buffer": ("buffer", self.buffer),
            "broker.commission_bps": ("bps", self.bps),
            "strategy.fast": ("fast", self.fast),
            "strategy.slow": ("slow", self.slow),
        }
        changed = [
            f"--set={key}={value}"
            for key, (name, value) in said.items()
            if getattr(self, name) != getattr(default, name)
        ]
        return [f"--strategy={self.strategy}", *changed] if self != default else []


@dataclass(frozen=True)
class Bar:
    open: Decimal
    close: Decimal
    volume: int


@dataclass(frozen=True)
class Filled:
    """A fill as it must be stored."""

    time: datetime
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    fee: Decimal


@dataclass
class Wanted:
    """An order: a positive quantity buys, a negative one sells."""

    symbol: str
    quantity: int


@dataclass
class Account:
    """What the run comes to."""

    cash: Decimal
    shares: dict[str, int]
    orders: list[Wanted] = field(default_factory=list)
    fills: list[Filled] = field(default_factory=list)
    requested: int = 0
    canceled: int = 0
    equity: list[tuple[datetime, Decimal, Decimal]] = field(default_factory=list)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_EVEN)


def whole(quantity: Decimal) -> int:
    return int(quantity.to_integral_value(ROUND_FLOOR))


class Oracle:
    """Walks through the days one by one."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        market = load(DataRequest(configuration.symbols))
        self.bars: dict[str, dict[int, Bar]] = {}
        for symbol, series in market.series.items():
            tick = series.instrument.tick
            columns = (series.timestamps, series.opens, series.closes, series.volumes)
            self.bars[symbol] = {
                time: Bar(tick * open_, tick * close, volume)
                for time, open_, close, volume in zip(*(c.tolist() for c in columns), strict=True)
            }
        self.actions = market.actions
        self.account = Account(configuration.capital, dict.fromkeys(configuration.symbols, 0))
        self.last: dict[str, Decimal] = {}
        self.adjusted: dict[str, list[Decimal]] = {symbol: [] for symbol in configuration.symbols}
        self.spread: dict[str, Decimal] = {}
        self.bought: set[str] = set()

    def run(self) -> Account:
        days = sorted({day for bars in self.bars.values() for day in bars})
        done: set[int] = set()
        for day in days:
            today = {symbol: bars[day] for symbol, bars in self.bars.items() if day in bars}
            for number, action in enumerate(self.actions):
                if number in done or action.symbol not in today or action.ex_time > day:
                    continue
                done.add(number)
                if action.symbol not in self.last:
                    continue  # not later than the first bar: nobody can hold the symbol yet
                if isinstance(action, Split):
                    self.split(action.symbol, Decimal(action.numerator), Decimal(action.denominator))
                else:
                    assert action.pay_time <= day
                    self.account.cash += cents(action.amount * self.account.shares[action.symbol])
            self.fill(day, today)
            for symbol, bar in today.items():
                self.last[symbol] = bar.close
                self.adjusted[symbol].append(bar.close)
            self.order(self.signals(today))
            self.account.equity.append((moment(day), self.equity(), self.account.cash))
        return self.account

    def split(self, symbol: str, new: Decimal, old: Decimal) -> None:
        account = self.account
        exact = account.shares[symbol] * new / old
        account.shares[symbol] = whole(exact)
        account.cash += cents((exact - whole(exact)) * self.last[symbol] * old / new)
        for order in account.orders:
            if order.symbol == symbol:
                sign = 1 if order.quantity > 0 else -1
                order.quantity = sign * whole(abs(order.quantity) * new / old)
        self.adjusted[symbol] = [close * old / new for close in self.adjusted[symbol]]

    def fill(self, day: int, today: dict[str, Bar]) -> None:
        account, waiting = self.account, []
        for order in account.orders:
            bar = today.get(order.symbol)
            if bar is None or bar.volume == 0:
                waiting.append(order)
                continue
            buying = order.quantity > 0
            quantity = abs(order.quantity)
            if not buying:
                quantity = min(quantity, account.shares[order.symbol])
            while buying and quantity and self.cost(bar.open, quantity) > account.cash:
                quantity -= 1
            account.canceled += quantity < abs(order.quantity)
            if quantity:
                value = cents(bar.open * quantity)
                account.cash += -value - self.fee(value) if buying else value - self.fee(value)
                account.shares[order.symbol] += quantity if buying else -quantity
                side = "buy" if buying else "sell"
                account.fills.append(
                    Filled(moment(day), order.symbol, side, Decimal(quantity), bar.open, self.fee(value))
                )
        account.orders = waiting

    def fee(self, value: Decimal) -> Decimal:
        return cents(value * self.configuration.bps / 10_000)

    def cost(self, price: Decimal, quantity: int) -> Decimal:
        value = cents(price * quantity)
        return value + self.fee(value)

    def equity(self) -> Decimal:
        held = {symbol: shares for symbol, shares in self.account.shares.items() if shares}
        return self.account.cash + sum(cents(self.last[symbol] * shares) for symbol, shares in held.items())

    def signals(self, today: dict[str, Bar]) -> dict[str, int]:
        """Return the symbols that get a target: 1 is the whole share, 0 is nothing."""
        if self.configuration.strategy == "buy_and_hold":
            new = {symbol: 1 for symbol in today if symbol not in self.bought}
            self.bought |= new.keys()
            return new
        found = {}
        fast, slow = self.configuration.fast, self.configuration.slow
        for symbol in today:
            closes = self.adjusted[symbol]
            if len(closes) < slow:
                continue
            spread = sum(closes[-fast:]) * slow - sum(closes[-slow:]) * fast  # of the sign of fast less slow
            before = self.spread.get(symbol)
            self.spread[symbol] = Decimal(spread)
            if before is not None and before <= 0 < spread:
                found[symbol] = 1
            elif before is not None and before >= 0 > spread:
                found[symbol] = 0
        return found

    def order(self, signals: dict[str, int]) -> None:
        """Size the targets, judge what they ask for, and leave the orders for the next open."""
        account, equity = self.account, self.equity()
        spendable = cents(equity * (1 - self.configuration.buffer))
        share = cents(spendable / len(self.configuration.symbols))
        changes = []
        for symbol, signal in signals.items():
            wanted = whole(share / self.last[symbol]) if signal else 0
            flying = sum(order.quantity for order in account.orders if order.symbol == symbol)
            change = wanted - account.shares[symbol] - flying
            if change:
                changes.append(Wanted(symbol, change))
        sales = [order for order in changes if order.quantity < 0]
        purchases = [order for order in changes if order.quantity > 0]
        reserved = sum(
            self.cost(self.last[order.symbol], order.quantity)
            for order in account.orders
            if order.quantity > 0
        )
        proceeds = [cents(self.last[order.symbol] * -order.quantity) for order in sales]
        self.cut(purchases, account.cash - reserved + sum(proceeds) - (equity - spendable))
        promised = account.cash - reserved + sum(value - self.fee(value) for value in proceeds)
        account.requested += len(changes)
        account.orders += sales
        for order in purchases:
            cost = self.cost(self.last[order.symbol], order.quantity)
            if cost <= promised:
                promised -= cost
                account.orders.append(order)

    def cut(self, purchases: list[Wanted], available: Decimal) -> None:
        """Cut each purchase to what the cash pays for; one that it does not pay at all is left to risk."""
        for order in purchases:
            price = self.last[order.symbol]
            affordable = whole(max(Decimal(0), available) / price)
            if affordable:
                order.quantity = min(order.quantity, affordable)
                available -= cents(price * order.quantity)


@dataclass(frozen=True)
class Stored:
    """What `lts run` printed, and what it stored."""

    printed: dict[str, Any]
    fills: list[Filled]
    equity: list[tuple[datetime, Decimal, Decimal]]
    movements: list[tuple[datetime, Decimal]]
    canceled: int


def stored_run(configuration: Configuration, folder: Path) -> Stored:
    """Return what the real command makes of a configuration, in a home of its own."""
    environment = {key: value for key, value in os.environ.items() if not key.upper().startswith("LTS_")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "app.cli.main", "run", "--json", "--db", str(folder / "oracle.db")),
            *configuration.arguments(),
        ],
        env={**environment, "LTS_HOME": str(folder / "home")},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with Database.open(str(folder / "oracle.db"), create=False) as database, database.reading() as session:
        executions = session.execute(
            select(Execution, Asset.symbol)
            .join(OrderRow, OrderRow.id == Execution.order_id)
            .join(Asset, Asset.id == OrderRow.asset_id)
        ).all()
        executions.sort(key=lambda row: int(row[0].execution_id.rpartition("-")[2]))
        points = session.scalars(select(EquityPoint).order_by(EquityPoint.time))
        entries = session.scalars(select(CashEntry).order_by(CashEntry.sequence))
        canceled = session.scalars(select(OrderRow).where(OrderRow.reason == "insufficient_cash"))
        return Stored(
            printed=json.loads(done.stdout),
            fills=[
                Filled(row.venue_time, symbol, row.side, row.quantity, row.price, row.fee)
                for row, symbol in executions
            ],
            equity=[(point.time, point.equity, point.cash) for point in points],
            movements=[(entry.time, entry.amount) for entry in entries],
            canceled=sum(order.status == "canceled" for order in canceled),
        )


CONFIGURATIONS = {
    "default": Configuration(),
    "three symbols, other lengths, dearer": Configuration(
        symbols=("MSFT", "AAPL", "IBM"), fast=7, slow=31, capital=Decimal("54321.09"), bps=Decimal("17.5")
    ),
    "little money, nothing kept back": Configuration(
        fast=3, slow=12, capital=Decimal(3_000), bps=Decimal("0.5"), buffer=Decimal(0)
    ),
    "buy and hold": Configuration(strategy="buy_and_hold", capital=Decimal(250_000), buffer=Decimal("0.05")),
}


@pytest.fixture(scope="module", params=CONFIGURATIONS, ids=lambda name: name.replace(" ", "_"))
def runs(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Account, Stored]]:
    """The same run worked out twice: by the oracle, and by the program."""
    configuration = CONFIGURATIONS[request.param]
    with localcontext(prec=DIGITS):
        account = Oracle(configuration).run()
        yield account, stored_run(configuration, tmp_path_factory.mktemp("oracle"))


def test_every_fill_is_the_one_worked_out_by_hand(runs: tuple[Account, Stored]) -> None:
    account, stored = runs
    assert account.fills
    assert stored.fills == account.fills


def test_cash_and_equity_are_equal_to_the_cent_on_every_day(runs: tuple[Account, Stored]) -> None:
    account, stored = runs
    assert stored.equity == account.equity


def test_the_final_figures_that_are_printed_are_those_worked_out_by_hand(
    runs: tuple[Account, Stored],
) -> None:
    account, stored = runs
    assert Decimal(stored.printed["final_equity"]) == account.equity[-1][1]
    assert Decimal(stored.printed["fees"]) == sum(fill.fee for fill in account.fills)
    assert stored.printed["fills"] == len(account.fills)
    assert stored.printed["orders"] == account.requested
    assert stored.canceled == account.canceled


def test_the_cash_entries_up_to_each_day_add_up_to_its_cash(runs: tuple[Account, Stored]) -> None:
    account, stored = runs
    balance, entries = Decimal(0), iter([*stored.movements, None])
    entry = next(entries)
    for day, _, cash in account.equity:
        while entry is not None and entry[0] <= day:
            balance += entry[1]
            entry = next(entries)
        assert balance == cash
    assert entry is None

"""The kernel's posting: value is kept to the unit, and it is the account of the reference ledger."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_replay import KernelReplay
from reference_ledger import Ledger
from reference_programs import programs

from app.domain.events import Delisting, Dividend, Split
from app.domain.fills import CashKind, Fill
from app.domain.intents import Side
from app.domain.lots import fifo
from app.domain.money import INT64_MAX
from app.engine.columns import MarketData
from app.engine.desk import open_desk
from app.engine.kernel import layout as at
from app.engine.kernel.posting import pay, post
from app.engine.kernel.upkeep import act
from app.engine.records import Records
from app.engine.timeline import Timeline
from app.ports import BpsOfNotional, VenueModel

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

SYMBOLS = ("AAA", "BBB")

signed = st.integers(-500, 500).filter(bool)
money = st.integers(0, 10**9)
symbols = st.sampled_from(SYMBOLS)
postings = st.one_of(
    st.tuples(st.just("fill"), symbols, signed, st.integers(1, 10_000), st.integers(0, 300)),
    st.tuples(st.just("fill"), symbols, signed, st.integers(1, 10_000), st.integers(0, 300)),
    st.tuples(st.just("split"), symbols, st.integers(1, 7), st.integers(1, 7), st.integers(1, 10_000)),
    st.tuples(st.just("dividend"), symbols, st.decimals(0, 5, places=4)),
    st.tuples(st.just("deposit"), money),
    st.tuples(st.just("withdraw"), money),
)


class Account:
    """A bare desk, and the reference ledger beside it: what is posted to both."""

    def __init__(self, market: MarketData) -> None:
        timeline = Timeline(market)
        self.instruments = {name: series.instrument for name, series in market.series.items()}
        self.numbers = {name: number for number, name in enumerate(self.instruments)}
        self.desk = open_desk(market, timeline, VenueModel(BpsOfNotional(Decimal(0))))
        named = "{}-{}-{}".format
        self.records = Records(self.desk, list(self.instruments.values()), named, {})
        self.ledger = Ledger("USD")
        self.time = 0

    @property
    def fault(self):
        return self.desk[at.D_ACCOUNT][at.A_FAULT]

    def lots(self, symbol):
        return self.desk[at.D_POSITIONS][self.numbers[symbol]][at.P_LOTS]

    def fill(self, symbol, change, value, fee):
        """Post a fill to the kernel; return what it realised."""
        self.time += 1
        place = len(self.desk[at.D_FILLS])
        row = (0, change, 1, value, fee, self.time, 0, 0, self.time)
        self.desk[at.D_FILLS].append(list(row))
        self.desk[at.D_COUNTS][at.N_FILLS] += 1
        # No order stands behind the fill, so its movements of cash name none.
        return post(self.numbers[symbol], change, value, fee, self.time, place, -1, self.desk)

    def action(self, symbol, **columns):
        """Let a corporate action act on the kernel's account."""
        self.time += 1
        row = [0] * at.ACTION_COLUMNS
        for name, value in {"E_SYMBOL": self.numbers[symbol], **columns}.items():
            row[getattr(at, name)] = value
        self.desk[at.D_ACTIONS].append(row)
        act(len(self.desk[at.D_ACTIONS]) - 1, self.time, self.desk)

    def split(self, symbol, new, old, last):
        last = Fraction(last)
        self.action(
            symbol,
            E_KIND=at.SPLIT,
            E_PART=new,
            E_WHOLE=old,
            E_LAST=last.numerator,
            E_LAST_OF=last.denominator,
        )

    def dividend(self, symbol, amount, lots):
        part, whole = (Fraction(amount) * 100).as_integer_ratio()
        self.action(symbol, E_KIND=at.PAYMENT, E_PART=part, E_WHOLE=whole, E_LOTS=lots)

    def move(self, kind, amount):
        self.time += 1
        pay(kind, amount, self.time, -1, -1, 0, self.desk)

    def post(self, posting):
        """Post to the kernel and to the ledger, and compare what each fill realised."""
        match posting:
            case ("fill", symbol, change, ticks, fee):
                instrument = self.instruments[symbol]
                value = instrument.value(ticks, abs(change))
                realised = self.fill(symbol, change, value, fee)
                side = Side.BUY if change > 0 else Side.SELL
                name, lots = f"E{self.time}", abs(change)
                fill = Fill(name, "C", 1, instrument, side, lots, ticks, value, fee, self.time)
                assert realised == self.ledger.post(fill).realised
            case ("split", symbol, new, old, last):
                self.split(symbol, new, old, last)
                self.ledger.split(Split(symbol, self.time, new, old), Fraction(last), self.time)
            case ("dividend", symbol, amount):
                lots = self.lots(symbol)
                self.dividend(symbol, amount, lots)
                self.ledger.dividend(Dividend(symbol, self.time, self.time, amount, "USD"), lots, self.time)
            case ("deposit", amount):
                self.move(at.DEPOSIT, amount)
                self.ledger.deposit(amount, self.time)
            case ("withdraw", amount):
                self.move(at.WITHDRAWAL, -amount)
                self.ledger.withdraw(amount, self.time)

    def assert_balanced(self):
        """Assert that cash + cost - realised is outside money - fees + dividends, to the unit."""
        total = dict.fromkeys(CashKind, 0)
        for entry in self.records.cash:
            total[entry.kind] += entry.amount
        positions = self.records.positions()
        cash = self.desk[at.D_ACCOUNT][at.A_CASH]
        outside = total[CashKind.DEPOSIT] + total[CashKind.WITHDRAWAL]
        assert cash == sum(total.values())
        assert (
            cash + sum(position.cost - position.realised for position in positions)
            == outside + total[CashKind.FEE] + total[CashKind.DIVIDEND]
        )
        assert -total[CashKind.FEE] == sum(position.fees for position in positions)
        assert total[CashKind.DIVIDEND] == sum(position.dividends for position in positions)
        assert all(position.cost == 0 for position in positions if not position.lots)


@pytest.fixture(scope="module")
def account(small):
    """Give a function that opens an account without money."""
    market = small({symbol: [10] for symbol in SYMBOLS})
    return lambda: Account(market)


@given(st.lists(postings, max_size=40))
def test_value_is_kept_to_the_unit_after_every_posting(account, program):
    made = account()
    for posting in program:
        made.post(posting)
        made.assert_balanced()


@given(st.lists(postings, max_size=40))
def test_the_kernel_posts_what_the_reference_ledger_posts(account, program):
    made = account()
    for posting in program:
        made.post(posting)
    ledger = made.ledger
    assert made.desk[at.D_ACCOUNT][at.A_CASH] == ledger.cash
    assert list(made.records.positions()) == [
        ledger.positions[symbol] for symbol in SYMBOLS if symbol in ledger.positions
    ]
    assert [replace(entry, reference="") for entry in ledger.entries] == list(made.records.cash)
    assert list(made.records.trades) == ledger.trades


def fills_of(symbols_and_changes, made):
    for symbol, change, value, fee in symbols_and_changes:
        made.fill(symbol, change, value, fee)


changes = st.lists(st.tuples(symbols, signed, money, st.integers(0, 99)), max_size=20)


@given(changes)
def test_a_long_and_a_short_account_mirror_each_other(account, program):
    one, other = account(), account()
    fills_of(program, one)
    fills_of([(symbol, -change, value, 0) for symbol, change, value, _ in program], other)
    for position, mirrored in zip(one.records.positions(), other.records.positions(), strict=True):
        assert (position.lots, position.cost, position.realised) == (
            -mirrored.lots,
            -mirrored.cost,
            -mirrored.realised,
        )


@given(st.tuples(st.integers(1, 500), money, st.integers(1, 500), money, st.integers(0, 99)))
def test_a_flip_is_a_close_and_an_opening(account, figures):
    lots, cost, beyond, value, fee = figures
    flipped, apart = account(), account()
    for made in (flipped, apart):
        made.fill("AAA", lots, cost, 0)
    flipped.fill("AAA", -lots - beyond, value, fee)
    closing = round(Fraction(value * lots, lots + beyond))
    closing_fee = round(Fraction(fee * lots, lots + beyond))
    apart.fill("AAA", -lots, closing, closing_fee)
    apart.fill("AAA", -beyond, value - closing, fee - closing_fee)
    positions = (flipped.desk[at.D_POSITIONS][0], apart.desk[at.D_POSITIONS][0])
    for column in set(range(at.POSITION_COLUMNS)) - {at.P_OPENED, at.C_OPENED}:
        assert positions[0][column] == positions[1][column], column
    (one,), (other,) = flipped.records.trades, apart.records.trades
    assert (one.exit_value, one.realised, one.fees) == (other.exit_value, other.realised, other.fees)


@given(changes)
def test_all_that_is_closed_is_in_a_trade(account, program):
    made = account()
    fills_of(program, made)
    for symbol in SYMBOLS:
        if made.lots(symbol):
            made.fill(symbol, -made.lots(symbol), 1_000, 1)
    for position in made.records.positions():
        trades = [trade for trade in made.records.trades if trade.instrument == position.instrument]
        assert sum(trade.realised for trade in trades) == position.realised
        assert sum(trade.fees for trade in trades) == position.fees
        assert all(trade.lots > 0 and trade.exit_time >= trade.entry_time for trade in trades)


def test_a_position_is_reduced_at_its_average_cost(account):
    made = account()
    made.fill("AAA", 3, 3_000, 0)
    made.fill("AAA", 4, 4_400, 7)
    # 7 shares cost 74.00; 2 of them 21.142857..., which is 21.14; sold for 24.00.
    assert made.fill("AAA", -2, 2_400, 5) == 286
    (position,) = made.records.positions()
    assert (position.lots, position.cost, position.realised, position.fees) == (5, 5_286, 286, 12)


def test_a_trade_runs_from_flat_to_flat_with_its_share_of_the_fees(account):
    made = account()
    made.fill("AAA", 4, 4_000, 4)
    made.fill("AAA", -6, 6_600, 9)
    made.fill("AAA", 2, 1_800, 1)
    long, short = made.records.trades
    assert (long.side, long.lots, long.entry_value, long.exit_value) == (Side.BUY, 4, 4_000, 4_400)
    assert (long.realised, long.fees, long.profit) == (400, 4 + 6, 390)
    assert long.return_ratio == pytest.approx(0.0975)
    assert (short.side, short.lots, short.entry_value, short.exit_value) == (Side.SELL, 2, 2_200, 1_800)
    assert (short.realised, short.fees, short.entry_time, short.exit_time) == (400, 3 + 1, 2, 3)


def test_a_position_remembers_when_it_was_opened_and_closed(account):
    made = account()
    seen = []
    for change in (4, 1, -5, -5, 9):
        made.fill("AAA", change, 100, 0)
        (position,) = made.records.positions()
        seen.append((position.opened_at, position.closed_at))
    # Flat after the third, short with the fourth, and with the fifth long at once.
    assert seen == [(1, None), (1, None), (1, 3), (4, None), (5, None)]


@pytest.mark.parametrize(("amount", "half"), [(5, 2), (7, 4)])
def test_a_flip_shares_its_value_and_its_fee_half_to_even(account, amount, half):
    made = account()
    made.fill("AAA", 1, 2, 0)
    made.fill("AAA", -2, amount, amount)
    made.fill("AAA", 1, 1, 0)
    long, short = made.records.trades
    rest = amount - half
    assert (long.exit_value, long.realised, long.fees) == (half, half - 2, half)
    assert (short.entry_value, short.realised, short.fees) == (rest, rest - 1, rest)


def test_a_short_position_pays_the_dividend_and_the_fraction_of_a_split(account):
    made = account()
    made.fill("AAA", -3, 3_000, 0)
    made.dividend("AAA", Decimal("0.50"), -3)
    made.split("AAA", 3, 2, 1_200)
    assert [(entry.kind, entry.amount) for entry in made.records.cash[1:]] == [
        (CashKind.DIVIDEND, -150),
        (CashKind.SPLIT_CASH, -400),
    ]
    assert made.lots("AAA") == -4


def test_what_a_short_position_pays_for_the_fraction_of_a_split_is_exit_value_of_its_trade(account):
    made = account()
    made.fill("AAA", -3, 3_000, 0)
    # 3 become 1 and a half; the half of a share at 24.00 costs 12.00, the last one is bought at 24.00.
    made.split("AAA", 1, 2, 1_200)
    made.fill("AAA", 1, 2_400, 0)
    (trade,) = made.records.trades
    assert (trade.entry_value, trade.exit_value, trade.realised) == (3_000, 3_600, -600)


def test_a_split_that_leaves_less_than_a_lot_closes_the_position_and_any_other_does_not(account):
    made = account()
    made.fill("AAA", 3, 300, 0)
    made.split("AAA", 1, 2, 100)
    (position,) = made.records.positions()
    assert (position.lots, position.closed_at) == (1, None)
    made.split("AAA", 1, 2, 200)
    (position,) = made.records.positions()
    assert (position.lots, position.closed_at) == (0, 3)


def test_actions_on_what_was_never_held_change_nothing(account):
    made = account()
    made.split("AAA", 2, 1, 100)
    made.dividend("AAA", Decimal(1), 0)
    assert (made.records.positions(), len(made.records.cash)) == ([], 0)


LARGE = 2**62
TOO_MUCH = {
    "cash": [lambda made: made.move(at.DEPOSIT, INT64_MAX), lambda made: made.move(at.DEPOSIT, 1)],
    "lots": [lambda made: made.fill("AAA", LARGE, 1, 0), lambda made: made.fill("AAA", LARGE, 1, 0)],
    "cost": [
        lambda made: made.move(at.DEPOSIT, INT64_MAX),
        lambda made: made.fill("AAA", 1, LARGE, 0),
        lambda made: made.fill("AAA", 1, LARGE, 0),
    ],
    "cash by short sales": [
        lambda made: made.fill("AAA", -1, LARGE, 0),
        lambda made: made.fill("BBB", -1, LARGE, 0),
    ],
    "cash by a fee": [
        lambda made: made.fill("AAA", 1, INT64_MAX - 1, 0),
        lambda made: made.fill("AAA", 1, 0, 2),
    ],
    "lots by a split": [
        lambda made: made.fill("AAA", LARGE, 1, 0),
        lambda made: made.split("AAA", 2, 1, 1),
    ],
    "cash by a split": [
        lambda made: made.move(at.DEPOSIT, INT64_MAX),
        lambda made: made.fill("AAA", 3, 0, 0),
        lambda made: made.split("AAA", 1, 2, 9),
    ],
    "cash by a dividend": [
        lambda made: made.move(at.DEPOSIT, INT64_MAX),
        lambda made: made.fill("AAA", 3, 0, 0),
        lambda made: made.dividend("AAA", Decimal(1), 3),
    ],
}


TOO_MUCH["what a trade has entered"] = [
    lambda made: made.move(at.DEPOSIT, INT64_MAX),
    lambda made: made.fill("AAA", 2, LARGE, 0),
    lambda made: made.fill("AAA", -1, LARGE, 0),
    lambda made: made.fill("AAA", 1, LARGE, 0),
]


@pytest.mark.parametrize(
    "what",
    [pytest.param(what) for what in TOO_MUCH],
)
def test_what_does_not_fit_64_bits_marks_the_account_and_is_never_wrapped(account, what):
    made = account()
    *before, last = TOO_MUCH[what]
    for each in before:
        each(made)
    assert made.fault == at.NO_FAULT
    last(made)
    assert made.fault == at.TOO_LARGE


def acted(program, replayed):
    """Return the splits and delistings that have acted on an account, at the times at which they did."""
    kinds = {at.SPLIT, at.REMOVAL}
    names = list(program.market.series)
    actions = []
    for row in replayed.simulation.desk[at.D_ACTIONS]:
        if row[at.E_KIND] in kinds:
            time = replayed.simulation.timeline.times.item(row[at.E_STEP])
            name = names[row[at.E_SYMBOL]]
            is_split = row[at.E_KIND] == at.SPLIT
            actions.append(
                Split(name, time, row[at.E_PART], row[at.E_WHOLE]) if is_split else Delisting(name, time)
            )
    return actions


@given(programs())
def test_average_cost_and_first_in_first_out_have_realised_the_same_where_a_position_is_flat(program):
    replayed = KernelReplay(program)
    replayed.run()
    simulation = replayed.simulation
    report = fifo(simulation.fills, acted(program, replayed), simulation.cash)
    for position in simulation.positions:
        symbol = position.instrument.symbol
        still_open = report.open.get(symbol, ())
        assert sum(lot.lots for lot in still_open) == abs(position.lots)
        if not position.lots:
            assert report.realised(symbol) == position.realised
        signed_value = sum(lot.value if lot.side is Side.BUY else -lot.value for lot in still_open)
        assert signed_value - report.realised(symbol) == position.cost - position.realised


@st.composite
def financed_programs(draw):
    """Draw a program on an account that pays and earns interest, perhaps with a delisting."""
    program = draw(programs())
    rates = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("3.6")])
    account = replace(
        program.venue.account, borrow_rate=draw(rates), debit_rate=draw(rates), credit_rate=draw(rates)
    )
    actions = program.market.actions
    if draw(st.booleans()):
        symbol = draw(st.sampled_from(list(program.market.series)))
        time = draw(st.sampled_from(program.market.series[symbol].timestamps.tolist()))
        price = draw(st.sampled_from([None, Decimal(0), Decimal("0.07")]))
        actions = tuple(sorted((*actions, Delisting(symbol, time, price)), key=lambda each: each.ex_time))
    market = replace(program.market, actions=actions)
    return replace(program, market=market, venue=replace(program.venue, account=account))


@settings(max_examples=60, deadline=None)
@given(financed_programs())
def test_value_is_kept_to_the_unit_at_every_step_of_every_program(program):
    replayed = KernelReplay(program)
    simulation = replayed.simulation
    trading = {CashKind.TRADE, CashKind.SPLIT_CASH, CashKind.DELISTING}
    for step in range(len(simulation.timeline)):
        replayed.advance(step)
        held = [position for position in simulation.positions if position.lots]
        open_cost = sum(position.cost - position.realised for position in simulation.positions)
        outside = sum(entry.amount for entry in simulation.cash if entry.kind not in trading)
        assert simulation.book.cash == sum(entry.amount for entry in simulation.cash)
        assert simulation.book.cash + open_cost == outside
        marks = sum(
            position.instrument.value(simulation.book.last_ticks(position.instrument.symbol), position.lots)
            for position in held
        )
        assert simulation.book.equity == simulation.book.cash + marks

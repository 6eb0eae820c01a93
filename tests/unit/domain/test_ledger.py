"""The exact account: an identity to the unit, whatever is posted."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OutOfRange
from app.domain.events import Dividend, Split
from app.domain.fills import CashKind, Fill
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.ledger import Ledger, applied
from app.domain.money import INT64_MAX, half_even

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

INSTRUMENTS = {symbol: Instrument(symbol) for symbol in ("AAA", "BBB")}

signed = st.integers(-500, 500).filter(bool)
money = st.integers(0, 10**9)


def fill(number, symbol="AAA", change=1, ticks=100, fee=0, *, time=0):
    instrument = INSTRUMENTS[symbol]
    return Fill(
        execution_id=f"E{number}",
        client_id="C",
        sequence=number,
        instrument=instrument,
        side=Side.BUY if change > 0 else Side.SELL,
        lots=abs(change),
        ticks=ticks,
        value=instrument.value(ticks, abs(change)),
        fee=fee,
        time=time,
    )


symbols = st.sampled_from(sorted(INSTRUMENTS))
postings = st.one_of(
    st.tuples(st.just("fill"), symbols, signed, st.integers(1, 10_000), st.integers(0, 300)),
    st.tuples(st.just("split"), symbols, st.integers(1, 7), st.integers(1, 7), st.integers(1, 10_000)),
    st.tuples(st.just("dividend"), symbols, st.decimals(0, 5, places=4)),
    st.tuples(st.just("deposit"), money),
    st.tuples(st.just("withdraw"), money),
)


def post(ledger, number, posting):
    match posting:
        case ("fill", symbol, change, ticks, fee):
            ledger.post(fill(number, symbol, change, ticks, fee, time=number))
        case ("split", symbol, new, old, last):
            ledger.split(Split(symbol, number, new, old), Fraction(last), number)
        case ("dividend", symbol, amount):
            event = Dividend(symbol, number, number, amount, "USD")
            ledger.dividend(event, ledger.position(INSTRUMENTS[symbol]).lots, number)
        case (kind, amount):
            getattr(ledger, kind)(amount, number)


def assert_balanced(ledger):
    """Assert the ledger's identity: cash + cost - realised = outside money - fees + dividends."""
    positions = ledger.positions.values()
    total = {kind: sum(entry.amount for entry in ledger.entries if entry.kind is kind) for kind in CashKind}
    outside = total[CashKind.DEPOSIT] + total[CashKind.WITHDRAWAL]
    assert ledger.cash == sum(entry.amount for entry in ledger.entries)
    assert (
        ledger.cash + sum(position.cost - position.realised for position in positions)
        == outside + total[CashKind.FEE] + total[CashKind.DIVIDEND]
    )
    assert -total[CashKind.FEE] == sum(position.fees for position in positions)
    assert total[CashKind.DIVIDEND] == sum(position.dividends for position in positions)
    assert all(position.cost == 0 for position in positions if not position.lots)


@given(st.lists(postings, max_size=40))
def test_the_account_balances_to_the_unit_after_every_posting(program):
    ledger = Ledger("USD")
    for number, posting in enumerate(program, 1):
        post(ledger, number, posting)
        assert_balanced(ledger)
    assert [entry.sequence for entry in ledger.entries] == list(range(1, len(ledger.entries) + 1))


@given(st.lists(postings, max_size=40))
def test_closed_trades_and_open_cycles_reconcile_with_the_positions(program):
    ledger = Ledger("USD")
    for number, posting in enumerate(program, 1):
        post(ledger, number, posting)
    for symbol, instrument in INSTRUMENTS.items():  # what is still open is brought to an end
        position = ledger.position(instrument)
        if position.lots:
            ledger.post(fill(f"end {symbol}", symbol, -position.lots, time=len(program) + 1))
    for symbol, instrument in INSTRUMENTS.items():
        trades = [trade for trade in ledger.trades if trade.instrument is instrument]
        position = ledger.position(instrument)
        assert sum(trade.realised for trade in trades) == position.realised
        assert sum(trade.fees for trade in trades) == position.fees
        assert all(trade.lots > 0 for trade in trades), symbol
        assert all(trade.exit_time >= trade.entry_time for trade in trades)


@given(st.lists(st.tuples(symbols, signed, st.integers(1, 999), st.integers(0, 9)), max_size=20), st.data())
def test_posting_a_fill_twice_is_posting_it_once(changes, data):
    fills = [fill(number, *change) for number, change in enumerate(changes)]
    again = data.draw(st.lists(st.sampled_from(fills), max_size=20)) if fills else []
    once, twice = Ledger("USD"), Ledger("USD")
    for each in fills:
        once.post(each)
    for each in [*fills, *again]:
        twice.post(each)
    assert (twice.cash, twice.positions, twice.entries, twice.trades) == (
        once.cash,
        once.positions,
        once.entries,
        once.trades,
    )


@given(st.integers(-500, 500), st.data(), signed, money)
def test_a_change_keeps_value_whatever_it_does(lots, data, change, value):
    cost = data.draw(money) * (1 if lots > 0 else -1) if lots else 0
    after, after_cost, realised = applied(lots, cost, change, value)
    paid = value if change > 0 else -value
    assert after == lots + change
    assert after_cost - realised == cost + paid
    assert after_cost == 0 or after != 0


@given(st.integers(1, 500), money, signed, money)
def test_long_and_short_positions_mirror_each_other(lots, cost, change, value):
    long = applied(lots, cost, change, value)
    short = applied(-lots, -cost, -change, value)
    assert short == tuple(-part for part in long)


@given(st.integers(1, 500), money, st.integers(1, 500), money)
def test_a_flip_is_a_close_and_an_opening(lots, cost, beyond, value):
    change = lots + beyond
    closing = half_even(value * lots, change)
    closed = applied(lots, cost, -lots, closing)
    opened = applied(closed[0], closed[1], -beyond, value - closing)
    flipped = applied(lots, cost, -change, value)
    assert closed[:2] == (0, 0)
    assert flipped == (opened[0], opened[1], closed[2])


@given(st.integers(2, 500), money, st.data())
def test_reducing_in_parts_ends_with_no_cost_left(lots, cost, data):
    part = data.draw(st.integers(1, lots - 1))
    held, left, first = applied(lots, cost, -part, 0)
    assert applied(held, left, -held, 0) == (0, 0, -left)
    assert first + -left == -cost


def test_a_position_is_reduced_at_its_average_cost():
    ledger = Ledger("USD")
    ledger.post(fill(1, change=3, ticks=1_000))
    ledger.post(fill(2, change=4, ticks=1_100, fee=7))
    sold = ledger.post(fill(3, change=-2, ticks=1_200, fee=5))
    position = ledger.position(INSTRUMENTS["AAA"])
    # 7 shares cost 74.00; 2 of them 21.142857..., which is 21.14; sold for 24.00.
    assert (position.lots, position.cost, position.realised, position.fees) == (5, 5_286, 286, 12)
    assert sold.realised == 286


def test_a_trade_runs_from_flat_to_flat_with_its_share_of_the_fees():
    ledger = Ledger("USD")
    ledger.post(fill(1, change=4, ticks=1_000, fee=4, time=10))
    ledger.post(fill(2, change=-6, ticks=1_100, fee=9, time=20))
    ledger.post(fill(3, change=2, ticks=900, fee=1, time=30))
    long, short = ledger.trades
    assert (long.side, long.lots, long.entry_value, long.exit_value) == (Side.BUY, 4, 4_000, 4_400)
    assert (long.realised, long.fees, long.profit) == (400, 4 + 6, 390)
    assert long.return_ratio == pytest.approx(0.0975)
    assert (short.side, short.lots, short.entry_value, short.exit_value) == (Side.SELL, 2, 2_200, 1_800)
    assert (short.realised, short.fees, short.entry_time, short.exit_time) == (400, 3 + 1, 20, 30)


def test_a_position_remembers_when_it_was_opened_and_closed():
    ledger = Ledger("USD")
    ledger.post(fill(1, change=4, time=10))
    ledger.post(fill(2, change=1, time=11))
    (held,) = ledger.held()
    assert (held.opened_at, held.closed_at) == (10, None)
    ledger.post(fill(3, change=-5, time=12))
    closed = ledger.position(INSTRUMENTS["AAA"])
    assert (closed.opened_at, closed.closed_at) == (10, 12)
    assert list(ledger.held()) == []
    ledger.post(fill(4, change=-5, time=13))
    (held,) = ledger.held()
    assert (held.opened_at, held.closed_at) == (13, None)


def test_a_short_position_pays_the_dividend_and_the_fraction_of_a_split():
    ledger = Ledger("USD")
    ledger.post(fill(1, change=-3, ticks=1_000))
    ledger.dividend(Dividend("AAA", 2, 2, Decimal("0.50"), "USD"), -3, 2)
    ledger.split(Split("AAA", 3, 3, 2), Fraction(1_200), 3)
    assert [(entry.kind, entry.amount) for entry in ledger.entries[1:]] == [
        (CashKind.DIVIDEND, -150),
        (CashKind.SPLIT_CASH, -400),
    ]
    assert ledger.position(INSTRUMENTS["AAA"]).lots == -4


def test_actions_on_what_was_never_held_change_nothing():
    ledger = Ledger("USD")
    ledger.split(Split("AAA", 1, 2, 1), Fraction(100), 1)
    ledger.dividend(Dividend("AAA", 1, 1, Decimal(1), "USD"), 5, 1)
    assert (ledger.cash, ledger.positions, ledger.entries) == (0, {}, [])


def test_cash_that_does_not_fit_64_bits_is_rejected_and_not_wrapped():
    ledger = Ledger("USD")
    ledger.deposit(INT64_MAX, 1)
    with pytest.raises(OutOfRange):
        ledger.deposit(1, 2)
    assert (ledger.cash, len(ledger.entries)) == (INT64_MAX, 1)


def test_a_fill_posted_again_is_returned_with_its_realised_profit():
    ledger = Ledger("USD")
    ledger.post(fill(1, change=1, ticks=10))
    sale = fill(2, change=-1, ticks=15)
    assert [ledger.post(sale).realised, ledger.post(sale).realised] == [5, 5]


def short_of(lots, value):
    """Return a ledger that is short, without anything else."""
    ledger = Ledger("USD")
    ledger.post(replace(fill("short", change=-1), lots=lots, value=value))
    return ledger


def long_of(lots, value, *, deposit=0):
    """Return a ledger that is long, without anything else."""
    ledger = Ledger("USD")
    ledger.deposit(deposit, 0)
    ledger.post(replace(fill("long", change=1), lots=lots, value=value))
    return ledger


LARGE = 2**62
TOO_MUCH = {
    "lots": (long_of(LARGE, 1), lambda ledger: ledger.post(replace(fill(2), lots=LARGE, value=1))),
    "cost": (
        long_of(1, LARGE, deposit=INT64_MAX),
        lambda ledger: ledger.post(replace(fill(2), value=LARGE)),
    ),
    "cash": (short_of(1, LARGE), lambda ledger: ledger.post(replace(fill(2, change=-1), value=LARGE))),
    "cash by a sale": (
        long_of(1, 1, deposit=INT64_MAX),
        lambda ledger: ledger.post(replace(fill(2, change=-1), value=5)),
    ),
    "cash by the fee": (
        long_of(1, INT64_MAX - 1),
        lambda ledger: ledger.post(replace(fill(2), value=0, fee=2)),
    ),
    "position by its fees": (
        long_of(1, 1, deposit=INT64_MAX),
        lambda ledger: ledger.post(replace(fill(2), value=0, fee=2 * INT64_MAX)),
    ),
    "lots by a split": (
        long_of(LARGE, 1),
        lambda ledger: ledger.split(Split("AAA", 2, 2, 1), Fraction(1), 2),
    ),
    "cash by a split": (
        long_of(3, 0, deposit=INT64_MAX),
        lambda ledger: ledger.split(Split("AAA", 2, 1, 2), Fraction(9), 2),
    ),
    "cash by a dividend": (
        long_of(3, 0, deposit=INT64_MAX),
        lambda ledger: ledger.dividend(Dividend("AAA", 2, 2, Decimal(1), "USD"), 3, 2),
    ),
    "cash by a withdrawal": (
        long_of(1, INT64_MAX),
        lambda ledger: ledger.withdraw(1, 2),
    ),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_does_not_fit_64_bits_is_refused_and_has_changed_nothing(what):
    ledger, act = deepcopy(TOO_MUCH[what])
    before = deepcopy(ledger)
    for _ in range(2):
        with pytest.raises(OutOfRange):
            act(ledger)
        assert ledger == before


def test_a_cycle_that_does_not_fit_64_bits_is_refused_and_has_changed_nothing():
    ledger = long_of(2, LARGE, deposit=INT64_MAX)
    ledger.post(replace(fill("out", change=-1), value=LARGE))
    before = deepcopy(ledger)
    # Position and cash hold it, but all that the trade has entered is 2**63.
    with pytest.raises(OutOfRange):
        ledger.post(replace(fill("in again"), value=LARGE))
    assert ledger == before


@pytest.mark.parametrize(("amount", "half"), [(5, 2), (7, 4)])
def test_a_flip_shares_its_value_and_its_fee_half_to_even(amount, half):
    ledger = Ledger("USD")
    ledger.post(replace(fill(1), value=2))
    ledger.post(replace(fill(2, change=-2), value=amount, fee=amount))
    ledger.post(replace(fill(3), value=1))
    long, short = ledger.trades
    assert (long.exit_value, long.realised, long.fees) == (half, half - 2, half)
    assert (short.entry_value, short.realised, short.fees) == (
        amount - half,
        amount - half - 1,
        amount - half,
    )


def test_a_dividend_is_paid_per_share_and_not_per_lot():
    ledger = Ledger("USD")
    ledger.post(replace(fill(1, change=3), instrument=Instrument("AAA", lot=Decimal("2.5"))))
    ledger.dividend(Dividend("AAA", 2, 2, Decimal("0.50"), "USD"), 3, 2)
    assert ledger.entries[-1].amount == ledger.positions["AAA"].dividends == 375  # 7.5 shares


def test_a_dividend_to_which_nothing_was_entitled_leaves_no_entry():
    ledger = Ledger("USD")
    ledger.post(fill(1))
    before = deepcopy(ledger)
    ledger.dividend(Dividend("AAA", 2, 2, Decimal(1), "USD"), 0, 2)
    assert ledger == before


def test_a_split_that_leaves_less_than_a_lot_closes_the_position_and_any_other_does_not():
    ledger = Ledger("USD")
    ledger.post(fill(1, change=3, time=10))
    ledger.split(Split("AAA", 20, 1, 2), Fraction(100), 20)
    assert (ledger.positions["AAA"].lots, ledger.positions["AAA"].closed_at) == (1, None)
    ledger.split(Split("AAA", 30, 1, 2), Fraction(200), 30)
    assert (ledger.positions["AAA"].lots, ledger.positions["AAA"].closed_at) == (0, 30)


def test_what_a_short_position_pays_for_the_fraction_of_a_split_is_exit_value_of_its_trade():
    ledger = Ledger("USD")
    ledger.post(fill(1, change=-3, ticks=1_000))
    # 3 become 1 and a half; the half of a share at 24.00 costs 12.00, the last one is bought at 24.00.
    ledger.split(Split("AAA", 2, 1, 2), Fraction(1_200), 2)
    ledger.post(fill(3, change=1, ticks=2_400))
    (trade,) = ledger.trades
    assert (trade.entry_value, trade.exit_value, trade.realised) == (3_000, 3_600, -600)

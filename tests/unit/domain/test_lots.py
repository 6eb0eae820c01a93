"""First in, first out: lots that come to the same as the average cost whenever a position is flat."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_ledger import Ledger

from app.domain.errors import InputError, OutOfRange
from app.domain.events import Dividend, Split
from app.domain.fills import CashEntry, CashKind, Fill
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.lots import ClosedLot, OpenLot, fifo

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

BUY, SELL = Side.BUY, Side.SELL
INSTRUMENTS = {symbol: Instrument(symbol) for symbol in ("AAA", "BBB")}


def fill(time, change, value, symbol="AAA"):
    side = BUY if change > 0 else SELL
    return Fill(f"E{time}", "C", time, INSTRUMENTS[symbol], side, abs(change), 1, value, 0, time)


def paid(time, amount, kind=CashKind.SPLIT_CASH):
    return CashEntry(1, kind, amount, time, "AAA")


def lots(report, symbol="AAA"):
    return [(lot.opened_at, lot.lots, lot.value) for lot in report.open[symbol]]


def closings(report):
    return [(lot.opened_at, lot.lots, lot.entry_value, lot.exit_value, lot.realised) for lot in report.closed]


def test_nothing_leads_to_nothing():
    report = fifo([])
    assert (report.open, report.closed, report.realised("AAA")) == ({}, (), 0)


def test_every_purchase_is_a_lot_of_its_own():
    report = fifo([fill(1, 3, 300), fill(2, 4, 500)])
    assert report.open == {"AAA": (OpenLot("AAA", BUY, 1, 3, 300), OpenLot("AAA", BUY, 2, 4, 500))}


def test_a_sale_closes_the_oldest_lots_first():
    report = fifo([fill(1, 3, 300), fill(2, 4, 500), fill(3, -5, 1_000)])
    assert closings(report) == [(1, 3, 300, 600, 300), (2, 2, 250, 400, 150)]
    assert lots(report) == [(2, 2, 250)]
    assert report.closed[0] == ClosedLot("AAA", BUY, 1, 3, 3, 300, 600, "E3")
    assert report.realised_by_fill() == {"E3": 450}
    assert report.realised("AAA") == 450


def test_a_part_of_a_lot_takes_its_share_of_the_value_half_to_even_and_the_last_part_the_rest():
    report = fifo([fill(1, 2, 5), fill(2, -1, 10), fill(3, -1, 10)])
    assert closings(report) == [(1, 1, 2, 10, 8), (1, 1, 3, 10, 7)]


def test_the_value_of_a_sale_is_divided_over_its_lots_and_nothing_is_lost():
    report = fifo([fill(1, 1, 0), fill(2, 1, 0), fill(3, 1, 0), fill(4, -3, 100)])
    # A third of 100 is 33; the half of the 67 left is 33.5, which is 34; 33 are left for the last.
    assert [lot.exit_value for lot in report.closed] == [33, 34, 33]


def test_short_lots_are_closed_by_purchases():
    report = fifo([fill(1, -3, 300), fill(2, -1, 80), fill(3, 2, 150)])
    assert closings(report) == [(1, 2, 200, 150, 50)]
    assert report.open["AAA"] == (OpenLot("AAA", SELL, 1, 1, 100), OpenLot("AAA", SELL, 2, 1, 80))


def test_a_flip_closes_what_there_is_and_opens_the_rest_at_the_same_price():
    report = fifo([fill(1, 2, 200), fill(2, -5, 1_000)])
    assert closings(report) == [(1, 2, 200, 400, 200)]
    assert report.open["AAA"] == (OpenLot("AAA", SELL, 2, 3, 600),)


def test_symbols_are_kept_apart():
    report = fifo([fill(1, 2, 200), fill(2, 1, 50, "BBB"), fill(3, -1, 70, "BBB")])
    assert list(report.open) == ["AAA"]
    assert (report.realised("AAA"), report.realised("BBB")) == (0, 20)


def test_a_split_multiplies_lots_and_keeps_their_value_and_time():
    report = fifo([fill(1, 2, 200), fill(2, 3, 600), fill(10, -5, 1_000)], [Split("AAA", 5, 2, 1)])
    assert closings(report) == [(1, 4, 200, 800, 600), (2, 1, 100, 200, 100)]
    assert lots(report) == [(2, 5, 500)]


def test_a_split_comes_before_the_fills_at_its_time():
    report = fifo([fill(5, 3, 300), fill(6, 2, 200)], [Split("AAA", 6, 2, 1)])
    assert lots(report) == [(5, 6, 300), (6, 2, 200)]


def test_the_fraction_that_a_split_leaves_is_sold_out_of_the_oldest_lot():
    # 3 and 4 shares become 1.5 and 2: three whole ones, and a half that brings 70.
    report = fifo([fill(1, 3, 300), fill(2, 4, 500)], [Split("AAA", 5, 1, 2)], [paid(6, 70)])
    assert report.closed == (ClosedLot("AAA", BUY, 1, 6, 0, 100, 70),)
    assert lots(report) == [(1, 1, 200), (2, 2, 500)]
    assert report.realised_by_fill() == {}
    assert report.realised("AAA") == -30


def test_parts_that_are_no_whole_lot_join_the_next_older_one():
    # 3 and 3 become 1.5 and 1.5: the half of the newer lot, with a third of its value, makes the older one 2.
    report = fifo([fill(1, 3, 300), fill(2, 3, 600)], [Split("AAA", 5, 1, 2)])
    assert lots(report) == [(1, 2, 500), (2, 1, 400)]
    assert report.closed == ()


def test_lots_that_a_split_makes_smaller_than_one_are_put_together():
    fills = [fill(1, 1, 100), fill(2, 1, 110), fill(3, 1, 120), fill(4, 1, 130)]
    report = fifo(fills, [Split("AAA", 5, 1, 3)], [paid(5, 105)])
    # The three newest make one, with the time of the oldest of them; the first is sold.
    assert lots(report) == [(2, 1, 360)]
    assert closings(report) == [(1, 0, 100, 105, 5)]


def test_a_short_position_pays_for_the_fraction_of_a_split():
    report = fifo([fill(1, -3, 300)], [Split("AAA", 5, 1, 2)], [paid(5, -60)])
    assert report.closed == (ClosedLot("AAA", SELL, 1, 5, 0, 100, 60),)
    assert report.closed[0].realised == 40


def test_a_split_of_nothing_changes_nothing():
    report = fifo([fill(1, 1, 9), fill(2, -1, 9)], [Split("AAA", 5, 1, 2), Split("BBB", 5, 1, 2)])
    assert report.open == {}


def test_a_fraction_for_which_nothing_was_paid_is_refused():
    with pytest.raises(InputError, match="AAA: no cash entry pays for the fraction"):
        fifo([fill(1, 3, 300)], [Split("AAA", 5, 1, 2)], [paid(5, 60, CashKind.FEE)])


def test_lots_that_do_not_fit_64_bits_are_refused():
    with pytest.raises(OutOfRange):
        fifo([fill(1, 2**62, 1)], [Split("AAA", 5, 2, 1)])
    with pytest.raises(OutOfRange):
        fifo([fill(1, 2**62, 1), fill(2, 2**62, 1)])


@pytest.mark.parametrize(("sign", "profit"), [(1, -250), (-1, 250)])
def test_a_delisting_closes_every_lot_for_what_it_paid(sign, profit):
    fills = [fill(1, sign * 1, 100), fill(2, sign * 3, 300)]
    report = fifo(fills, cash=[paid(3, sign * 150, CashKind.DELISTING)])
    assert report.open == {}
    assert [lot.exit_value for lot in report.closed] == [38, 112]
    assert report.realised("AAA") == profit


def test_a_delisting_of_what_is_not_held_changes_nothing():
    entry = paid(3, 0, CashKind.DELISTING)
    assert fifo([], cash=[entry]).closed == ()
    assert len(fifo([fill(1, 1, 5), fill(3, -1, 7)], cash=[entry]).closed) == 1


def test_dividends_concern_no_lot():
    dividend = Dividend("AAA", 2, 2, Decimal(1), "USD")
    assert lots(fifo([fill(1, 3, 300)], [dividend])) == [(1, 3, 300)]


symbols = st.sampled_from(sorted(INSTRUMENTS))
postings = st.one_of(
    st.tuples(st.just("fill"), symbols, st.integers(-50, 50).filter(bool), st.integers(0, 10**6)),
    st.tuples(st.just("split"), symbols, st.integers(1, 7), st.integers(1, 7), st.integers(1, 10_000)),
)


def posted(program):
    """Post a program to a ledger; return it with the fills and splits."""
    ledger, fills, splits = Ledger("USD"), [], []
    for time, posting in enumerate(program, 1):
        match posting:
            case ("fill", symbol, change, value):
                fills.append(fill(time, change, value, symbol))
                ledger.post(fills[-1])
            case ("split", symbol, new, old, last):
                splits.append(Split(symbol, time, new, old))
                ledger.split(splits[-1], Fraction(last), time)
    return ledger, fills, splits


@given(st.lists(postings, max_size=40))
def test_lots_and_average_cost_hold_the_same_and_agree_when_flat(program):
    ledger, fills, splits = posted(program)
    report = fifo(fills, splits, ledger.entries)
    for symbol, instrument in INSTRUMENTS.items():
        position = ledger.position(instrument)
        open_lots = report.open.get(symbol, ())
        sign = 1 if position.lots > 0 else -1
        assert sign * sum(lot.lots for lot in open_lots) == position.lots
        assert all(lot.lots > 0 and lot.side is (BUY if sign > 0 else SELL) for lot in open_lots)
        cost = sign * sum(lot.value for lot in open_lots)
        assert cost - report.realised(symbol) == position.cost - position.realised
        if not position.lots:
            assert report.realised(symbol) == position.realised


@given(st.lists(postings, max_size=40))
def test_lots_and_average_cost_agree_on_every_trade_from_flat_to_flat(program):
    ledger, fills, splits = posted(program)
    report = fifo(fills, splits, ledger.entries)
    for trade in ledger.trades:
        symbol = trade.instrument.symbol
        own = [
            lot
            for lot in report.closed
            if lot.symbol == symbol
            and lot.side is trade.side
            and trade.entry_time <= lot.opened_at
            and lot.closed_at <= trade.exit_time
        ]
        assert sum(lot.realised for lot in own) == trade.realised
        assert sum(lot.entry_value for lot in own) == trade.entry_value


@given(st.lists(postings, max_size=40))
def test_lots_are_closed_in_the_order_in_which_they_were_opened(program):
    ledger, fills, splits = posted(program)
    report = fifo(fills, splits, ledger.entries)
    for symbol in INSTRUMENTS:
        opened = [
            lot.opened_at for lot in (*report.closed, *report.open.get(symbol, ())) if lot.symbol == symbol
        ]
        assert opened == sorted(opened)

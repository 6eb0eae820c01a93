"""The account's value over time."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import OutOfRange
from app.domain.money import INT64_MAX
from app.engine.equity import History, equity_columns, last_marks
from app.engine.timeline import Timeline
from app.ports import Instrument, Place, Side, Timeframe

pytestmark = pytest.mark.unit


def columns(market, history, steps=None):
    timeline = Timeline(market)
    return equity_columns(market, timeline, history, len(timeline) if steps is None else steps)


def test_equity_is_cash_and_positions_at_the_raw_close(small):
    history = History()
    history.cash.append((0, 10_000))
    history.cash.append((1, 4_000))
    history.note_lots("AAA", 1, 6)
    equity = columns(small({"AAA": [10, (10, 12, 9, 11), 13]}), history)
    assert equity.cash.tolist() == [10_000, 4_000, 4_000]
    assert equity.exposure.tolist() == [0, 6_600, 7_800]
    assert equity.equity.tolist() == [10_000, 10_600, 11_800]
    assert len(equity) == 3


def test_a_symbol_without_a_bar_keeps_its_last_mark(small):
    history = History()
    history.note_lots("AAA", 0, 2)
    equity = columns(small({"AAA": [10, None, 12], "BBB": [1, 1, 1]}), history)
    assert equity.equity.tolist() == [2_000, 2_000, 2_400]


def test_a_short_position_lowers_equity_and_adds_to_the_exposure(small):
    history = History()
    history.cash.append((0, 5_000))
    history.note_lots("AAA", 0, -2)
    equity = columns(small({"AAA": [10]}), history)
    assert (equity.equity.tolist(), equity.exposure.tolist()) == ([3_000], [2_000])


def test_the_last_of_several_changes_at_a_step_counts(small):
    history = History()
    for lots in (3, 0, 5):
        history.note_lots("AAA", 0, lots)
    assert columns(small({"AAA": [1]}), history).equity.tolist() == [500]


def test_finer_bars_are_sampled_at_the_last_of_each_day(small):
    bars = small({"AAA": list(range(1, 51))}, timeframe=Timeframe.H1)
    history = History()
    history.note_lots("AAA", 0, 1)
    assert columns(bars, history).equity.tolist() == [2_400, 4_800, 5_000]


def test_weekly_bars_are_sampled_each(small):
    bars = small({"AAA": [1, 2, 3]}, timeframe=Timeframe.W1)
    assert len(columns(bars, History())) == 3


def test_a_run_that_was_stopped_is_sampled_as_far_as_it_went(small):
    market = small({"AAA": [1, 2, 3]})
    assert len(columns(market, History(), steps=2)) == 2
    assert len(columns(market, History(), steps=0)) == 0
    assert dict(last_marks(market, Timeline(market), 2)) == {"AAA": 200}
    assert dict(last_marks(market, Timeline(market), 0)) == {}


def test_only_symbols_that_had_a_bar_have_a_mark(small):
    market = small({"AAA": [1, 2], "BBB": [None, 5]})
    assert dict(last_marks(market, Timeline(market), 1)) == {"AAA": 100}


sizes = st.sampled_from(["0.01", "0.0001", "0.005", "0.25", "1"])


@given(
    sizes,
    sizes,
    st.lists(st.integers(1, 10**6), min_size=1, max_size=6),
    st.one_of(st.integers(-(10**6), 10**6), st.integers(-(10**9), 10**9)),
)
def test_values_are_those_of_the_instrument_to_the_unit(small, tick, lot, closes, lots):
    instrument = Instrument("AAA", tick=Decimal(tick), lot=Decimal(lot))
    market = small({"AAA": [instrument.price(close) for close in closes]}, instrument=lambda _: instrument)
    history = History()
    history.note_lots("AAA", 0, lots)
    assert columns(market, history).equity.tolist() == [instrument.value(close, lots) for close in closes]


def test_values_that_need_more_than_64_bits_on_the_way_are_exact(small):
    instrument = Instrument("AAA", tick=Decimal("1e-8"), lot=Decimal("1e-8"))
    market = small({"AAA": [Decimal("90000.00000001")]}, instrument=lambda _: instrument)
    history = History()
    history.note_lots("AAA", 0, 10**12)
    assert columns(market, history).equity.tolist() == [90_000_000_000]


@pytest.mark.parametrize("cash", [0, INT64_MAX - 10**15])
def test_a_value_that_does_not_fit_64_bits_is_rejected_and_not_wrapped(small, cash):
    market = small({"AAA": [Decimal("9e13")]})
    history = History()
    history.cash.append((0, cash))
    history.note_lots("AAA", 0, 1 if cash else 10**6)
    with pytest.raises(OutOfRange, match="64 bits"):
        columns(market, history)


def test_a_run_whose_equity_outgrows_64_bits_is_rejected(small, replay):
    market = small({"AAA": ["0.01", "0.01", "90000000000000"]})
    program = {0: [Place("AAA", Side.BUY, 10**9)]}
    with pytest.raises(OutOfRange):
        replay(market, program, capital="10000000")


def test_columns_hold_64_bit_integers(small):
    equity = columns(small({"AAA": [1]}), History())
    assert {column.dtype for column in (equity.times, equity.equity, equity.cash, equity.exposure)} == {
        np.dtype(np.int64)
    }

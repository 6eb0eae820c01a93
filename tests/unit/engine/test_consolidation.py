"""Longer bars out of bars and trades: by count, volume, value, range and Renko bricks."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.bars import Timeframe
from app.domain.errors import ConfigurationError, InputError, OutOfRange
from app.domain.events import Split
from app.domain.instruments import Instrument
from app.engine.columns import BarSeries
from app.engine.consolidation import (
    DollarBars,
    EveryN,
    RangeBars,
    Renko,
    SessionAnchor,
    TickBars,
    TimeBars,
    Trades,
    VolumeBars,
    consolidate,
    consolidate_trades,
)

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]

MINUTE = Timeframe.M1.nanoseconds
COLUMNS = ("timestamps", "opens", "highs", "lows", "closes", "volumes", "flags")
PLACES = ("opened_at", "last_at", "completed_at")

GROUPS = [
    TimeBars(Timeframe.M5),
    TimeBars(Timeframe.H1, SessionAnchor(zone="America/New_York")),
    EveryN(1),
    EveryN(3),
    VolumeBars(Decimal("1.5")),
    DollarBars(300),
    RangeBars(5),
]


def series(rows, *, minutes=None, tick="1", lot="0.5", flags=None):
    """Return one-minute bars of (open, high, low, close, volume) in ticks and lots."""
    columns = np.array(rows, np.int64).reshape(-1, 5).T
    minutes = range(len(rows)) if minutes is None else minutes
    return BarSeries(
        Instrument("AAA", tick=Decimal(tick), lot=Decimal(lot)),
        Timeframe.M1,
        np.array([minute * MINUTE for minute in minutes], np.int64),
        *columns,
        flags=np.array(flags or [0] * len(rows), np.uint8),
    )


def flat(prices, volumes=None):
    """Return bars of one price each."""
    volumes = volumes or [1] * len(prices)
    return series(
        [(price, price, price, price, volume) for price, volume in zip(prices, volumes, strict=True)]
    )


@st.composite
def base_bars(draw):
    minutes = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=40)))
    rows = []
    for _ in minutes:
        low, first, second, high = sorted(draw(st.tuples(*[st.integers(1, 60)] * 4)))
        opened, closed = (first, second) if draw(st.booleans()) else (second, first)
        rows.append((opened, high, low, closed, draw(st.integers(0, 9))))
    flags = draw(st.lists(st.sampled_from([0, 1, 2, 8]), min_size=len(rows), max_size=len(rows)))
    return series(rows, minutes=minutes, flags=flags)


@st.composite
def splits(draw):
    times = draw(st.lists(st.integers(0, 420), max_size=3))
    ratio = st.integers(1, 4)
    return [Split("AAA", time * MINUTE, draw(ratio), draw(ratio)) for time in times]


def prefix(bars, count):
    cut = {name: getattr(bars, name)[:count] for name in COLUMNS}
    return replace(bars, **cut)


@given(base_bars(), splits(), st.sampled_from([*GROUPS, Renko(4)]), st.data())
def test_what_a_prefix_completes_is_a_prefix_of_what_the_whole_completes(bars, events, consolidator, data):
    count = data.draw(st.integers(0, len(bars)))
    whole = consolidate(bars, consolidator, events)
    early = consolidate(prefix(bars, count), consolidator, events)
    known = whole.completed_at < count
    for name in (*COLUMNS, *PLACES):
        assert getattr(early, name).tolist() == getattr(whole, name)[known].tolist(), name


@given(base_bars(), st.sampled_from(GROUPS))
def test_a_bar_agrees_with_its_members_and_no_volume_is_lost(bars, consolidator):
    made = consolidate(bars, consolidator)
    following = 0
    for number in range(len(made)):
        first, last = made.opened_at[number], made.last_at[number]
        assert first == following
        rows = slice(first, last + 1)
        assert made.opens[number] == bars.opens[first]
        assert made.closes[number] == bars.closes[last]
        assert made.highs[number] == bars.highs[rows].max()
        assert made.lows[number] == bars.lows[rows].min()
        assert made.volumes[number] == bars.volumes[rows].sum()
        assert made.flags[number] == np.bitwise_or.reduce(bars.flags[rows])
        assert last <= made.completed_at[number] < len(bars)
        following = last + 1
    assert made.volumes.sum() == bars.volumes[:following].sum()
    assert all(getattr(made, name).dtype == np.int64 for name in (*COLUMNS[:6], *PLACES))


@given(base_bars(), st.integers(1, 20))
def test_a_bar_ends_with_the_first_member_that_makes_it_complete(bars, size):
    for consolidator, enough in (
        (EveryN(size), lambda rows: rows.stop - rows.start >= size),
        (VolumeBars(size), lambda rows: bars.volumes[rows].sum() >= 2 * size),
        (DollarBars(size), lambda rows: (bars.closes[rows] * bars.volumes[rows]).sum() >= 2 * size),
        (RangeBars(size), lambda rows: bars.highs[rows].max() - bars.lows[rows].min() >= size),
    ):
        made = consolidate(bars, consolidator)
        ends = made.last_at.tolist()
        firsts = [0, *[end + 1 for end in ends]]
        for first, behind in zip(firsts, [*firsts[1:], len(bars)], strict=True):
            complete = [row for row in range(first, behind) if enough(slice(first, row + 1))]
            assert complete == ([behind - 1] if behind - 1 in ends and first < behind else [])
        assert made.completed_at.tolist() == ends


@given(base_bars(), st.integers(1, 9))
def test_bricks_follow_each_other_edge_by_edge_and_keep_the_volume(bars, size):
    made = consolidate(bars, Renko(size))
    assert (made.highs - made.lows == size).all()
    assert (np.abs(made.closes - made.opens) == size).all()
    for before, after in pairwise(zip(made.opens.tolist(), made.closes.tolist(), strict=True)):
        rising = before[1] > before[0]
        assert after[0] == (before[1] if (after[1] > after[0]) is rising else before[0])
    seen = made.completed_at[-1] + 1 if len(made) else 0
    assert made.volumes.sum() == bars.volumes[:seen].sum()
    # No brick is missing: the close of a completing bar lies less than a brick beyond the last edge.
    last = dict(zip(made.last_at.tolist(), made.closes.tolist(), strict=True))
    assert all(abs(bars.closes[row] - close) < size for row, close in last.items())


def test_bricks_by_hand():
    made = consolidate(flat([100, 109, 110, 131, 125, 111, 110, 100], [1, 2, 3, 4, 5, 6, 7, 8]), Renko(10))
    assert made.opens.tolist() == [100, 110, 120, 120, 110]
    assert made.closes.tolist() == [110, 120, 130, 110, 100]
    assert made.completed_at.tolist() == [2, 3, 3, 6, 7]
    assert made.volumes.tolist() == [6, 4, 0, 18, 8]
    assert made.timestamps.tolist() == [0, 3 * MINUTE, 3 * MINUTE, 4 * MINUTE, 7 * MINUTE]


def test_no_brick_comes_of_highs_and_lows():
    assert len(consolidate(series([(100, 150, 50, 100, 1)] * 3), Renko(10))) == 0


def test_a_split_never_makes_bricks_nor_ranges():
    bars = flat([400, 404, 101, 102])
    split = Split("AAA", 2 * MINUTE, 4, 1)
    assert len(consolidate(bars, Renko(10))) == 29
    assert len(consolidate(bars, Renko(10), [split])) == 0
    assert len(consolidate(bars, RangeBars(10), [split])) == 0
    other = replace(split, symbol="AAA", ex_time=0)
    assert len(consolidate(bars, Renko(10), [other])) == 29


def test_a_split_moves_the_last_edge_into_new_shares():
    bars = flat([400, 410, 103, 93, 82])
    made = consolidate(bars, Renko(10), [Split("AAA", 2 * MINUTE, 4, 1)])
    # 410 / 4 = 102.5 rounds to 102; below it lies a brick of full size, so 82 is two beyond.
    assert list(zip(made.opens.tolist(), made.closes.tolist(), strict=True)) == [(400, 410), (92, 82)]
    falling = consolidate(flat([400, 390, 97, 108, 118]), Renko(10), [Split("AAA", 2 * MINUTE, 4, 1)])
    assert falling.closes.tolist() == [390, 118]


def test_the_bar_open_at_a_split_is_in_new_shares():
    bars = series([(40, 44, 36, 42, 3), (30, 42, 30, 41, 3), (20, 22, 18, 21, 6), (21, 21, 21, 21, 6)])
    made = consolidate(bars, EveryN(2), [Split("AAA", MINUTE, 2, 1)])
    # The first member's 40, 44, 36 and 3 lots are 20, 22, 18 and 6 lots after the split.
    assert (made.opens[0], made.highs[0], made.lows[0], made.volumes[0]) == (20, 42, 18, 9)
    assert (made.opens[1], made.closes[1], made.volumes[1]) == (20, 21, 12)
    assert consolidate(bars, VolumeBars(6), [Split("AAA", MINUTE, 4, 1)]).last_at.tolist() == [1, 3]


def test_a_reverse_split_completes_nothing_before_it():
    bars = flat([10, 11, 100, 101])
    made = consolidate(bars, RangeBars(5), [Split("AAA", 2 * MINUTE, 1, 10)])
    assert made.completed_at.tolist() == [2]
    assert (made.opens.tolist(), made.highs.tolist(), made.lows.tolist()) == ([100], [110], [100])


def test_volume_and_value_count_shares_and_currency_not_lots_and_ticks():
    bars = series([(100, 100, 100, 100, 10)] * 8, tick="0.05", lot="0.1")
    assert consolidate(bars, VolumeBars(2)).last_at.tolist() == [1, 3, 5, 7]
    assert consolidate(bars, VolumeBars(Decimal("2.05"))).last_at.tolist() == [2, 5]
    assert consolidate(bars, DollarBars(10)).last_at.tolist() == [1, 3, 5, 7]
    contract = replace(bars, instrument=replace(bars.instrument, multiplier=Decimal(50)))
    assert consolidate(contract, DollarBars(500)).last_at.tolist() == [1, 3, 5, 7]


def test_value_beyond_64_bits_is_summed_exactly():
    price, lots = 6_000_000, 2**40
    bars = flat([price] * 4, [lots] * 4)
    assert consolidate(bars, DollarBars(price * lots)).last_at.tolist() == [1, 3]
    assert consolidate(bars, DollarBars(price * lots + 1)).last_at.tolist() == [2]


def test_a_volume_beyond_64_bits_is_refused_rather_than_wrapped():
    with pytest.raises(OutOfRange, match="AAA: the volume of one consolidated bar does not fit"):
        consolidate(flat([1, 1], [2**62, 2**62]), EveryN(2))


def test_nothing_is_made_of_nothing():
    for consolidator in (*GROUPS, Renko(4)):
        assert len(consolidate(series([]), consolidator)) == 0
    empty = Trades(Instrument("AAA"), *np.empty((3, 0), np.int64))
    for consolidator in (TickBars(2), TimeBars(Timeframe.M1), RangeBars(1), Renko(1), VolumeBars(1)):
        assert len(consolidate_trades(empty, consolidator)) == 0


def trades(rows):
    return Trades(Instrument("AAA", tick=Decimal("0.01")), *np.array(rows, np.int64).T)


@st.composite
def ticks(draw):
    times = sorted(draw(st.lists(st.integers(0, 10), min_size=1, max_size=40)))
    return trades([(time * MINUTE, draw(st.integers(1, 40)), draw(st.integers(1, 9))) for time in times])


TRADE_BARS = [TickBars(3), VolumeBars(7), DollarBars(Decimal("1.23")), RangeBars(6), TimeBars(Timeframe.M5)]


@given(ticks(), st.sampled_from(TRADE_BARS))
def test_trades_are_bars_of_one_price(bought, consolidator):
    made = consolidate_trades(bought, consolidator)
    for number in range(len(made)):
        rows = slice(made.opened_at[number], made.last_at[number] + 1)
        prices = bought.prices[rows]
        expected = (prices[0], prices.max(), prices.min(), prices[-1], bought.lots[rows].sum())
        columns = (made.opens, made.highs, made.lows, made.closes, made.volumes)
        assert tuple(column[number] for column in columns) == expected


@given(ticks(), st.sampled_from([*TRADE_BARS, Renko(3)]), st.data())
def test_what_trades_complete_does_not_depend_on_later_trades(bought, consolidator, data):
    count = data.draw(st.integers(0, len(bought)))
    cut = (bought.timestamps[:count], bought.prices[:count], bought.lots[:count])
    early = consolidate_trades(Trades(bought.instrument, *cut), consolidator)
    whole = consolidate_trades(bought, consolidator)
    for name in (*COLUMNS, *PLACES):
        assert getattr(early, name).tolist() == getattr(whole, name)[whole.completed_at < count].tolist()


def test_every_so_many_trades_are_a_bar():
    made = consolidate_trades(trades([(0, 10, 1), (0, 12, 2), (5, 9, 3), (5, 11, 4), (6, 8, 5)]), TickBars(2))
    assert (made.opens.tolist(), made.closes.tolist()) == ([10, 9], [12, 11])
    assert (made.timestamps.tolist(), made.volumes.tolist()) == ([0, 5], [3, 7])


def test_a_bar_of_time_is_known_with_the_first_trade_behind_it():
    rows = [(0, 10, 1), (MINUTE - 1, 12, 1), (MINUTE, 11, 1), (3 * MINUTE, 9, 1)]
    made = consolidate_trades(trades(rows), TimeBars(Timeframe.M1))
    assert made.timestamps.tolist() == [0, MINUTE]
    assert (made.last_at.tolist(), made.completed_at.tolist()) == ([1, 2], [2, 3])


def test_trades_must_be_in_order_and_complete():
    with pytest.raises(InputError, match="AAA: the times of the trades descend"):
        trades([(5, 10, 1), (4, 10, 1)])
    with pytest.raises(InputError, match="AAA: the columns of the trades differ in length"):
        Trades(Instrument("AAA"), np.array([1]), np.array([1, 2]), np.array([1]))


def test_a_consolidator_that_does_not_suit_is_refused():
    bars = flat([1, 2, 3])
    with pytest.raises(InputError, match="AAA: TickBars cannot be made of bars"):
        consolidate(bars, TickBars(2))
    with pytest.raises(InputError, match="AAA: EveryN cannot be made of trades"):
        consolidate_trades(trades([(0, 1, 1)]), EveryN(2))
    silent = replace(bars, volumes=np.zeros(3, np.int64), has_volume=False)
    for consolidator in (VolumeBars(1), DollarBars(1)):
        with pytest.raises(InputError, match="need a volume, and these data have none"):
            consolidate(silent, consolidator)
    with pytest.raises(InputError, match="AAA: bars of 1m cannot be made of longer ones"):
        consolidate(replace(bars, timeframe=Timeframe.M5), TimeBars(Timeframe.M1))


@pytest.mark.parametrize(
    "make",
    [
        lambda: EveryN(0),
        lambda: EveryN(1.5),
        lambda: TickBars(True),
        lambda: RangeBars(-1),
        lambda: Renko(0),
        lambda: VolumeBars(0),
        lambda: VolumeBars(Decimal("NaN")),
        lambda: DollarBars(Decimal("Infinity")),
        lambda: DollarBars(0.5),
        lambda: DollarBars(True),
    ],
)
def test_options_are_exact_and_above_zero(make):
    with pytest.raises(ConfigurationError, match="The option '"):
        make()


def test_consolidators_are_values():
    assert EveryN(3) == EveryN(3)
    assert len({TimeBars(Timeframe.H1), TimeBars(Timeframe.H1, SessionAnchor()), RangeBars(2)}) == 2

"""What holds for every program of orders on every market: the account adds up and nothing illegal happens."""

from decimal import ROUND_HALF_EVEN, Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.orders import MOVES
from app.ports import Cancel, CashKind, OrderStatus, OrderType, Place, Side, Split, Target
from plugins_portfolio.equal_weight import EqualWeight
from plugins_portfolio.fixed_quantity import FixedQuantity

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]

SYMBOLS = ("AAA", "BBB")

symbols = st.sampled_from(SYMBOLS)
market_orders = st.builds(Place, symbol=symbols, side=st.sampled_from(Side), quantity=st.integers(0, 60))
stops = st.builds(
    Place,
    symbol=symbols,
    side=st.sampled_from(Side),
    quantity=st.integers(1, 60),
    type=st.just(OrderType.STOP),
    stop=st.one_of(st.decimals(0, 45, places=3), st.decimals(5, 15, places=3), st.none()),
)
targets = st.one_of(
    st.builds(Target, symbol=symbols, signal=st.floats(-1, 1)),
    st.builds(Target, symbol=symbols, weight=st.floats(-0.5, 1.5)),
    st.builds(Target, symbol=symbols, quantity=st.integers(0, 80)),
)
cancels = st.builds(lambda index: index, st.integers(0, 3))
steps = st.lists(st.one_of(market_orders, stops, targets, cancels), max_size=3)
programs = st.lists(steps, min_size=4, max_size=12)
portfolios = st.sampled_from([EqualWeight, FixedQuantity])


def with_cancels(wanted):
    """Return the intents of a step; a number stands for canceling that one of the working orders."""

    def decide(_, book):
        working = list(book.orders)
        return [
            intent if not isinstance(intent, int) else Cancel(working[intent])
            for intent in wanted
            if not isinstance(intent, int) or intent < len(working)
        ]

    return decide


@pytest.fixture(scope="session")
def trial(markets, small, replay):
    """Draws a market, a program, a portfolio and fees, and returns how to replay them."""

    @st.composite
    def draw_trial(draw):
        bars, actions = draw(markets)
        program = {step: with_cancels(wanted) for step, wanted in enumerate(draw(programs))}
        portfolio, bps = draw(portfolios), str(draw(st.integers(0, 300)))
        capital = draw(st.sampled_from(["50", "500", "5000", "50000"]))

        def run(run_id="a run"):
            market = small(bars, actions=actions)
            made = portfolio()
            return market, replay(market, program, capital=capital, bps=bps, portfolio=made, run_id=run_id)

        return run

    return draw_trial()


def holdings_over_time(market, result):
    """Yield (time, lots by symbol, last close by symbol), worked out from fills and splits alone."""
    splits = [action for action in market.actions if isinstance(action, Split)]
    held, last, done = dict.fromkeys(SYMBOLS, 0), {}, set()
    for time in result.equity.times.tolist():
        for symbol, series in market.series.items():
            rows = [row for row, at in enumerate(series.timestamps.tolist()) if at == time]
            if not rows:
                continue
            for number, split in enumerate(splits):
                due = split.symbol == symbol and split.ex_time <= time and number not in done
                if due:
                    done.add(number)
                    held[symbol] = held[symbol] * split.numerator // split.denominator
            last[symbol] = series.closes.item(rows[0])
        for fill in result.fills:
            if fill.time == time:
                held[fill.instrument.symbol] += fill.signed_lots
        yield time, dict(held), dict(last)


@settings(max_examples=60)
@given(st.data())
def test_equity_is_cash_and_marks_and_cash_is_the_sum_of_its_entries_at_every_point(trial, data):
    market, replayed = data.draw(trial)()
    result = replayed.result
    columns = (result.equity.times, result.equity.equity, result.equity.cash, result.equity.exposure)
    points = list(zip(*(column.tolist() for column in columns), strict=True))
    for (time, equity, cash, exposure), (_, held, last) in zip(
        points, holdings_over_time(market, result), strict=True
    ):
        marks = [
            Decimal(lots * last[symbol]).quantize(Decimal(1), ROUND_HALF_EVEN)
            for symbol, lots in held.items()
            if lots
        ]
        assert cash == sum(entry.amount for entry in result.cash if entry.time <= time)
        assert equity == cash + sum(marks)
        assert exposure == sum(marks)


@settings(max_examples=60)
@given(st.data())
def test_the_book_that_a_strategy_sees_is_the_account_as_it_is_recorded(trial, data):
    _, replayed = data.draw(trial)()
    equity = replayed.result.equity
    recorded = zip(equity.times.tolist(), equity.cash.tolist(), equity.equity.tolist(), strict=True)
    assert [seen[:3] for seen in replayed.strategy.seen] == list(recorded)


@settings(max_examples=60)
@given(st.data())
def test_the_cash_account_owes_neither_money_nor_shares(trial, data):
    market, replayed = data.draw(trial)()
    balance = 0
    for entry in replayed.result.cash:
        balance += entry.amount
        # A fill's fee is booked right after its value.
        assert balance >= 0 or entry.kind is CashKind.TRADE
    assert balance >= 0
    for _, held, _ in holdings_over_time(market, replayed.result):
        assert min(held.values()) >= 0


@settings(max_examples=60)
@given(st.data())
def test_cash_cost_and_profit_reconcile_with_outside_money_fees_and_dividends(trial, data):
    _, replayed = data.draw(trial)()
    result = replayed.result
    total = {kind: sum(entry.amount for entry in result.cash if entry.kind is kind) for kind in CashKind}
    cost = sum(position.cost - position.realised for position in result.positions)
    assert (
        result.equity.cash[-1] + cost
        == total[CashKind.DEPOSIT] + total[CashKind.FEE] + total[CashKind.DIVIDEND]
    )
    assert -total[CashKind.FEE] == result.fees == sum(position.fees for position in result.positions)
    for position in result.positions:
        symbol = position.instrument.symbol
        closed = sum(trade.realised for trade in result.trades if trade.instrument.symbol == symbol)
        assert position.lots or closed == position.realised


@settings(max_examples=60)
@given(st.data())
def test_orders_move_as_the_table_allows_and_none_is_left_open(trial, data):
    _, replayed = data.draw(trial)()
    last = {}
    for order in replayed.strategy.heard:
        before = last.get(order.client_id)
        if before is None:
            assert order.status in {OrderStatus.ACCEPTED, OrderStatus.DENIED}
        else:
            # A split rescales a waiting order without moving it.
            assert order.status in MOVES[before.status] or order.status == before.status
            assert order.updated_at >= before.updated_at
        last[order.client_id] = order
    assert last == {order.client_id: order for order in replayed.result.orders}
    assert not any(order.is_open for order in replayed.result.orders)


@settings(max_examples=60)
@given(st.data())
def test_every_fill_belongs_to_an_earlier_order_and_they_add_up(trial, data):
    _, replayed = data.draw(trial)()
    result = replayed.result
    orders_by_id = {order.client_id: order for order in result.orders}
    assert len(orders_by_id) == len(result.orders)
    assert len({fill.execution_id for fill in result.fills}) == len(result.fills)
    assert [fill.sequence for fill in result.fills] == list(range(1, len(result.fills) + 1))
    assert all(one.time <= other.time for one, other in pairwise(result.fills))
    for order in result.orders:
        fills = [fill for fill in result.fills if fill.client_id == order.client_id]
        assert sum(fill.lots for fill in fills) == order.filled_lots <= order.request.lots
        assert sum(fill.value for fill in fills) == order.filled_value
        assert all(fill.time > order.submitted_at for fill in fills)


@settings(max_examples=60)
@given(st.data())
def test_the_recorder_is_told_everything_once(trial, data):
    _, replayed = data.draw(trial)()
    batches, result = replayed.recorded.batches, replayed.result
    for name in ("fills", "cash", "trades"):
        assert [each for batch in batches for each in getattr(batch, name)] == list(getattr(result, name))
    written = {order.client_id: order for batch in batches for order in batch.orders}
    assert written == {order.client_id: order for order in result.orders}
    assert batches[-1].progress == 1


@settings(max_examples=30)
@given(st.data())
def test_the_same_input_comes_to_the_same_state_under_any_run_id(trial, data):
    run = data.draw(trial)
    (_, one), (_, again), (_, other) = run("one"), run("one"), run("other")
    assert one.result.state_hash == again.result.state_hash == other.result.state_hash
    ids = [{order.client_id for order in each.result.orders} for each in (one, again, other)]
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]

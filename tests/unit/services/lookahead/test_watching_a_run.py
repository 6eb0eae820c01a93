"""What a watch hears of a run, and what counts as a difference between two."""

import pytest

from app.ports import Cancel, OrderType, Place, PluginError, Side, Split, Strategy
from app.services._lookahead.comparing import Trace, differences
from app.services._lookahead.watching import Event, Watch, watch

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001", "SYS-006")]


class Programmed(Strategy):
    """Does what its program says at each step, and keeps what it hears."""

    def __init__(self, program):
        super().__init__()
        self.program, self.step, self.heard = program, 0, []

    def decide(self, _, book):
        wanted = self.program.get(self.step, lambda _: ())
        self.step += 1
        return wanted(book)

    def on_order_update(self, order):
        self.heard.append(order.status.value)


def watched_run(replay, market, program):
    strategy = Programmed(program)
    watched = watch(strategy, "programmed")
    replayed = replay(market, strategy, bps="10")
    for batch in replayed.recorded.batches:
        watched.write(batch)
    return watched, replayed


def stop(lots, price):
    return Place("AAA", Side.BUY, lots, OrderType.STOP, stop=price)


def test_a_watch_tells_orders_and_fills_completely(small, replay, day):
    program = {
        0: lambda _: [Place("AAA", Side.BUY, 10, tag="a label"), stop(3, 15.5)],
        1: lambda book: [Cancel(client_id) for client_id in book.orders],
        2: lambda _: [Place("AAA", Side.SELL, 99)],
    }
    watched, replayed = watched_run(replay, small({"AAA": [10, 10, 10, 10]}), program)
    assert watched.orders == [
        Event(day(0), "AAA", "order 1: buy 10 AAA market"),
        Event(day(0), "AAA", "order 2: buy 3 AAA stop stop 15.50"),
        Event(day(1), "AAA", "order 1: buy 10 AAA market, filled, 10 filled"),
        Event(day(1), "AAA", "order 2: buy 3 AAA stop stop 15.50, canceled (canceled_by_strategy)"),
        Event(day(2), "AAA", "order 3: sell 99 AAA market, denied (short_sale_not_allowed)"),
    ]
    assert watched.fills == [Event(day(1), "AAA", "order 1: buy 10 AAA at 10.00, fee 0.10")]
    assert watched.made == [day(0), day(0), day(2)]
    assert watched.time == day(3)
    assert replayed.strategy.heard == ["accepted", "accepted", "filled", "canceled", "denied"]


def test_the_end_of_the_data_and_a_split_are_no_decisions(small, replay, day):
    market = small({"AAA": [10, 10, 5, 5]}, actions=[Split("AAA", day(2), 2, 1)])
    watched, _ = watched_run(replay, market, {0: lambda _: [stop(3, 15.5)]})
    assert [event.time for event in watched.orders] == [day(0)]


def test_a_watched_strategy_stays_an_instance_of_its_class():
    strategy = Programmed({})
    watch(strategy, "programmed")
    assert isinstance(strategy, Programmed)
    assert type(strategy).__name__ == "Programmed"


def test_a_class_that_allows_no_subclass_is_refused_by_name():
    class Sealed(Programmed):
        def __init_subclass__(cls):
            raise TypeError("no heirs")

    with pytest.raises(PluginError, match="strategy/sealed cannot be watched: TypeError: no heirs"):
        watch(Sealed({}), "sealed")


A, B, C = (Event(time, "AAA", f"order {time}") for time in (1, 2, 3))


def trace(*orders, failure=None, time=0):
    return Trace(Watch(time=time, orders=list(orders)), failure)


@pytest.mark.parametrize("cut", [2, None])
def test_runs_that_did_the_same_until_the_cut_do_not_differ(cut):
    assert differences("copy", cut, trace(A, B), trace(A, B)) == []


def test_what_comes_after_the_cut_may_differ():
    assert differences("copy", 2, trace(A, B, C), trace(A, B)) == []
    failing = trace(A, B, failure=ValueError("late"), time=3)
    assert differences("copy", 2, trace(A, B, C), failing) == []


def test_the_first_difference_is_told_at_its_time():
    (found,) = differences("copy", 3, trace(A, C), trace(A, B, C))
    assert (found.time, found.symbol, found.whole, found.copied) == (2, "AAA", "nothing", "order 2")
    (found,) = differences("copy", 3, trace(A, B), trace(A))
    assert (found.time, found.whole, found.copied) == (2, "order 2", "nothing")
    (found,) = differences("copy", 3, trace(A, B), trace(A, Event(2, "BBB", "other")))
    assert (found.whole, found.copied) == ("order 2", "other")


def test_a_failure_before_the_cut_is_a_difference():
    (found,) = differences("copy", 3, trace(A, C), trace(A, failure=ValueError("early"), time=2))
    assert (found.time, found.whole, found.copied) == (2, "nothing", "failed: ValueError: early")

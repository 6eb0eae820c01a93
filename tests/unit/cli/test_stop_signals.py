"""The first signal stops in order, the second at once."""

import signal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.stopping import SIGNALS, Stopper, stopping_on_signals

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-011")]


@pytest.mark.parametrize("number", SIGNALS)
def test_before_anything_can_stop_in_order_a_signal_raises_with_its_number(number: int) -> None:
    with stopping_on_signals() as stopper, pytest.raises(KeyboardInterrupt) as stop:
        signal.raise_signal(number)
    assert stop.value.args == (number,)
    assert stopper.received == number


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_asks_and_the_second_raises(number: int) -> None:
    asked: list[str] = []
    with stopping_on_signals() as stopper:
        stopper.stoppable(lambda: asked.append("stop"))
        signal.raise_signal(number)
        assert asked == ["stop"]
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert asked == ["stop"]


def test_the_handlers_from_before_are_put_back() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with stopping_on_signals():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before


@given(st.lists(st.sampled_from(SIGNALS), max_size=5))
def test_however_many_signals_come_it_is_asked_to_stop_once(numbers: list[int]) -> None:
    stopper, asked, raised = Stopper(), [], 0
    stopper.stoppable(lambda: asked.append("stop"))
    for number in numbers:
        try:
            stopper(number, None)
        except KeyboardInterrupt:
            raised += 1
    assert len(asked) == min(1, len(numbers))
    assert raised == max(0, len(numbers) - 1)

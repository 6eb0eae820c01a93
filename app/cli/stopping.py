"""Ctrl-C and SIGTERM: the first asks the run to end at its next timestamp, the second ends it at once."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopper:
    """Passes the first signal to whoever can stop in order; before that, and for the second, raises.

    What it raises is a KeyboardInterrupt with the signal's number.
    """

    def __init__(self) -> None:
        self.received: int | None = None
        self._stop: Callable[[], None] | None = None

    def stoppable(self, stop: Callable[[], None]) -> None:
        """Take the function that asks the work to end in order."""
        self._stop = stop

    def __call__(self, number: int, _: FrameType | None) -> None:
        """Hear a signal."""
        first = self.received is None
        self.received = number
        if self._stop is None or not first:
            raise KeyboardInterrupt(number)
        self._stop()


@contextmanager
def stopping_on_signals() -> Iterator[Stopper]:
    """Give a stopper that hears the signals until the end of the block."""
    stopper = Stopper()
    before = {number: signal.signal(number, stopper) for number in SIGNALS}
    try:
        yield stopper
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

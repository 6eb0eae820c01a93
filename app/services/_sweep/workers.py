"""Sets in several processes at once; each set is one process's work from start to end.

A worker is a new interpreter that maps the market's files. It lives as long as its pipe: it ends when the
sweep closes it or when the process at the other end is gone.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from app.domain.errors import RunFailed, StorageFailed, described
from app.engine.columns import MarketData
from app.engine.sessions import Sessions
from app.services._sweep.grid import Grid, Parameters
from app.services._sweep.rows import Outcome
from app.services._sweep.sharing import SharedMarket
from app.services._sweep.single import SingleRunner
from app.services._sweep.variants import Variants
from app.settings.layers import Collected

_MOST_AT_ONCE = 64  # sets in one message: they are asked for in few, but shared out evenly at the end
_SHARES = 8
_PATIENCE = 5.0  # seconds for a worker to end before it is killed


@dataclass(frozen=True)
class Task:
    """All that a worker needs to run any set."""

    collected: Collected
    grid: Grid
    market: SharedMarket
    sessions: Sessions | None


@dataclass(frozen=True)
class _Broken:
    """A worker's last word: it cannot work at all."""

    reason: str


@dataclass(frozen=True)
class ParallelRunner:
    """Runs sets in `workers` processes, which are started for each call of `run`."""

    variants: Variants
    market: MarketData
    sessions: Sessions | None
    workers: int

    def run(self, sets: Sequence[Parameters], /) -> Generator[Outcome, None, None]:
        """Yield what each set comes to, in order.

        Raises RunFailed where a worker dies and StorageFailed where there is no room for the market's files.
        """
        with tempfile.TemporaryDirectory(prefix="lts-sweep-", ignore_cleanup_errors=True) as folder:
            try:
                market = SharedMarket.written(self.market, Path(folder))
            except OSError as error:
                raise StorageFailed(
                    f"The market data could not be written to {folder}: {described(error)}.",
                    "Free some space there, name another folder with TMPDIR, or use --workers 1.",
                ) from error
            task = Task(self.variants.collected, self.variants.grid, market, self.sessions)
            with _started(task, min(self.workers, len(sets))) as crew:
                yield from _shared_out(sets, crew)


def _shared_out(
    sets: Sequence[Parameters], crew: dict[Connection, SpawnProcess]
) -> Generator[Outcome, None, None]:
    """Hand parts of the sets to whoever is free, and yield what comes back in the order of the sets."""
    size = max(1, min(_MOST_AT_ONCE, len(sets) // (len(crew) * _SHARES)))
    parts = iter(range(0, len(sets), size))
    working: dict[Connection, int] = {}
    back: dict[int, Sequence[Outcome]] = {}
    due = 0
    for free in crew:
        _ask(free, sets, size, parts, working)
    while working:
        ready = wait(list(working))
        for connection in [each for each in working if each in ready]:
            start = working.pop(connection)
            back[start] = _answer(connection, crew[connection])
            _ask(connection, sets, size, parts, working)
        while due in back:
            yield from back.pop(due)
            due += size


def _ask(
    connection: Connection,
    sets: Sequence[Parameters],
    size: int,
    parts: Iterator[int],
    working: dict[Connection, int],
) -> None:
    start = next(parts, None)
    if start is not None:
        working[connection] = start
        with suppress(OSError):  # it has died: the answer that does not come says why
            connection.send(sets[start : start + size])


def _answer(connection: Connection, process: SpawnProcess) -> Sequence[Outcome]:
    try:
        answer = connection.recv()
    except (EOFError, OSError) as error:
        process.join(_PATIENCE)
        raise RunFailed(
            f"A worker of the sweep ended with exit code {process.exitcode}.",
            "If memory ran out, use fewer --workers; --workers 1 shows what the plugins say.",
        ) from error
    if isinstance(answer, _Broken):
        raise RunFailed(f"A worker of the sweep failed: {answer.reason}.", "Try --workers 1.")
    found: Sequence[Outcome] = answer
    return found


@contextmanager
def _started(task: Task, count: int) -> Iterator[dict[Connection, SpawnProcess]]:
    """Give the workers by their connections, and end them at the end, whatever they do."""
    context = multiprocessing.get_context("spawn")
    crew: dict[Connection, SpawnProcess] = {}
    try:
        for number in range(count):
            ours, theirs = context.Pipe()
            with theirs, _uninterrupted():
                name = f"lts-sweep-{number}"
                process = context.Process(target=_serve, args=(theirs, task), name=name, daemon=True)
                process.start()
                crew[ours] = process
        yield crew
    finally:
        for process in crew.values():
            process.terminate()
        for connection, process in crew.items():
            process.join(_PATIENCE)
            if process.is_alive():
                process.kill()
                process.join()
            connection.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let processes that start now never hear Ctrl-C, which a terminal sends to all; we hear it afterwards.

    Where signals cannot be held back, as on Windows, a worker ignores it as soon as it runs our code.
    """
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, task: Task) -> None:
    """Work until the pipe ends; results alone go through it, and what plugins print to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.stdout = sys.stderr
    with suppress(EOFError, OSError):
        try:
            variants = Variants(task.collected, task.grid)
            runner = SingleRunner(variants, task.market.opened(), task.sessions)
        except Exception as error:  # noqa: BLE001 - whatever it is, the process that waits is to know
            connection.send(_Broken(described(error)))
            return
        while True:
            connection.send([runner.outcome(parameters) for parameters in connection.recv()])


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

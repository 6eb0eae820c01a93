"""How one engine's script is asked for one workload, and how it answers: `run_NAME WORKLOAD DATA.npz`."""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from benchmarks.markets import Walk

Result = TypeVar("Result")

WARM_UP = 2_000  # bars: enough to trade, so that whatever compiles or imports lazily has done so


@dataclass(frozen=True)
class Outcome:
    """What one run of an engine came to.

    `seconds` are the engine's own run: neither imports, nor the warm-up, nor bringing the data into the
    engine's form, where the engine lets these be told apart.
    """

    seconds: float
    fills: int
    final_equity: float
    sets: int = 1


@dataclass(frozen=True)
class Answer:
    """The line that a script prints; `bars` are those of all symbols and parameter sets together."""

    peer: str
    version: str
    seconds: float
    bars: int
    fills: int
    final_equity: float
    peak_megabytes: float | None


def timed(run: Callable[[], Result]) -> tuple[float, Result]:
    """Return how many seconds a call took, and its result."""
    started = perf_counter()
    result = run()
    return perf_counter() - started, result


def answer(peer: str, version: str, workloads: Mapping[str, Callable[[Walk], Outcome]]) -> None:
    """Run the workload that the command line names, on a few bars and then on all, and print the answer."""
    name, path = sys.argv[1:]
    workload, walk = workloads[name], Walk.load(Path(path))
    workload(_head(walk))
    outcome = workload(walk)
    line = Answer(
        peer=peer,
        version=version,
        seconds=outcome.seconds,
        bars=walk.bars * outcome.sets,
        fills=outcome.fills,
        final_equity=round(outcome.final_equity, 2),
        peak_megabytes=_peak_megabytes(),
    )
    print(json.dumps(asdict(line)))


def _head(walk: Walk) -> Walk:
    columns = ("opens", "highs", "lows", "closes", "volumes")
    heads = {name: getattr(walk, name)[:, :WARM_UP] for name in columns}
    return replace(walk, timestamps=walk.timestamps[:WARM_UP], **heads)


def _peak_megabytes() -> float | None:
    """Return the process's largest resident memory, where the system tells it (on Linux).

    Not `getrusage`, whose maximum begins with that of the process that started this one.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(lines["VmHWM"].split()[0]) / 1024

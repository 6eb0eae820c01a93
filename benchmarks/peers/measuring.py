"""Run the engines in turn, so that a machine that slows down slows all of them, and take medians."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.markets import walk
from benchmarks.peers import environments
from benchmarks.peers.protocol import Answer
from benchmarks.peers.workloads import ENGINES, Workload

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Measured:
    """One engine's answers to one workload, one for each round."""

    engine: str
    answers: tuple[Answer, ...]

    @property
    def seconds(self) -> float:
        """Return the median time."""
        return statistics.median(answer.seconds for answer in self.answers)

    @property
    def rate(self) -> float:
        """Return bars a second, of all symbols and parameter sets together."""
        return self.answers[0].bars / self.seconds

    @property
    def fills(self) -> int:
        """Return the number of fills."""
        return self.answers[0].fills

    @property
    def final_equity(self) -> float:
        """Return the equity after the last bar."""
        return self.answers[0].final_equity

    @property
    def label(self) -> str:
        """Return the engine's name and version, with what tells its forms apart."""
        variant = ENGINES[self.engine].variant
        return f"{self.answers[0].peer} {self.answers[0].version}{f' ({variant})' if variant else ''}"

    @property
    def peak_megabytes(self) -> float | None:
        """Return the largest memory of any round's process, interpreter and libraries included."""
        known = [answer.peak_megabytes for answer in self.answers if answer.peak_megabytes is not None]
        return max(known, default=None)


def measured(
    workload: Workload,
    engines: Sequence[str],
    *,
    folder: Path,
    scratch: Path,
    rounds: int,
    tell: Callable[[str], None],
) -> list[Measured]:
    """Return each engine's answers over `rounds` rounds, in the order given.

    `folder` holds the environments and `scratch` takes the data. Raises SystemExit with the engine's own
    message where one fails.
    """
    data = scratch / f"{workload.bars}x{workload.symbols}.npz"
    if not data.exists():
        walk(workload.bars, workload.symbols).save(data)
    answers: dict[str, list[Answer]] = {engine: [] for engine in engines}
    for turn in range(rounds):
        for engine in engines:
            answer = _asked(engine, workload, folder, data)
            tell(f"{workload.name} {turn + 1}/{rounds} {engine}: {answer.seconds:.3f} s")
            answers[engine].append(answer)
    return [Measured(engine, tuple(given)) for engine, given in answers.items()]


def _asked(name: str, workload: Workload, folder: Path, data: Path) -> Answer:
    engine = ENGINES[name]
    own = engine.requirements
    interpreter = environments.python(folder, own) if own else Path(sys.executable)
    function = f"{workload.function}:{engine.variant}" if engine.variant else workload.function
    command = [str(interpreter), "-m", f"benchmarks.peers.{engine.script}", function, str(data)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False)
    if ran.returncode:
        raise SystemExit(f"{name} failed on {workload.name}:\n{ran.stderr[-2_000:]}")
    return Answer(**json.loads(ran.stdout.splitlines()[-1]))

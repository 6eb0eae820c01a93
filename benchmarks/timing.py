"""Whole commands, timed in turn, so that a machine that slows down slows all of them."""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

LTS = Path(sys.executable).with_name("lts.exe" if os.name == "nt" else "lts")


@dataclass(frozen=True)
class Timed:
    """The wall seconds of each run of one command."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def interleaved(commands: Mapping[str, Sequence[str]], rounds: int) -> list[Timed]:
    """Run every command once to warm up, then all of them in turn, `rounds` times."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LTS_HOME": home}
        for turn in range(rounds + 1):
            for name, command in commands.items():
                started = perf_counter()
                subprocess.run(command, check=True, capture_output=True, env=environment, cwd=home)
                if turn:
                    seconds[name].append(perf_counter() - started)
    return [Timed(name, tuple(times)) for name, times in seconds.items()]

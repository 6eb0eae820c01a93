"""The command `python -m benchmarks peers`."""

import platform
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from benchmarks.peers import environments
from benchmarks.peers.measuring import Measured, measured
from benchmarks.peers.tables import markdown, table
from benchmarks.peers.workloads import ENGINES, Workload, listed


def main(arguments: Sequence[str]) -> None:
    """Make the peers' environments (`--setup`), or measure the workloads and print a table of each."""
    options = _options(arguments)
    if options.setup:
        _set_up(options)
        return
    ready = _ready(options)
    console = Console(width=120 if not sys.stdout.isatty() else None)
    with tempfile.TemporaryDirectory() as scratch:
        for workload in listed():
            engines = [name for name in workload.engines if name in ready]
            if options.workload and workload.name not in options.workload:
                continue
            found = _measured(workload, engines, options, Path(scratch))
            if options.markdown:
                print(markdown(workload.title, found))
            else:
                console.print(table(workload.title, found))
    print(f"Python {platform.python_version()}, {platform.platform()}, median of {options.rounds}")


def _measured(
    workload: Workload, engines: Sequence[str], options: Namespace, scratch: Path
) -> list[Measured]:
    return measured(
        workload,
        engines,
        folder=options.folder,
        scratch=scratch,
        rounds=options.rounds,
        tell=lambda line: print(line, file=sys.stderr, flush=True),
    )


def _options(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="python -m benchmarks peers", description="LTS beside other engines.")
    peers = [name for name, engine in ENGINES.items() if engine.requirements]
    parser.add_argument("--setup", action="store_true", help="make the environments of the peers, and stop")
    parser.add_argument("--rounds", type=int, default=3, help="rounds, of which the median counts (3)")
    parser.add_argument(
        "--only", action="append", choices=peers, help="this peer beside LTS; may be repeated"
    )
    parser.add_argument(
        "--workload",
        action="append",
        choices=[workload.name for workload in listed()],
        help="this workload; may be repeated",
    )
    parser.add_argument("--markdown", action="store_true", help="tables for docs/benchmarks.md")
    parser.add_argument(
        "--folder",
        type=Path,
        default=environments.default_folder(),
        help="where the environments are kept (%(default)s)",
    )
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    options.only = options.only or peers
    return options


def _set_up(options: Namespace) -> None:
    for name in dict.fromkeys(ENGINES[peer].requirements for peer in options.only):
        if environments.is_ready(options.folder, name):
            print(f"{name}: ready in {options.folder / name}")
        else:
            print(f"{name}: making {options.folder / name}", flush=True)
            environments.make(options.folder, name)


def _ready(options: Namespace) -> list[str]:
    """Return the engines that can be run, and say which peers have no environment yet."""
    ready = [name for name, engine in ENGINES.items() if not engine.requirements]
    for name in options.only:
        if environments.is_ready(options.folder, ENGINES[name].requirements):
            ready.append(name)
        else:
            print(
                f"{name} is left out: python -m benchmarks peers --setup makes its environment.",
                file=sys.stderr,
            )
    return ready

"""Run every benchmark of LTS alone, or those named; the comparison with other engines is run by its own name.

python -m benchmarks [startup] [line]
python -m benchmarks peers [--setup] [--rounds 3] [--only NAME] [--workload NAME] [--markdown]
"""

import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

from benchmarks import line, startup
from benchmarks.peers import command

BENCHMARKS: dict[str, Callable[[], None]] = {"startup": startup.main, "line": line.main}


def main() -> None:
    """Print the machine and versions, then each benchmark's table."""
    names = sys.argv[1:] or list(BENCHMARKS)
    if names[0] == "peers":
        command.main(names[1:])
        return
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        known = ", ".join((*BENCHMARKS, "peers"))
        raise SystemExit(f"No benchmark {unknown[0]!r}; there are: {known}.")
    print(f"LTS {version('lts-server')}, Python {platform.python_version()}, {platform.platform()}")
    for name in names:
        print(f"\n{name}")
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()

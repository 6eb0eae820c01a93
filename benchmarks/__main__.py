"""Run every benchmark, or those named: python -m benchmarks [startup] [line]."""

import platform
import sys
from collections.abc import Callable
from importlib.metadata import version

from benchmarks import line, startup

BENCHMARKS: dict[str, Callable[[], None]] = {"startup": startup.main, "line": line.main}


def main() -> None:
    """Print the machine and versions, then each benchmark's table."""
    names = sys.argv[1:] or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise SystemExit(f"No benchmark {unknown[0]!r}; there are: {', '.join(BENCHMARKS)}.")
    print(f"LTS {version('lts-server')}, Python {platform.python_version()}, {platform.platform()}")
    for name in names:
        print(f"\n{name}")
        BENCHMARKS[name]()


if __name__ == "__main__":
    main()

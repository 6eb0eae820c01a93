"""How long a user waits for `lts --help` and for the first backtest, beside a bare Python."""

import sys

from benchmarks.timing import LTS, interleaved

TARGETS = {"lts --help": 0.3, "lts run --json": 3.0}


def main(rounds: int = 7) -> None:
    """Print median, fastest and slowest, the ratio to a bare Python, and the target where there is one."""
    measured = interleaved(
        {
            "python -c pass": (sys.executable, "-c", "pass"),
            "lts --help": (str(LTS), "--help"),
            "lts run --json": (str(LTS), "run", "--json"),
        },
        rounds,
    )
    bare = measured[0].median
    print(f"{'command':<16} {'median':>8} {'min':>8} {'max':>8} {'x python':>9} {'target':>8}")
    for timed in measured:
        target = f"{TARGETS[timed.name]:.1f} s" if timed.name in TARGETS else ""
        spread = f"{timed.median:>6.3f} s {min(timed.seconds):>6.3f} s {max(timed.seconds):>6.3f} s"
        print(f"{timed.name:<16} {spread} {timed.median / bare:>8.1f}x {target:>8}")

"""What is compared: each workload, its data, and the engines that it is given to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Workload:
    """One row of work; `function` is its name in each engine's script.

    `engines` are names from `ENGINES`; the first one of LTS is what the others are compared with. A workload
    """

    function: str
    title: str
    bars: int
    engines: tuple[str, ...]
    symbols: int = 1

    @property
    def name(self) -> str:
        """Return the name by which the command line chooses it."""
        thousands = self.bars // 1000
        return f"{self.function}_{f'{thousands // 1000}m' if thousands >= 1000 else f'{thousands}k'}"


@dataclass(frozen=True)
class Engine:
    """One engine: the name of its script, and of its requirements if it has an environment of its own.

    `variant` is put behind a workload's name where one script has several forms of it.
    """

    script: str
    requirements: str = ""
    variant: str = ""


ENGINES = {
    "lts": Engine("run_lts"),
    "lts_compiled": Engine("run_lts", variant="compiled"),
    "lts_kernel": Engine("run_lts", variant="kernel"),
    "backtesting": Engine("run_backtesting", "backtesting"),
    "backtrader": Engine("run_backtrader", "backtrader"),
    "vectorbt": Engine("run_vectorbt", "vectorbt"),
    "vectorbt_rust": Engine("run_vectorbt", "vectorbt_rust"),
    "nautilus_trader": Engine("run_nautilus_trader", "nautilus_trader"),
    "nautilus_trader_analysis": Engine("run_nautilus_trader", "nautilus_trader", "analysis"),
}

_VECTORBT = ("vectorbt", "vectorbt_rust")
_EVENT_DRIVEN = ("backtrader", "nautilus_trader", "nautilus_trader_analysis")

WORKLOADS = (
    Workload(
        "sma_cross",
        "Crossing of averages (10, 50), all in or flat, 1 M bars",
        1_000_000,
        ("lts", "lts_compiled", "lts_kernel", "backtesting", *_VECTORBT),
    ),
    Workload(
        "sma_cross",
        "Crossing of averages (10, 50), all in or flat, 100 k bars",
        100_000,
        ("lts", "lts_compiled", "backtesting", *_VECTORBT, *_EVENT_DRIVEN),
    ),
    Workload(
        "sma_cross_stop",
        "The crossing with one resting stop per position, 1 M bars",
        1_000_000,
        ("lts", "lts_compiled", "lts_kernel", "backtesting", *_VECTORBT),
    ),
    Workload(
        "sma_cross_stop",
        "The crossing with one resting stop per position, 100 k bars",
        100_000,
        ("lts", "lts_compiled", "backtesting", *_VECTORBT, *_EVENT_DRIVEN),
    ),
    Workload("sweep", "Sweep of 200 parameter sets, 100 k bars each", 100_000, ("lts_compiled", *_VECTORBT)),
    Workload(
        "rotation",
        "Rotation of 50 symbols into the top 10 every 20 bars, 20 k bars each",
        20_000,
        ("lts", *_VECTORBT, "backtrader"),
        symbols=50,
    ),
)


def listed() -> list[Workload]:
    """Return the workloads that LTS takes part in."""
    return [work for work in WORKLOADS if any(ENGINES[name].script == "run_lts" for name in work.engines)]

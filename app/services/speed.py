"""At what speed a run goes: by the class API, or whole through the kernel, interpreted or compiled."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from types import ModuleType

from app.domain.errors import ConfigurationError, LtsError
from app.engine.program import Program, SignalSizing
from app.ports import RunContext, Strategy
from app.services.kernels import available, is_warm, kernel_module


class Speed(StrEnum):
    """What a run is asked for: `auto` compiles where that surely pays."""

    AUTO = "auto"
    INTERPRETED = "interpreted"
    COMPILED = "compiled"


# Loading what is compiled already costs a second, compiling half a minute or more.
_WORTH_LOADING = 2_000_000
_WORTH_COMPILING = 100_000_000


@dataclass(frozen=True)
class Plan:
    """How a run is carried through: without `program` by the class API; `notice` says why."""

    program: Program | None = None
    sizing: SignalSizing = field(default_factory=SignalSizing)
    module: ModuleType | None = None
    notice: str = ""

    def told(self, context: RunContext) -> RunContext:
        """Return the run with the plan's notice among those of its data, where there is one."""
        if not self.notice:
            return context
        notices = (*context.market.notices, self.notice)
        return replace(context, market=replace(context.market, notices=notices))


def planned(context: RunContext, *, bars: int | None = None) -> Plan:
    """Return how to carry a run through; `bars` counts those of all runs that will share a kernel.

    Raises ConfigurationError for a speed that is none.
    """
    try:
        speed = Speed(context.speed)
    except ValueError:
        raise ConfigurationError(
            f"run.speed is '{context.speed}'.", f"Use one of {', '.join(Speed)}."
        ) from None
    if speed is Speed.INTERPRETED:
        return Plan()
    wanted, folder = speed is Speed.COMPILED, context.kernels
    if folder is None:
        return (
            Plan(notice="There is no folder for compiled kernels; the run is interpreted.")
            if wanted
            else Plan()
        )
    found = _program(context)
    if isinstance(found, str):
        return Plan(notice=f"run.speed = compiled: {found}; the run is interpreted.") if wanted else Plan()
    program, sizing = found
    try:
        if not wanted and not _pays(program, folder, bars or context.market.bars):
            return Plan()
        if not is_warm(program.decide, folder):
            context.note(
                "Compiling the kernel: about a minute, once for all; --set run.speed=interpreted avoids it."
            )
        module = kernel_module(program.decide, folder)
    except LtsError as error:
        return Plan(notice=f"{error.problem} The run is interpreted.") if wanted else Plan()
    return Plan(program, sizing, module)


def _pays(program: Program, folder: Path, bars: int) -> bool:
    if bars < _WORTH_LOADING or not available():
        return False
    return bars >= _WORTH_COMPILING or is_warm(program.decide, folder)


def _program(context: RunContext) -> tuple[Program, SignalSizing] | str:
    """Return what can be compiled of a run, or which part of it cannot."""
    strategy, name = context.strategy, context.strategy_name
    program = strategy.program()
    if program is None:
        return f"strategy {name} declares no program"
    for method, what in (
        ("on_order_update", "hears of its orders (on_order_update)"),
        ("on_timer", "has timers"),
        ("consolidators", "has consolidators"),
        ("universe", "has a universe"),
    ):
        if getattr(type(strategy), method) is not getattr(Strategy, method):
            return f"strategy {name} {what}"
    if (changed := _changed_alone(context)) is not None:
        return changed
    if context.rules:
        return "plugins offer risk rules, which are not compiled"
    sizing = context.portfolio.signal_sizing(context.instruments)
    if sizing is None:
        return f"portfolio {type(context.portfolio).__name__} does not size signals in a way that can be"
    return program, sizing


def _changed_alone(context: RunContext) -> str | None:
    """Return which plugin's class changes a method that its parent's declaration stands for, if one does."""
    if not _together(type(context.strategy), "program", ("decide",)):
        return f"strategy {context.strategy_name} changes decide() and not program()"
    if not _together(type(context.portfolio), "signal_sizing", ("size", "allocate")):
        return f"portfolio {type(context.portfolio).__name__} changes size() and not signal_sizing()"
    return None


def _together(kind: type, declared: str, methods: Sequence[str]) -> bool:
    """Return whether what a class declares is as new as the methods that it stands for."""

    def definer(name: str) -> type:
        return next(base for base in kind.__mro__ if name in vars(base))

    return all(issubclass(definer(declared), definer(method)) for method in methods)

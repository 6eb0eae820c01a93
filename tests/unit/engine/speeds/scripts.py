"""Generated programs of orders as a scripted run, and that run in every way in which it can be made."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from reference_programs import Program
from reference_values import CancelOrder, ReplaceOrder, Submit

from app.domain.orders import OrderRequest, Reason
from app.engine import simulation as simulating
from app.engine.compiled.driver import array_desk, market_columns, write_back
from app.engine.desk import Desk
from app.engine.kernel import layout as at
from app.engine.kernel import scripted, taking, upkeep
from app.engine.simulation import Simulation
from app.engine.state_hash import state_hash

Speed = ModuleType | SimpleNamespace
INTERPRETED = SimpleNamespace(scripted_run=scripted.scripted_run, act=upkeep.act, watch=taking.watch)
ROOM = 2_048


class Script:
    """A program that was run order by order through a simulation; what it asked for is kept as commands."""

    def __init__(self, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
        self.program = program
        first = self.fresh()
        self.steps = len(first.timeline)
        self.market = market_columns(first)
        self._lists = tuple(table.tolist() for table in self.market)
        with monkeypatch.context() as patched:
            self.commands = _recorded(program, first, patched)
        self.expected = self.hashed(first)

    def fresh(self) -> Simulation:
        """Return the account with its money, before its first step."""
        simulation = Simulation(self.program.market, self.program.venue, "USD", {}, finer=self.program.finer)
        simulation.deposit(self.program.capital)
        return simulation

    def hashed(self, simulation: Simulation) -> str:
        """Return the state hash of an account at the end of its run."""
        simulation.end_all(self.steps - 1, Reason.END_OF_DATA)
        instruments = [series.instrument for series in self.program.market.series.values()]
        return state_hash(simulation.desk, instruments, {})

    def interpreted(self) -> str:
        """Return the hash of the whole run under CPython."""
        simulation = self.fresh()
        self._run(INTERPRETED, simulation.desk, self._lists, self.commands.tolist(), self.steps)
        return self.hashed(simulation)

    def compiled(self, module: ModuleType) -> str:
        """Return the hash of the whole run under numba."""
        return self._over_arrays(module, self.steps, lambda desk: desk)

    def event_by_event(self, module: ModuleType) -> str:
        """Return the hash of the run under numba, one call for each timestamp."""
        return self._over_arrays(module, 1, lambda desk: desk)

    def restarted(self, module: ModuleType) -> str:
        """Return the hash of a run that is written out and read in again, as bytes, every few steps."""
        return self._over_arrays(module, max(1, self.steps // 3), _written_and_read)

    def _over_arrays(self, module: ModuleType, chunk: int, between: Callable[[Desk], Desk]) -> str:
        simulation = self.fresh()
        desk = array_desk(simulation.desk, ROOM)
        for start in range(0, self.steps, chunk):
            stop = min(self.steps, start + chunk)
            self._run(module, desk, self.market, self.commands, stop, start)
            desk = between(desk)
        write_back(desk, simulation.desk)
        return self.hashed(simulation)

    def _run(  # noqa: PLR0917 - the kernel's own arguments
        self, speed: Speed, desk: Desk, market: Any, commands: Any, stop: int, start: int = 0
    ) -> None:
        """Take steps; corporate actions act between calls, as in every run."""
        step, actions = start, desk[at.D_ACTIONS]
        for row in range(len(actions)):
            when = actions[row][at.E_STEP]
            if start <= when < stop:
                speed.scripted_run(step, when, desk, market, commands)
                speed.act(row, market[at.M_TIMES][when], desk)
                speed.watch(desk)
                step = when
        speed.scripted_run(step, stop, desk, market, commands)
        assert not desk[at.D_ACCOUNT][at.A_FAULT]


def _written_and_read(desk: Desk) -> Desk:
    return tuple(pickle.loads(pickle.dumps(table)) for table in desk)  # noqa: S301 - our own bytes


def _recorded(program: Program, simulation: Simulation, patched: pytest.MonkeyPatch) -> Any:
    """Run a program through a simulation and return what it asked of the kernel, as rows of commands."""
    rows: list[list[int]] = []
    step = 0

    def record(verb: int, arguments: tuple[int, ...]) -> None:
        row = [step, verb, *arguments]
        rows.append(row + [0] * (at.COMMAND_COLUMNS - len(row)))

    def place(*arguments: Any) -> int:
        record(at.K_PLACE, (*arguments[:13], arguments[16]))
        return taking.place(*arguments)

    def change(*arguments: Any) -> None:
        record(at.K_REPLACE, arguments[:8])
        taking.change(*arguments)

    patched.setattr(simulating, "place", place)
    patched.setattr(simulating, "change", change)
    for step in range(len(simulation.timeline)):
        simulation.advance(step)
        index, batch = 0, list[OrderRequest]()
        for command in (*program.commands.get(step, ()), None):
            if isinstance(command, Submit):
                batch.append(command.request)
                continue
            index, batch = index + simulation.accept(batch, step, index), []
            if command is None or command.number - 1 not in simulation.desk[at.D_WORKING]:
                continue
            if isinstance(command, CancelOrder):
                record(at.K_CANCEL, (command.number - 1, 0))
                simulation.cancel(command.number - 1, step, Reason.NONE)
            else:
                simulation.replace(command.number - 1, step, _changed(simulation, command))
    return np.array(rows or [[-1] * at.COMMAND_COLUMNS], np.int64)


def _changed(simulation: Simulation, command: ReplaceOrder) -> OrderRequest:
    order = simulation.orders[command.number - 1].request
    return replace(
        order,
        lots=order.lots if command.lots is None else command.lots,
        stop_ticks=command.stop_ticks,
        limit_ticks=command.limit_ticks,
        trail_ticks=command.trail_ticks,
    )

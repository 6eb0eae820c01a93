"""A program replayed by the engine's kernel, and what first differs from the reference venue."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import zip_longest
from typing import Any

from reference_programs import Program, described
from reference_values import CancelOrder, Fill, Outcome, ReplaceOrder, Submit
from reference_venue import ReferenceVenue

from app.domain.orders import OrderRequest, Reason
from app.engine.kernel import layout as at
from app.engine.simulation import Simulation


class KernelReplay:
    """One program on the engine's simulation, step by step."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.simulation = Simulation(program.market, program.venue, "USD", {}, finer=program.finer)
        self.simulation.deposit(program.capital)

    def run(self) -> Outcome:
        """Replay everything, as `ReferenceVenue.run` does."""
        steps = len(self.simulation.timeline)
        for step in range(steps):
            self.advance(step)
        self.simulation.end_all(steps - 1, Reason.END_OF_DATA)
        return self.outcome()

    def advance(self, step: int) -> None:
        """Take one timestamp and its commands; requests that follow each other are made together."""
        self.simulation.advance(step)
        batch: list[OrderRequest] = []
        index = 0
        for command in self.program.commands.get(step, ()):
            match command:
                case Submit(request):
                    batch.append(request)
                    continue
                case CancelOrder() | ReplaceOrder():
                    index += self.simulation.accept(batch, step, index)
                    batch = []
                    self._change(command, step)
        self.simulation.accept(batch, step, index)

    def outcome(self) -> Outcome:
        """Return what it has come to so far."""
        simulation = self.simulation
        held = {position.instrument.symbol: position for position in simulation.positions}
        return Outcome(
            orders=[
                (order.status.value, order.reason.value, order.filled_lots) for order in simulation.orders
            ],
            fills=[
                Fill(
                    row[at.F_STEP],
                    row[at.F_ORDER] + 1,
                    row[at.F_LOTS],
                    row[at.F_TICKS],
                    row[at.F_VALUE],
                    row[at.F_FEE],
                    bool(row[at.F_FLAGS] & at.AMBIGUOUS),
                )
                for row in simulation.desk[at.D_FILLS]
            ],
            cash=simulation.book.cash,
            positions={
                symbol: (held[symbol].lots, held[symbol].cost, held[symbol].realised)
                if symbol in held
                else (0, 0, 0)
                for symbol in simulation.symbols
            },
        )

    def _change(self, command: CancelOrder | ReplaceOrder, step: int) -> None:
        """Cancel or replace an order, if it works."""
        row = command.number - 1
        if row not in self.simulation.desk[at.D_WORKING]:
            return
        if isinstance(command, CancelOrder):
            self.simulation.cancel(row, step, Reason.CANCELED_BY_STRATEGY)
            return
        request = self.simulation.orders[row].request
        wanted = {
            name: getattr(command, name)
            for name in ("lots", "limit_ticks", "stop_ticks", "trail_ticks")
            if getattr(command, name) is not None
        }
        if "trail_ticks" in wanted:
            wanted["trail_ppm"] = None
        self.simulation.replace(row, step, replace(request, **wanted))


def difference(program: Program) -> str:
    """Return what first differs from the reference venue, with the program; '' where nothing does."""
    expected = ReferenceVenue(program.market, program.venue, program.capital, program.finer).run(
        program.commands
    )
    found = KernelReplay(program).run()
    for what, one, other in (
        ("fill", expected.fills, found.fills),
        ("order", expected.orders, found.orders),
        ("cash", [expected.cash], [found.cash]),
        ("position", sorted(expected.positions.items()), sorted(found.positions.items())),
    ):
        where = _first(one, other)
        if where:
            return f"{what} {where}\n{described(program)}"
    return ""


def _first(expected: Iterable[Any], found: Iterable[Any]) -> str:
    for number, (one, other) in enumerate(zip_longest(expected, found), start=1):
        if one != other:
            return f"{number}: the reference has {one}, the kernel {other}"
    return ""

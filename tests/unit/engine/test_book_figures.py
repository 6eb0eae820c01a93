"""What the book works out once and keeps is what the account's tables say at any time that it is asked."""

import pytest
from reference_programs import program_from_seed
from reference_values import CancelOrder, Submit

from app.domain.orders import Reason
from app.engine.kernel import layout as at
from app.engine.kernel.orders import left
from app.engine.simulation import Simulation

pytestmark = pytest.mark.unit

AT_MARKET = (at.MARKET, at.MARKET_ON_OPEN, at.MARKET_ON_CLOSE)


def figures_by_hand(simulation):
    """Return equity, exposure and each symbol's expected lots from nothing but the tables."""
    book, desk = simulation.book, simulation.desk
    equity, exposure, expected = desk[at.D_ACCOUNT][at.A_CASH], 0, {}
    for number, (symbol, series) in enumerate(simulation.market.series.items()):
        lots = desk[at.D_POSITIONS][number][at.P_LOTS]
        if lots:
            value = series.instrument.value(book.last_ticks(symbol), lots)
            equity, exposure = equity + value, exposure + abs(value)
        orders = [desk[at.D_ORDERS][row] for row in desk[at.D_WORKING]]
        own = [order for order in orders if order[at.O_SYMBOL] == number and order[at.O_KIND] in AT_MARKET]
        expected[symbol] = lots + sum(order[at.O_SIDE] * left(order) for order in own)
    return equity, exposure, expected


def asked(book, symbols):
    """Return the same figures from the book, asked twice."""
    first = (book.equity, book.exposure, {symbol: book.expected_lots(symbol) for symbol in symbols})
    assert first == (book.equity, book.exposure, {symbol: book.expected_lots(symbol) for symbol in symbols})
    return first


@pytest.mark.parametrize("seed", range(40))
def test_the_book_agrees_with_the_tables_after_every_bar_and_every_command(seed):
    program = program_from_seed(seed)
    simulation = Simulation(program.market, program.venue, "USD", {})
    simulation.deposit(program.capital)
    symbols = list(program.market.series)
    for step in range(len(simulation.timeline)):
        simulation.advance(step)
        assert asked(simulation.book, symbols) == figures_by_hand(simulation)
        index = 0
        for command in program.commands.get(step, ()):
            if isinstance(command, Submit):
                index += simulation.accept([command.request], step, index)
            elif isinstance(command, CancelOrder) and command.number - 1 in simulation.desk[at.D_WORKING]:
                simulation.cancel(command.number - 1, step, Reason.CANCELED_BY_STRATEGY)
            assert asked(simulation.book, symbols) == figures_by_hand(simulation)
    simulation.end_all(len(simulation.timeline) - 1, Reason.END_OF_DATA)
    assert asked(simulation.book, symbols) == figures_by_hand(simulation)

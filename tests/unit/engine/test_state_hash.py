"""One hash for all that a run came to."""

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.domain.orders import OrderRequest, Reason
from app.engine.equity import equity_columns
from app.engine.kernel import layout as at
from app.engine.simulation import Simulation
from app.engine.state_hash import state_hash
from app.ports import BpsOfNotional, Side, VenueModel

pytestmark = pytest.mark.unit

TABLES = {
    "orders": (at.D_ORDERS, at.ORDER_COLUMNS),
    "fills": (at.D_FILLS, at.FILL_COLUMNS),
    "cash": (at.D_CASH, at.CASH_COLUMNS),
    "trades": (at.D_TRADES, at.TRADE_COLUMNS),
    "holdings": (at.D_HOLDINGS, at.HOLDING_COLUMNS),
    "positions": (at.D_POSITIONS, at.POSITION_COLUMNS),
}
# What is remembered within one bar only, or worked out again from the bars, or the place of a text.
SCRATCH = {
    "orders": {
        at.O_NOTIONAL,
        at.O_VIEW,
        at.O_FROM,
        at.O_VIEW_STEP,
        at.O_DONE_STEP,
        at.O_CHOSEN_STEP,
        at.O_TAG,
    },
    "positions": {at.P_MARK},
}


def simulated(market, **options):
    simulation = Simulation(market, VenueModel(BpsOfNotional(Decimal(10))), "USD", {}, **options)
    simulation.deposit(10_000_000)
    program = {0: (Side.BUY, 10), 1: (Side.SELL, 6), 2: (Side.SELL, 4)}
    for step in range(4):
        simulation.advance(step)
        if step in program:
            simulation.accept([OrderRequest("AAA", *program[step], tag=f"order {step}")], step)
    simulation.refuse(OrderRequest("AAA", Side.SELL, 9), 3, 0, Reason.SHORT_SALE_NOT_ALLOWED)
    return simulation


def parts_of(simulation):
    instruments = [series.instrument for series in simulation.market.series.values()]
    equity = equity_columns(simulation.market, simulation.timeline, simulation.history(), 4)
    return {
        "desk": simulation.desk,
        "instruments": instruments,
        "tags": simulation.tags,
        "equity": equity,
    }


@pytest.fixture(scope="module")
def market(small):
    return small({"AAA": [10, 11, 12, 13]})


@pytest.fixture(scope="module")
def parts(market):
    simulation = simulated(market)
    assert (len(simulation.orders), len(simulation.fills), len(simulation.trades)) == (4, 3, 1)
    return parts_of(simulation)


def with_change(parts, table, row, column):
    """Return the parts with one number of one table raised by one."""
    desk = deepcopy(parts["desk"])
    desk[table][row][column] += 1
    return {**parts, "desk": desk}


def test_it_is_the_same_for_the_same_state(parts, market):
    assert state_hash(**parts) == state_hash(**parts_of(simulated(market)))
    assert len(state_hash(**parts)) == 64


def test_ids_do_not_count(parts, market):
    other = simulated(market, named=lambda symbol, step, index: f"X-{symbol}-{step}-{index}")
    assert other.orders[0].client_id == "X-AAA-0-0"
    assert state_hash(**parts_of(other)) == state_hash(**parts)


@pytest.mark.parametrize("name", TABLES)
def test_whichever_column_changes_is_another_state(parts, name):
    table, columns = TABLES[name]
    for column in set(range(columns)) - SCRATCH.get(name, set()):
        for row in {0, len(parts["desk"][table]) - 1}:
            changed = with_change(parts, table, row, column)
            assert state_hash(**changed) != state_hash(**parts), (name, row, column)


@pytest.mark.parametrize("name", SCRATCH)
def test_what_is_remembered_within_one_bar_does_not_count(parts, name):
    for column in SCRATCH[name]:
        changed = with_change(parts, TABLES[name][0], 0, column)
        assert state_hash(**changed) == state_hash(**parts), (name, column)


def test_no_two_changes_look_alike(parts):
    hashes = {state_hash(**parts)}
    count = 1
    for name, (table, columns) in TABLES.items():
        for column in set(range(columns)) - SCRATCH.get(name, set()):
            hashes.add(state_hash(**with_change(parts, table, 0, column)))
            count += 1
    assert len(hashes) == count


def test_a_fill_of_another_order_is_another_state(parts):
    desk = deepcopy(parts["desk"])
    first, second = desk[at.D_FILLS][0], desk[at.D_FILLS][1]
    first[at.F_ORDER], second[at.F_ORDER] = second[at.F_ORDER], first[at.F_ORDER]
    assert state_hash(**{**parts, "desk": desk}) != state_hash(**parts)


def test_another_tag_or_the_tag_of_another_order_is_another_state(parts):
    tags = parts["tags"]
    assert tags == {0: "order 0", 1: "order 1", 2: "order 2"}
    for other in ({**tags, 1: "another"}, {0: "order 0", 1: "order 1", 3: "order 2"}, {0: "order 0"}):
        assert state_hash(**{**parts, "tags": other}) != state_hash(**parts)


def test_another_instrument_is_another_state(parts):
    (instrument,) = parts["instruments"]
    for change in ({"symbol": "AAB"}, {"currency": "EUR"}, {"tick": Decimal("0.1")}, {"lot": Decimal(2)}):
        changed = [replace(instrument, **change)]
        assert state_hash(**{**parts, "instruments": changed}) != state_hash(**parts), change


def test_a_size_written_with_more_zeros_is_the_same_state(parts):
    (instrument,) = parts["instruments"]
    longer = [replace(instrument, tick=Decimal("0.0100"))]
    assert state_hash(**{**parts, "instruments": longer}) == state_hash(**parts)


@pytest.mark.parametrize("column", ["times", "equity", "cash", "exposure"])
def test_another_equity_point_is_another_state(parts, column):
    other = getattr(parts["equity"], column) + np.array([0, 0, 0, 1])
    changed = {**parts, "equity": replace(parts["equity"], **{column: other})}
    assert state_hash(**changed) != state_hash(**parts)
    assert state_hash(**{**parts, "equity": None}) != state_hash(**parts)


@pytest.mark.parametrize("name", [name for name in TABLES if name != "positions"])
def test_a_dropped_row_is_another_state(parts, name):
    desk = deepcopy(parts["desk"])
    desk[TABLES[name][0]].pop()
    assert state_hash(**{**parts, "desk": desk}) != state_hash(**parts)

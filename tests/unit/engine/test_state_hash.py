"""One hash for all that a run came to."""

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum

import numpy as np
import pytest

from app.engine.state_hash import state_hash
from app.ports import Place, Side, Target

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def parts(small, replay):
    program = {
        0: [Place("AAA", Side.BUY, 10)],
        1: [Target("AAA", quantity=4)],
        2: [Place("AAA", Side.SELL, 9)],
    }
    program[2].append(Target("AAA", quantity=0))
    result = replay(small({"AAA": [10, 11, 12, 13]}), program, bps="10").result
    assert (len(result.fills), len(result.trades)) == (3, 1)
    return {
        "orders": {order.client_id: order for order in result.orders},
        "fills": list(result.fills),
        "cash": list(result.cash),
        "trades": list(result.trades),
        "positions": list(result.positions),
        "equity": result.equity,
    }


def test_it_is_the_same_for_the_same_state(parts):
    assert state_hash(**parts) == state_hash(**parts)
    assert len(state_hash(**parts)) == 64


def test_ids_do_not_count(parts):
    renamed = {f"X{key}": replace(order, client_id=f"X{key}") for key, order in parts["orders"].items()}
    fills = [replace(fill, execution_id="E", client_id=f"X{fill.client_id}") for fill in parts["fills"]]
    cash = [replace(entry, reference="other") for entry in parts["cash"]]
    assert state_hash(**{**parts, "orders": renamed, "fills": fills, "cash": cash}) == state_hash(**parts)


def other(value):
    """Return another value of the same kind."""
    if isinstance(value, Enum):
        return next((member for member in type(value) if member is not value), f"{value}X")
    if isinstance(value, str):
        return f"{value}X"
    return 7 if value is None else value + 1


def variants(item, path=""):
    """Yield (path, item with that one field changed) for every field that is no id, those of parts too."""
    for field in fields(item):
        name, value = field.name, getattr(item, field.name)
        if is_dataclass(value):
            for inner, changed in variants(value, f"{path}{name}."):
                yield inner, replace(item, **{name: changed})
        elif name not in {"client_id", "execution_id", "reference"}:
            yield f"{path}{name}", replace(item, **{name: other(value)})


@pytest.mark.parametrize("name", ["fills", "cash", "trades", "positions"])
def test_whatever_changes_is_another_state(parts, name):
    first, *rest = parts[name]
    for path, changed in variants(first):
        assert state_hash(**{**parts, name: [changed, *rest]}) != state_hash(**parts), path


def test_another_order_is_another_state(parts):
    first, *_ = parts["orders"]
    paths = set()
    for path, changed in variants(parts["orders"][first]):
        paths.add(path)
        orders = {**parts["orders"], first: changed}
        assert state_hash(**{**parts, "orders": orders}) != state_hash(**parts), path
    assert {"pending", "certainty", "request.stop_ticks", "instrument.tick", "filled_notional"} <= paths


def test_a_fill_of_another_order_is_another_state(parts):
    first, second, *rest = parts["fills"]
    swapped = [replace(first, client_id=second.client_id), second, *rest]
    assert state_hash(**{**parts, "fills": swapped}) != state_hash(**parts)


def test_a_size_written_with_more_zeros_is_the_same_state(parts):
    first, *rest = parts["positions"]
    longer = replace(first, instrument=replace(first.instrument, tick=Decimal("0.0100")))
    assert state_hash(**{**parts, "positions": [longer, *rest]}) == state_hash(**parts)


@pytest.mark.parametrize("column", ["times", "equity", "cash", "exposure"])
def test_another_equity_point_is_another_state(parts, column):
    other = getattr(parts["equity"], column) + np.array([0, 0, 0, 1])
    assert state_hash(**{**parts, "equity": replace(parts["equity"], **{column: other})}) != state_hash(
        **parts
    )


def test_a_dropped_item_is_another_state(parts):
    for name in ("fills", "cash", "trades", "positions"):
        assert state_hash(**{**parts, name: parts[name][1:]}) != state_hash(**parts)

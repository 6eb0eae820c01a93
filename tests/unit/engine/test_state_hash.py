"""One hash for all that a run came to."""

from dataclasses import replace

import numpy as np
import pytest

from app.domain.orders import OrderStatus
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


def changed_first(items, **fields):
    return [replace(items[0], **fields), *items[1:]]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        *[("fills", {field: 7}) for field in ("lots", "ticks", "value", "fee", "realised", "time")],
        *[("cash", {field: 7}) for field in ("amount", "time", "sequence")],
        ("cash", {"symbol": "BBB"}),
        *[("trades", {field: 7}) for field in ("lots", "entry_value", "exit_value", "realised", "fees")],
        *[("positions", {field: 7}) for field in ("lots", "cost", "realised")],
    ],
)
def test_whatever_changes_is_another_state(parts, name, fields):
    assert state_hash(**{**parts, name: changed_first(parts[name], **fields)}) != state_hash(**parts)


@pytest.mark.parametrize("fields", [{"status": OrderStatus.EXPIRED}, {"filled_lots": 3}, {"updated_at": 5}])
def test_another_order_is_another_state(parts, fields):
    first, *_ = parts["orders"]
    orders = {**parts["orders"], first: replace(parts["orders"][first], **fields)}
    assert state_hash(**{**parts, "orders": orders}) != state_hash(**parts)


@pytest.mark.parametrize("column", ["times", "equity", "cash", "exposure"])
def test_another_equity_point_is_another_state(parts, column):
    other = getattr(parts["equity"], column) + np.array([0, 0, 0, 1])
    assert state_hash(**{**parts, "equity": replace(parts["equity"], **{column: other})}) != state_hash(
        **parts
    )


def test_a_dropped_item_is_another_state(parts):
    for name in ("fills", "cash", "trades", "positions"):
        assert state_hash(**{**parts, name: parts[name][1:]}) != state_hash(**parts)

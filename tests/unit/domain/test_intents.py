"""What has no meaning cannot be asked for."""

from decimal import Decimal

import pytest

from app.domain.intents import IntentError, OrderType, Place, Side, Target

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "given", [{"signal": 1}, {"signal": -0.5}, {"weight": 0.3}, {"quantity": Decimal(-7)}, {"signal": 0}]
)
def test_a_target_is_one_of_signal_weight_or_quantity(given):
    assert Target("AAA", **given).symbol == "AAA"


@pytest.mark.parametrize(
    "given", [{}, {"signal": 1, "weight": 1}, {"signal": 0, "quantity": 0}, {"weight": 0.1, "quantity": 3}]
)
def test_a_target_of_none_or_several_is_refused(given):
    with pytest.raises(IntentError, match="exactly one of signal, weight, quantity"):
        Target("AAA", **given)


@pytest.mark.parametrize("name", ["signal", "weight", "quantity"])
@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("-Infinity"), Decimal("NaN")])
def test_a_target_that_is_no_finite_number_is_refused(name, value):
    with pytest.raises(IntentError, match="must be a finite number"):
        Target("AAA", **{name: value})


@pytest.mark.parametrize("signal", [1.0000001, -2, Decimal("1.1")])
def test_a_signal_beyond_one_is_refused(signal):
    with pytest.raises(IntentError, match="must be from -1 to 1"):
        Target("AAA", signal=signal)


@pytest.mark.parametrize("name", ["quantity", "stop"])
@pytest.mark.parametrize("value", [float("nan"), Decimal("Infinity")])
def test_an_order_with_a_number_that_is_not_finite_is_refused(name, value):
    with pytest.raises(IntentError, match=f"The {name} of an order for AAA"):
        Place("AAA", Side.BUY, **{"quantity": 1, "type": OrderType.STOP, "stop": 1, name: value})

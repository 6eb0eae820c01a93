"""What a venue charges."""

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.engine.fees import BpsOfNotional

pytestmark = pytest.mark.unit


@given(st.decimals(0, 9_999, places=4), st.integers(0, 10**14))
def test_a_commission_in_basis_points_is_rounded_half_to_even_once(bps, value):
    expected = (bps * value / 10_000).quantize(Decimal(1), ROUND_HALF_EVEN)
    assert BpsOfNotional(bps).charge(value) == expected


@given(st.decimals(0, Decimal("9999.99"), places=2), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_larger_notional_never_costs_less(bps, one, other):
    charge = BpsOfNotional(bps).charge
    assert charge(min(one, other)) <= charge(max(one, other))

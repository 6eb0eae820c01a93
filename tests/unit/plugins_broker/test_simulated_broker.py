"""The venue inside the process."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from app.ports import BpsOfNotional
from plugins_broker.simulated import Simulated, SimulatedOptions

pytestmark = pytest.mark.unit


def test_its_venue_charges_the_commission_of_its_options():
    assert Simulated().simulation().commission == BpsOfNotional(Decimal(10))
    assert Simulated(SimulatedOptions(commission_bps="2.5")).simulation().commission.charge(10_000) == 2


@pytest.mark.parametrize("bps", ["-1", "10000", "NaN", "Infinity", "ten"])
def test_a_commission_that_no_sale_could_pay_is_refused(bps):
    with pytest.raises(ValidationError):
        SimulatedOptions(commission_bps=bps)

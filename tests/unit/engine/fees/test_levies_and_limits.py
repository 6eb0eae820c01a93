"""How the charges of a schedule work together."""

from datetime import date
from decimal import Decimal

import pytest

from app.engine.fees import Basis, Charge, FeeSchedule, Tier
from app.engine.schedules import schedule

pytestmark = pytest.mark.unit

FEE = Charge("fee", Decimal(20), Basis.ORDER)
OTHER = Charge("other", Decimal(100), Basis.ORDER)
TAX = Charge("tax", Decimal("0.1"), Basis.CHARGES, on=("other",))


def test_a_levy_of_nothing_leaves_what_it_is_on_to_no_other(owes):
    waived = Charge("waived", Decimal(0), Basis.CHARGES, on=("fee",))
    assert owes(FeeSchedule("mine", (FEE, waived, OTHER, TAX), ""), "buy", 1, "1") == 130


def test_a_levy_that_has_ended_leaves_what_it_was_on_to_no_other(owes):
    ended = Charge("ended", Decimal("0.5"), Basis.CHARGES, on=("fee",), until=date(2024, 6, 3))
    mine = FeeSchedule("mine", (FEE, ended, OTHER, TAX), "")
    assert owes(mine, "buy", 1, "1", "2024-06-02") == 140
    assert owes(mine, "buy", 1, "1", "2024-06-03") == 130


def test_two_levies_may_be_on_the_same_charge(owes):
    all_taxed = Charge("all", Decimal("0.1"), Basis.CHARGES, on=("fee", "other"))
    assert owes(FeeSchedule("mine", (all_taxed, TAX, FEE, OTHER), ""), "buy", 1, "1") == 142


def test_the_tiers_of_a_charge_are_rounded_together(owes):
    half_cents = Charge("fee", Decimal("0.005"), Basis.QUANTITY, tiers=(Tier(Decimal(1), Decimal("0.005")),))
    assert owes(FeeSchedule("mine", (half_cents,), ""), "buy", 2, "1") == Decimal("0.01")


@pytest.mark.parametrize(("price", "fee"), [("0.50", "0.00"), ("1.50", "0.02"), ("2.50", "0.02")])
def test_a_maximum_by_share_is_rounded_half_to_even(owes, price, fee):
    assert owes(schedule("per_share", rate=1, maximum_share="0.01"), "buy", 1, price) == Decimal(fee)

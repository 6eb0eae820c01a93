"""A schedule that contradicts itself or cannot be exact is refused before anything is charged."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.errors import ConfigurationError, InputError, OutOfRange
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.engine.fees import Basis, Charge, FeeSchedule, Liquidity, Tier, dated
from app.engine.schedules import SCHEDULES, schedule

pytestmark = pytest.mark.unit

ONE = Decimal(1)
HALF = Decimal("0.5")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"rate": Decimal(-1)}, "its rate is -1; it must not be negative"),
        ({"rate": Decimal(2)}, "a rate of 2 is more than the whole"),
        ({"rate": HALF, "minimum": Decimal(-1)}, "its minimum is -1"),
        ({"rate": HALF, "maximum": Decimal(-1)}, "its maximum is -1"),
        ({"rate": HALF, "minimum": Decimal(2), "maximum": ONE}, "its minimum 2 is above its maximum 1"),
        ({"rate": HALF, "maximum_share": Decimal(2)}, "a maximum of 2 is more than the whole value"),
        ({"rate": HALF, "since": date(2024, 1, 2), "until": date(2024, 1, 2)}, "it ends on 2024-01-02"),
        ({"rate": HALF, "basis": Basis.CHARGES}, "names them in 'on'"),
        ({"rate": HALF, "on": ("brokerage",)}, "names them in 'on'"),
        ({"rate": HALF, "tiers": (Tier(ONE, ONE),)}, "only a charge per unit of quantity has tiers"),
        ({"rate": HALF, "basis": Basis.QUANTITY, "tiers": (Tier(Decimal(0), ONE),)}, "its tiers must start"),
        ({"rate": HALF, "basis": Basis.QUANTITY, "tiers": (Tier(ONE, -ONE),)}, "its rate of tier 1 is -1"),
    ],
)
def test_a_charge_that_contradicts_itself_is_refused(fields, problem):
    with pytest.raises(InputError, match=problem):
        Charge("fee", **fields)


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "1e-5000"])
def test_a_rate_that_is_no_ordinary_number_is_refused(rate):
    with pytest.raises(OutOfRange):
        Charge("fee", Decimal(rate))


def test_two_charges_of_one_name_must_not_hold_for_the_same_fill():
    one = Charge("fee", HALF, side=Side.SELL, until=date(2024, 1, 1))
    with pytest.raises(InputError, match="two charges 'fee' hold at the same time"):
        FeeSchedule("mine", (one, Charge("fee", ONE, since=date(2023, 12, 31))), "")
    later = Charge("fee", ONE, since=date(2024, 1, 1))
    bought = Charge("fee", ONE, side=Side.BUY, until=date(2024, 1, 1), liquidity=Liquidity.TAKER)
    assert FeeSchedule("mine", (one, later, bought), "").holds_from is None


def test_a_share_of_charges_that_are_not_there_is_refused():
    levy = Charge("tax", HALF, Basis.CHARGES, on=("brokerage", "tax"))
    with pytest.raises(InputError, match="'tax' is a share of brokerage, tax, which is not in the schedule"):
        FeeSchedule("mine", (levy,), "")


def test_a_schedule_refuses_an_instrument_of_another_currency():
    with pytest.raises(InputError, match="'india_delivery' is in INR, but AAPL trades in USD"):
        schedule("india_delivery").table(Instrument("AAPL"))


def test_a_tier_must_start_on_a_whole_lot():
    with pytest.raises(InputError, match="tier above 300000 does not start on a whole lot of 7 AAPL"):
        schedule("ibkr_us_tiered").table(Instrument("AAPL", lot=Decimal(7)))


@pytest.mark.parametrize(
    "charge",
    [
        Charge("fee", Decimal("0.12345678901234567891")),
        Charge("fee", HALF, maximum_share=Decimal("0.12345678901234567891")),
        Charge("fee", Decimal("1e20"), Basis.QUANTITY),
        Charge("fee", Decimal("1e20"), Basis.ORDER),
        Charge("fee", HALF, minimum=Decimal("1e20")),
        Charge("fee", HALF, maximum=Decimal("1e20")),
    ],
)
def test_what_64_bits_cannot_hold_exactly_is_refused(charge):
    with pytest.raises(OutOfRange, match=r"'fee': .* does not fit 64 bits"):
        FeeSchedule("mine", (charge,), "").table(Instrument("AAPL"))


def test_a_schedule_has_no_more_rows_than_a_sum_can_hold():
    many = tuple(Charge(f"fee {number}", HALF) for number in range(61))
    with pytest.raises(InputError, match="makes 61 rows; 60 are the most"):
        FeeSchedule("mine", many, "").table(Instrument("AAPL"))


def test_an_unknown_schedule_is_answered_with_the_ones_there_are():
    with pytest.raises(ConfigurationError, match="There is no fee schedule 'india_delivry'") as caught:
        schedule("india_delivry")
    assert caught.value.remedy.startswith("Did you mean 'india_delivery'?")
    with pytest.raises(ConfigurationError) as caught:
        schedule("???")
    assert all(name in caught.value.remedy for name in SCHEDULES)


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("per_share", {}, "missing a required argument: 'rate'"),
        ("zero", {"rate": 1}, "got an unexpected keyword argument 'rate'"),
        ("per_share", {"rate": 0.005}, "0.005 is not an exact number"),
        ("per_share", {"rate": "a lot"}, "'a lot' is not an exact number"),
        ("per_share", {"rate": "NaN"}, "'NaN' is not an exact number"),
        ("per_share", {"rate": True}, "True is not an exact number"),
        ("ibkr_us_fixed", {"regulatory": "false"}, "'false' is neither true nor false"),
    ],
)
def test_options_that_a_schedule_cannot_use_are_refused(name, options, problem):
    with pytest.raises(ConfigurationError, match=problem):
        schedule(name, **options)


def test_the_steps_of_a_dated_charge_follow_each_other():
    one, other = dated(Charge("fee", ONE), (date(2024, 1, 1), "0.1", "5"), (date(2025, 1, 1), "0.2"))
    assert (one.rate, one.maximum, one.since, one.until) == (
        Decimal("0.1"),
        Decimal(5),
        date(2024, 1, 1),
        date(2025, 1, 1),
    )
    assert (other.rate, other.maximum, other.since, other.until) == (
        Decimal("0.2"),
        None,
        date(2025, 1, 1),
        None,
    )


def test_a_schedule_tells_from_when_all_of_its_charges_are_known():
    assert schedule("us_regulatory").holds_from == date(2020, 1, 1)
    assert schedule("india_futures").holds_from == date(2024, 4, 1)
    assert schedule("ibkr_us_fixed").holds_from is None
    assert schedule("zero").holds_from is None


def test_every_published_schedule_names_its_source():
    for name in ("ibkr_us_fixed", "ibkr_us_tiered", "ibkr_us_futures", "us_regulatory", "india_delivery"):
        assert len(SCHEDULES[name]().source) > 20

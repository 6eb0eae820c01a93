"""The venue inside the process."""

from decimal import Decimal
from typing import get_args

import pytest
from pydantic import ValidationError

from app.domain.errors import ConfigurationError
from app.ports import (
    AccountKind,
    BpsOfNotional,
    Charge,
    FeeSchedule,
    Intrabar,
    LimitFill,
    Slippage,
    SlippageModel,
)
from plugins_broker.simulated import Simulated, SimulatedOptions

pytestmark = pytest.mark.unit


def test_its_venue_charges_the_commission_of_its_options():
    assert Simulated().simulation().commission == BpsOfNotional(Decimal(10))
    assert Simulated(SimulatedOptions(commission_bps="2.5")).simulation().commission.charge(10_000) == 2


@pytest.mark.parametrize("bps", ["-1", "10000", "NaN", "Infinity", "ten"])
def test_a_commission_that_no_sale_could_pay_is_refused(bps):
    with pytest.raises(ValidationError):
        SimulatedOptions(commission_bps=bps)


def venue(**options):
    return Simulated(SimulatedOptions(**options)).simulation()


@pytest.mark.parametrize(
    ("option", "values"),
    [
        ("limit_fill", LimitFill),
        ("intrabar", Intrabar),
        ("slippage", SlippageModel),
        ("account", AccountKind),
    ],
)
def test_an_option_takes_exactly_what_the_venue_knows(option, values):
    annotation = SimulatedOptions.model_fields[option].annotation
    assert sorted(get_args(annotation)) == sorted(values)


def test_without_options_it_is_the_venue_of_a_cash_account():
    plain = venue()
    assert (plain.limit_fill, plain.intrabar) == (LimitFill.THROUGH, Intrabar.WORST)
    assert (plain.max_volume_share, plain.slippage) == (None, Slippage())
    assert plain.account.kind is AccountKind.CASH


def test_every_option_arrives_in_the_venue():
    made = venue(
        limit_fill="touch",
        intrabar="ohlc",
        max_volume_share="0.1",
        slippage="fixed_ticks",
        slippage_size=2,
        account="leverage",
        leverage=4,
        borrow_rate="0.01",
        debit_rate="0.02",
        credit_rate="0.03",
    )
    assert (made.limit_fill, made.intrabar) == (LimitFill.TOUCH, Intrabar.OHLC)
    assert made.max_volume_share == Decimal("0.1")
    assert made.slippage == Slippage(SlippageModel.FIXED_TICKS, Decimal(2))
    assert made.account.initial_margin == (1, 4)
    rates = (made.account.borrow_rate, made.account.debit_rate, made.account.credit_rate)
    assert rates == (Decimal("0.01"), Decimal("0.02"), Decimal("0.03"))


def test_what_is_left_open_takes_the_models_own_number():
    assert venue(slippage="volume_share").slippage.size == Decimal("0.1")
    assert venue(account="leverage").account.initial_margin == (1, 2)


def test_a_fee_schedule_is_made_with_its_options():
    assert venue(fees="ibkr_us_fixed").commission.name == "ibkr_us_fixed"
    made = venue(fees="ibkr_us_fixed", fee_options={"regulatory": True}).commission
    assert made.holds_from is not None
    assert venue(fees="per_share", fee_options={"rate": 0.005}).commission.charges[0].rate == Decimal("0.005")


def test_a_schedule_of_a_plugin_is_chosen_by_its_name_and_takes_no_options():
    mine = FeeSchedule("mine", (Charge("commission", Decimal("0.01")),), "a test")
    broker = Simulated(SimulatedOptions(fees="acme"))
    broker.keep_schedules({"acme": mine})
    assert broker.simulation().commission is mine
    broker.set_params(fee_options={"rate": 1})
    with pytest.raises(ConfigurationError, match="takes no options"):
        broker.simulation()


def test_a_schedule_that_nobody_offers_is_answered_with_the_nearest():
    with pytest.raises(ConfigurationError) as error:
        venue(fees="ibkr_us_fixd")
    assert "Did you mean 'ibkr_us_fixed'?" in error.value.remedy


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"fee_options": {"rate": 1}}, "name one with `fees`"),
        ({"fees": "per_share"}, "missing a required argument: 'rate'"),
        ({"fees": "zero", "fee_options": {"rate": 1}}, "Its options: none"),
        ({"fees": "zero", "fee_options": {"name": 1}}, "Its options: none"),
        ({"fees": "ibkr_us_fixed", "fee_options": {"regulatory": 1}}, "neither true nor false"),
        ({"leverage": 4}, "account is cash"),
        ({"account": "reg_t", "leverage": 4}, "account is reg_t"),
        ({"account": "leverage", "leverage": "0.5"}, "greater than or equal to 1"),
        ({"slippage": "fixed_bps"}, "needs slippage_size"),
        ({"slippage_size": 5}, "name one with `slippage`"),
        ({"slippage": "fixed_bps", "slippage_size": -1}, "greater than or equal to 0"),
        ({"max_volume_share": 0}, "greater than 0"),
        ({"max_volume_share": "1.5"}, "less than or equal to 1"),
        ({"limit_fill": "never"}, "through"),
        ({"borrow_rate": -1}, "greater than or equal to 0"),
    ],
)
def test_options_that_mean_nothing_are_refused_with_the_reason(options, told):
    with pytest.raises(ValidationError, match=told):
        SimulatedOptions(**options)

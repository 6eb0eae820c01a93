"""What the shipped schedules charge, computed by hand from the published rates."""

from decimal import Decimal

import pytest

from app.domain.instruments import Instrument
from app.engine.schedules import schedule

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]


@pytest.mark.parametrize(
    ("name", "order", "fee"),
    [
        pytest.param("ibkr_us_fixed", ("buy", 100, "25"), "1.00", id="the minimum"),
        pytest.param("ibkr_us_fixed", ("buy", 1_000, "25"), "5.00", id="1000 x 0.005"),
        pytest.param("ibkr_us_fixed", ("buy", 1_000, "0.25"), "2.50", id="1 % of 250"),
        pytest.param("ibkr_us_fixed", ("buy", 10, "5"), "0.50", id="1 % of 50 beats the minimum"),
        pytest.param("ibkr_us_tiered", ("sell", 100, "50"), "0.35", id="exactly the minimum"),
        pytest.param("ibkr_us_tiered", ("sell", 1_000, "50"), "3.50", id="the first tier"),
        pytest.param("ibkr_us_tiered", ("sell", 40, "50"), "0.35", id="40 x 0.0035 is less than the minimum"),
        pytest.param("us_regulatory", ("buy", 1_000, "100"), "0.00", id="purchases owe nothing"),
        pytest.param("us_regulatory", ("sell", 1_000, "100"), "2.95", id="2.78 + 0.166"),
        pytest.param("us_regulatory", ("sell", 100_000, "10"), "36.10", id="27.80 + 8.30 at the most"),
        pytest.param("us_regulatory", ("sell", 1_000, "100", "2020-01-02"), "2.19", id="2.07 + 0.119"),
        pytest.param("us_regulatory", ("sell", 1_000, "100", "2021-02-24"), "2.33", id="2.21 + 0.119"),
        pytest.param("us_regulatory", ("sell", 1_000, "100", "2021-02-25"), "0.63", id="0.51 + 0.119"),
        pytest.param(
            "us_regulatory", ("sell", 1_000, "100", "2023-02-26"), "2.43", id="2.29 + 0.145 to even"
        ),
        pytest.param(
            "us_regulatory", ("sell", 1_000, "100", "2023-02-27"), "0.94", id="0.80 + 0.145 to even"
        ),
        pytest.param(
            "us_regulatory", ("sell", 1_000, "100", "2025-05-13"), "2.95", id="the last day of 27.80"
        ),
        pytest.param("us_regulatory", ("sell", 1_000, "100", "2025-05-14"), "0.17", id="no section 31 fee"),
        pytest.param("us_regulatory", ("sell", 100_000, "10", "2026-05-04"), "30.39", id="20.60 + 9.79"),
        pytest.param("us_regulatory", ("sell", 1_000, "100", "2026-11-02"), "2.06", id="no activity fee"),
        pytest.param("ibkr_us_futures", ("buy", 10, "5000"), "8.50", id="10 x 0.85"),
    ],
)
def test_us_charges(owes, name, order, fee):
    assert owes(schedule(name), *order) == Decimal(fee)


@pytest.mark.parametrize(
    ("name", "order", "fee"),
    [
        # STT 100, exchange 2.97, fund 0.10, SEBI 0.10, stamp 15, GST 18 % of 3.17
        ("india_delivery", ("buy", 1_000, "100", "2025-01-02"), "118.74"),
        ("india_delivery", ("sell", 1_000, "100", "2025-01-02"), "103.74"),
        # STT 10000, SEBI halved 5, stamp 1500, GST 0.90; the exchange's charge of the day is not known to us
        ("india_delivery", ("buy", 100_000, "100", "2020-12-01"), "11505.90"),
        # brokerage 20, exchange 2.97, fund 0.10, SEBI 0.10, stamp 3, GST 18 % of 23.17
        ("india_intraday", ("buy", 1_000, "100", "2025-01-02"), "30.34"),
        # 0.03 % of 10000 is 3.00; STT 2.50, exchange 0.30, fund 0.01, SEBI 0.01, GST 18 % of 3.32
        ("india_intraday", ("sell", 100, "100", "2025-01-02"), "6.42"),
        # brokerage 20, STT 125, exchange 18.30, fund 1, SEBI 1, GST 18 % of 40.30
        ("india_futures", ("sell", 10_000, "100", "2024-09-30"), "172.55"),
        # brokerage 20, STT 200, exchange 17.30, fund 1, SEBI 1, GST 18 % of 39.30
        ("india_futures", ("sell", 10_000, "100", "2024-10-01"), "246.37"),
        # brokerage 20, STT 500, exchange 18.30, fund 0.001, SEBI 1, GST 18 % of 39.30
        ("india_futures", ("sell", 10_000, "100", "2026-04-01"), "546.37"),
        # brokerage 20, STT 31.25, exchange 24.75, fund 0.25, SEBI 0.05, GST 18 % of 45.05
        ("india_options", ("sell", 500, "100", "2024-09-30"), "84.41"),
        # brokerage 20, STT 50, exchange 17.515 to even 17.52, fund 0.25, SEBI 0.05, GST 18 % of 37.82
        ("india_options", ("sell", 500, "100", "2024-10-01"), "94.63"),
        # brokerage 20, exchange 17.765 to even 17.76, SEBI 0.05, stamp 1.50, GST 18 % of 37.81
        ("india_options", ("buy", 500, "100", "2026-06-01"), "46.12"),
    ],
)
def test_indian_charges(owes, name, order, fee):
    assert owes(schedule(name), *order) == Decimal(fee)


@pytest.mark.parametrize(
    ("of", "order", "fee"),
    [
        (schedule("zero"), ("buy", 1_000, "100"), "0"),
        (schedule("bps_of_notional", bps=10), ("buy", 10, "123.45"), "1.23"),
        (schedule("bps_of_notional", bps=5), ("buy", 1, "10"), "0.00"),
        (schedule("bps_of_notional", bps=5), ("buy", 1, "30"), "0.02"),
        (schedule("bps_of_notional", bps=10, minimum=5, maximum=20), ("buy", 1, "100"), "5.00"),
        (schedule("bps_of_notional", bps=10, minimum=5, maximum=20), ("buy", 1_000, "100"), "20.00"),
        (schedule("per_share", rate="0.005", minimum=1), ("sell", 250, "3"), "1.25"),
        (schedule("per_order", amount="4.95"), ("sell", 250, "3"), "4.95"),
        (schedule("per_contract", rate="0.65", minimum=1), ("buy", 1, "2.50"), "1.00"),
        (schedule("per_contract", rate="0.65", minimum=1), ("buy", 7, "2.50"), "4.55"),
        (schedule("ibkr_us_futures", exchange_fees="1.38"), ("buy", 2, "5000"), "4.46"),
    ],
)
def test_configured_charges(owes, of, order, fee):
    assert owes(of, *order) == Decimal(fee)


def test_a_tier_begins_where_the_month_has_reached_it(owes):
    tiered = schedule("ibkr_us_tiered")
    assert owes(tiered, "buy", 1_000, "50", month=299_500) == Decimal("2.75")
    assert owes(tiered, "buy", 200_000, "10", month=2_900_000) == Decimal("350.00")
    assert owes(tiered, "buy", 1_000, "50", month=200_000_000) == Decimal("0.50")
    assert owes(schedule("ibkr_us_futures", tiered=True), "buy", 1_500, "50") == Decimal("1175.00")


def test_making_and_taking_liquidity_cost_what_they_are_told_to(owes):
    fees = schedule("maker_taker", maker_bps=2, taker_bps="5.5")
    assert owes(fees, "buy", 10, "1000") == Decimal("5.50")
    assert owes(fees, "sell", 10, "1000", making=True) == Decimal("2.00")


def test_a_broker_can_pass_the_levies_on(owes):
    of = schedule("ibkr_us_fixed", regulatory=True)
    assert owes(of, "sell", 1_000, "100") == Decimal("7.95")
    assert owes(of, "buy", 1_000, "100") == Decimal("5.00")


def test_charges_are_rounded_to_the_minor_unit_of_the_currency(owes):
    assert owes(schedule("bps_of_notional", bps=10), "buy", 1, "12345", currency="JPY") == Decimal(12)


def test_the_items_of_a_contract_note_add_up_to_the_charge(at):
    of = schedule("india_options")
    order = (-1, 500, 5_000_000, at("2024-10-01"))
    assert of.itemised(Instrument("OPTION", currency="INR"), *order) == {
        "brokerage": 2_000,
        "securities transaction tax": 5_000,
        "exchange transaction charge": 1_752,
        "investor protection fund": 25,
        "SEBI turnover fee": 5,
        "stamp duty": 0,
        "GST": 681,
    }

"""US equities: a broker's commissions, and what the regulators levy on sales.

Commissions: Interactive Brokers, web page "Commissions: Stocks, ETFs, Warrants and Structured Products",
United States, as published between May 2024 and May 2025. The publisher gives no date of commencement, so
the rates are charged at all dates. Of the tiered price the fees of exchange and clearing, which it adds and
which depend on the venue, are left out.

Section 31 fee, on the value of sales, from these charge dates on: US Securities and Exchange Commission,
fee rate advisories for the fiscal years 2018 to 2023 and the orders making annual adjustments to
transaction fee rates, releases 34-99973 (17 April 2024), 34-102779 (8 April 2025) and 34-104909
(27 February 2026); the rates of 2018 to 2020 also FINRA information notices of 7 May 2018, 12 March 2019
and 3 February 2020.

Trading Activity Fee, on shares sold, with a maximum per trade, for which an order is taken: FINRA, fee
increase schedule of SR-FINRA-2020-032 (14 October 2020) for 2020 to 2024, fee adjustment schedule of
SR-FINRA-2024-019 (8 November 2024) for 2025 and 2026, and SR-FINRA-2026-021 (SEC release 34-106409,
September 2026), by which nothing is levied on trades from 1 October to 31 December 2026; the rate before it
is taken to come back on 1 January 2027. The exemption of sales below the price of the fee itself is left out.

Brokers often round these two up to the cent; here they are rounded half to even like every other charge.
"""

from datetime import date
from decimal import Decimal

from app.domain.intents import Side
from app.engine.fees import Basis, Charge, FeeSchedule, Tier, dated
from app.engine.schedules.amounts import flag

_SEC_31 = dated(
    Charge("SEC section 31 fee", Decimal(0), side=Side.SELL),
    (date(2018, 5, 22), "0.0000130"),
    (date(2019, 4, 16), "0.0000207"),
    (date(2020, 2, 18), "0.0000221"),
    (date(2021, 2, 25), "0.0000051"),
    (date(2022, 5, 14), "0.0000229"),
    (date(2023, 2, 27), "0.0000080"),
    (date(2024, 5, 22), "0.0000278"),
    (date(2025, 5, 14), "0"),
    (date(2026, 4, 4), "0.0000206"),
)

_TAF = dated(
    Charge("FINRA trading activity fee", Decimal(0), Basis.QUANTITY, side=Side.SELL),
    (date(2020, 1, 1), "0.000119", "5.95"),
    (date(2022, 1, 1), "0.000130", "6.49"),
    (date(2023, 1, 1), "0.000145", "7.27"),
    (date(2024, 1, 1), "0.000166", "8.30"),
    (date(2026, 1, 1), "0.000195", "9.79"),
    (date(2026, 10, 1), "0", "0"),
    (date(2027, 1, 1), "0.000195", "9.79"),
)

_REGULATORS = "SEC section 31 fee rate advisories; FINRA By-Laws, Schedule A, section 1"

_IBKR_FIXED = Charge(
    "commission",
    Decimal("0.005"),
    Basis.QUANTITY,
    minimum=Decimal("1.00"),
    maximum_share=Decimal("0.01"),
)

_IBKR_TIERED = Charge(
    "commission",
    Decimal("0.0035"),
    Basis.QUANTITY,
    minimum=Decimal("0.35"),
    maximum_share=Decimal("0.01"),
    tiers=(
        Tier(Decimal(300_000), Decimal("0.0020")),
        Tier(Decimal(3_000_000), Decimal("0.0015")),
        Tier(Decimal(20_000_000), Decimal("0.0010")),
        Tier(Decimal(100_000_000), Decimal("0.0005")),
    ),
)

_IBKR = "Interactive Brokers, Commissions: Stocks and ETFs, United States, as published in 2024-2025"


def us_regulatory() -> FeeSchedule:
    """Return the section 31 fee and the trading activity fee on sales; known from 2020 on."""
    return FeeSchedule("us_regulatory", (*_SEC_31, *_TAF), _REGULATORS, "USD")


def ibkr_us_fixed(*, regulatory: bool = False) -> FeeSchedule:
    """Return the broker's fixed commission: 0.005 a share, at least 1.00 and at most 1 % of the value."""
    return _with_levies("ibkr_us_fixed", _IBKR_FIXED, regulatory)


def ibkr_us_tiered(*, regulatory: bool = False) -> FeeSchedule:
    """Return the broker's tiered commission: 0.0035 to 0.0005 a share by the month's volume."""
    return _with_levies("ibkr_us_tiered", _IBKR_TIERED, regulatory)


def _with_levies(name: str, commission: Charge, regulatory: bool) -> FeeSchedule:
    if not flag(regulatory):
        return FeeSchedule(name, (commission,), _IBKR, "USD")
    return FeeSchedule(name, (commission, *_SEC_31, *_TAF), f"{_IBKR}; {_REGULATORS}", "USD")

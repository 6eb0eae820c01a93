"""Indian equity on the National Stock Exchange (NSE): delivery, intraday, futures and options.

Dates before which a charge is not known to us are left out of it: all charges together are known from
1 April 2024 on (`FeeSchedule.holds_from`).

- Securities transaction tax (STT): Finance Acts 2012, 2013, 2016, 2023 (from 1 April 2023), 2024 No. 2 (from
  1 October 2024) and 2026 (from 1 April 2026). On delivery both sides, else sales only; of options the
  premium. The tax on the exercise of an option is not a trade's and is left out.
- Exchange transaction charge: NSE circular of 27 September 2024, in force from 1 October 2024, per lakh of
  value 2.97 cash, 1.73 futures, 35.03 options premium. From 1 April 2024 until then the highest slab, as
  brokers published it. From 1 March 2026, by the circular of 27 February 2026, 3.07, 1.83 and 35.53, as
  brokers publish it: the contribution below became part of the charge.
- Contribution to the investor protection fund (IPFT): NSE circulars FA/18608 of 12 August 2011 and FA/56129
  of 24 March 2023, in force from 1 April 2023, per crore of value 10, options premium 50; from 1 March 2026
  on 0.01.
- SEBI turnover fee, 10 per crore: SEBI (Payment of Fees) (Amendment) Regulations 2019, in force from
  1 April 2019; half of it from 1 June 2020 to 31 March 2021, by those of 2020.
- Stamp duty, on purchases: Indian Stamp Act 1899 as amended by the Finance Act 2019, in force from
  1 July 2020, when the rates of the states ended.
- Goods and services tax (GST), 18 % of brokerage, exchange charge, contribution and SEBI fee: rates of the
  GST Council, in force from 1 July 2017.
- Brokerage, unless told otherwise: Zerodha, "List of all charges and taxes", 2024: none on delivery, 0.03 %
  and at most 20 an order for intraday and futures, 20 an order for options. It is charged at all dates.

Contract notes round STT and stamp duty to the rupee once a day; here every charge is rounded to the paisa
once an order. Charges of depositories (per day and stock sold) are left out.
"""

from datetime import date
from decimal import Decimal

from app.domain.intents import Side
from app.engine.fees import Basis, Charge, FeeSchedule, dated
from app.engine.schedules.amounts import Amount, exact

_SOURCE = (
    "Finance Acts; NSE circulars; SEBI (Payment of Fees) Regulations; Indian Stamp Act; Zerodha, charges"
)

_UNIFORM_STAMP_DUTY = date(2020, 7, 1)
_SLABS_CUT = date(2024, 4, 1)
_OCTOBER_2024 = date(2024, 10, 1)
_MARCH_2026 = date(2026, 3, 1)
_APRIL_2026 = date(2026, 4, 1)

_SEBI = dated(
    Charge("SEBI turnover fee", Decimal(0)),
    (date(2019, 4, 1), "0.000001"),
    (date(2020, 6, 1), "0.0000005"),
    (date(2021, 4, 1), "0.000001"),
)

_GST = Charge(
    "GST",
    Decimal("0.18"),
    Basis.CHARGES,
    since=date(2017, 7, 1),
    on=("brokerage", "exchange transaction charge", "investor protection fund", "SEBI turnover fee"),
)

_STT = Charge("securities transaction tax", Decimal(0))
_STT_OF_SALES = Charge("securities transaction tax", Decimal(0), side=Side.SELL)


def india_delivery(brokerage_share: Amount = 0, brokerage_maximum: Amount | None = None) -> FeeSchedule:
    """Return the charges on shares bought to be held and on shares held, in INR."""
    return _schedule(
        "india_delivery",
        _share("brokerage", brokerage_share, brokerage_maximum),
        dated(_STT, (date(2012, 7, 1), "0.001")),
        _exchange("0.0000322", "0.0000297", "0.0000307"),
        _protection("0.000001"),
        stamp_duty="0.00015",
    )


def india_intraday(brokerage_share: Amount = "0.0003", brokerage_maximum: Amount | None = 20) -> FeeSchedule:
    """Return the charges on shares bought and sold on one day, in INR."""
    return _schedule(
        "india_intraday",
        _share("brokerage", brokerage_share, brokerage_maximum),
        dated(_STT_OF_SALES, (date(2012, 7, 1), "0.00025")),
        _exchange("0.0000322", "0.0000297", "0.0000307"),
        _protection("0.000001"),
        stamp_duty="0.00003",
    )


def india_futures(brokerage_share: Amount = "0.0003", brokerage_maximum: Amount | None = 20) -> FeeSchedule:
    """Return the charges on futures on shares and indices, in INR; the value is that of the contract."""
    tax = dated(
        _STT_OF_SALES,
        (date(2013, 6, 1), "0.0001"),
        (date(2023, 4, 1), "0.000125"),
        (_OCTOBER_2024, "0.0002"),
        (_APRIL_2026, "0.0005"),
    )
    return _schedule(
        "india_futures",
        _share("brokerage", brokerage_share, brokerage_maximum),
        tax,
        _exchange("0.0000183", "0.0000173", "0.0000183"),
        _protection("0.000001"),
        stamp_duty="0.00002",
    )


def india_options(brokerage_per_order: Amount = 20) -> FeeSchedule:
    """Return the charges on options on shares and indices, in INR; the value is the premium."""
    tax = dated(
        _STT_OF_SALES,
        (date(2016, 6, 1), "0.0005"),
        (date(2023, 4, 1), "0.000625"),
        (_OCTOBER_2024, "0.001"),
        (_APRIL_2026, "0.0015"),
    )
    return _schedule(
        "india_options",
        Charge("brokerage", exact(brokerage_per_order), Basis.ORDER),
        tax,
        _exchange("0.000495", "0.0003503", "0.0003553"),
        _protection("0.000005"),
        stamp_duty="0.00003",
    )


def _share(name: str, share: Amount, maximum: Amount | None) -> Charge:
    return Charge(name, exact(share), maximum=None if maximum is None else exact(maximum))


def _exchange(before: str, october_2024: str, march_2026: str) -> tuple[Charge, ...]:
    return dated(
        Charge("exchange transaction charge", Decimal(0)),
        (_SLABS_CUT, before),
        (_OCTOBER_2024, october_2024),
        (_MARCH_2026, march_2026),
    )


def _protection(rate: str) -> tuple[Charge, ...]:
    return dated(
        Charge("investor protection fund", Decimal(0)),
        (date(2023, 4, 1), rate),
        (_MARCH_2026, "0.000000001"),
    )


def _schedule(
    name: str,
    brokerage: Charge,
    tax: tuple[Charge, ...],
    exchange: tuple[Charge, ...],
    protection: tuple[Charge, ...],
    *,
    stamp_duty: str,
) -> FeeSchedule:
    stamp = dated(Charge("stamp duty", Decimal(0), side=Side.BUY), (_UNIFORM_STAMP_DUTY, stamp_duty))
    charges = (brokerage, *tax, *exchange, *protection, *_SEBI, *stamp, _GST)
    return FeeSchedule(name, charges, _SOURCE, "INR")

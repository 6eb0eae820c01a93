"""Commissions per contract, of futures and options.

`ibkr_us_futures`: Interactive Brokers, web page "Commissions: Futures and Futures Options (FOPs)", United
States, contracts in USD, as published in 2024. The publisher gives no date of commencement, so the rates
are charged at all dates. The fees of exchange, clearing and regulator come on top and differ by contract;
give their sum as `exchange_fees`.
"""

from decimal import Decimal

from app.engine.fees import Basis, Charge, FeeSchedule, Tier
from app.engine.schedules.amounts import Amount, exact, flag

_IBKR = "Interactive Brokers, Commissions: Futures and FOPs, United States, as published in 2024"
_IBKR_FIRST = Decimal("0.85")
_IBKR_TIERS = (
    Tier(Decimal(1_000), Decimal("0.65")),
    Tier(Decimal(10_000), Decimal("0.45")),
    Tier(Decimal(20_000), Decimal("0.25")),
)


def per_contract(rate: Amount, minimum: Amount = 0, maximum: Amount | None = None) -> FeeSchedule:
    """Return a commission in money per contract, with a minimum and maximum per order."""
    limit = None if maximum is None else exact(maximum)
    commission = Charge("commission", exact(rate), Basis.QUANTITY, minimum=exact(minimum), maximum=limit)
    return FeeSchedule("per_contract", (commission,), "as configured")


def ibkr_us_futures(*, tiered: bool = False, exchange_fees: Amount = 0) -> FeeSchedule:
    """Return the broker's fixed or tiered commission on US futures, with `exchange_fees` per contract."""
    charges = (
        Charge("commission", _IBKR_FIRST, Basis.QUANTITY, tiers=_IBKR_TIERS if flag(tiered) else ()),
        Charge("exchange, clearing and regulation", exact(exchange_fees), Basis.QUANTITY),
    )
    return FeeSchedule("ibkr_us_futures", charges, _IBKR, "USD")

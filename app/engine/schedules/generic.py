"""Schedules of no venue in particular; what they charge is what they are told."""

from app.engine.fees import Basis, Charge, FeeSchedule, Liquidity
from app.engine.schedules.amounts import Amount, basis_points, exact

_TOLD = "as configured"


def zero() -> FeeSchedule:
    """Return a schedule that charges nothing."""
    return FeeSchedule("zero", (), _TOLD)


def bps_of_notional(bps: Amount, minimum: Amount = 0, maximum: Amount | None = None) -> FeeSchedule:
    """Return a commission of hundredths of a percent of the value, with a minimum and maximum per order."""
    limit = None if maximum is None else exact(maximum)
    commission = Charge("commission", basis_points(bps), minimum=exact(minimum), maximum=limit)
    return FeeSchedule("bps_of_notional", (commission,), _TOLD)


def per_share(rate: Amount, minimum: Amount = 0, maximum_share: Amount | None = None) -> FeeSchedule:
    """Return a commission in money per unit of quantity.

    `minimum` is money per order, `maximum_share` the fraction of the order's value that it is at the most.
    """
    share = None if maximum_share is None else exact(maximum_share)
    commission = Charge(
        "commission", exact(rate), Basis.QUANTITY, minimum=exact(minimum), maximum_share=share
    )
    return FeeSchedule("per_share", (commission,), _TOLD)


def per_order(amount: Amount) -> FeeSchedule:
    """Return a commission of the same money for every order that fills at all."""
    return FeeSchedule("per_order", (Charge("commission", exact(amount), Basis.ORDER),), _TOLD)


def maker_taker(maker_bps: Amount, taker_bps: Amount) -> FeeSchedule:
    """Return fees in hundredths of a percent of the value, for fills that make and that take liquidity.

    A rebate for making liquidity is not supported: no fee is negative.
    """
    fees = (
        Charge("maker fee", basis_points(maker_bps), liquidity=Liquidity.MAKER),
        Charge("taker fee", basis_points(taker_bps), liquidity=Liquidity.TAKER),
    )
    return FeeSchedule("maker_taker", fees, _TOLD)

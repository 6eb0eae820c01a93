"""The fee schedules that come with LTS, by name."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from inspect import signature
from types import MappingProxyType

from app.domain.errors import ConfigurationError
from app.engine.fees import FeeSchedule
from app.engine.schedules.amounts import Amount
from app.engine.schedules.futures import ibkr_us_futures, per_contract
from app.engine.schedules.generic import bps_of_notional, maker_taker, per_order, per_share, zero
from app.engine.schedules.india import india_delivery, india_futures, india_intraday, india_options
from app.engine.schedules.us_equities import ibkr_us_fixed, ibkr_us_tiered, us_regulatory

__all__ = ["SCHEDULES", "Amount", "schedule"]

SCHEDULES: Mapping[str, Callable[..., FeeSchedule]] = MappingProxyType(
    {
        factory.__name__: factory
        for factory in (
            zero,
            bps_of_notional,
            per_share,
            per_order,
            per_contract,
            maker_taker,
            ibkr_us_fixed,
            ibkr_us_tiered,
            ibkr_us_futures,
            us_regulatory,
            india_delivery,
            india_intraday,
            india_futures,
            india_options,
        )
    }
)
"""The factory of each schedule; its parameters are the schedule's options."""


def schedule(name: str, /, **options: Amount | None) -> FeeSchedule:
    """Return a schedule by name, made with its options.

    Raises ConfigurationError for an unknown name, for options that the schedule does not have or lacks, and
    for what is not an exact number; InputError and OutOfRange as `Charge` does.
    """
    factory = SCHEDULES.get(name)
    if factory is None:
        raise ConfigurationError(f"There is no fee schedule '{name}'.", _suggestion(name))
    try:
        signature(factory).bind(**options)
    except TypeError as error:
        known = ", ".join(signature(factory).parameters) or "none"
        raise ConfigurationError(f"Fee schedule '{name}': {error}.", f"Its options: {known}.") from error
    return factory(**options)


def _suggestion(name: str) -> str:
    close = get_close_matches(name, SCHEDULES, n=1)
    known = f"The schedules are {', '.join(sorted(SCHEDULES))}."
    return f"Did you mean '{close[0]}'? {known}" if close else known

"""Hand-made cases: a program of intents on a few bars, at a venue with the settings that a case names."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest

from app.ports import BpsOfNotional, VenueModel


@pytest.fixture(scope="session")
def trade(small: Callable[..., Any], replay: Callable[..., Any]) -> Callable[..., Any]:
    """Give `trade(bars, program, ...)`: bars of AAA (a list) or of several symbols (a dict).

    What neither the market nor the run knows is a setting of the venue.
    """

    def traded(
        bars: Sequence[Any] | Mapping[str, Sequence[Any]], program: Mapping[int, Any], **options: Any
    ) -> Any:
        known = ("actions", "instrument", "timeframe", "has_volume")
        of_market = {name: options.pop(name) for name in known if name in options}
        of_run = {name: options.pop(name) for name in ("capital", "finer") if name in options}
        venue = VenueModel(BpsOfNotional(Decimal(options.pop("bps", "0"))), **options)
        market = small(bars if isinstance(bars, Mapping) else {"AAA": bars}, **of_market)
        return replay(market, program, venue=venue, **of_run)

    return traded

"""Which symbol earned what: the account's profit split without remainder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from app.domain.positions import Position


@dataclass(frozen=True)
class Contribution:
    """What one symbol added to the account, in minor units; `share` is its part of the whole profit.

    The share is None where the whole is zero, and negative for a symbol that worked against it: in a run that
    lost, a positive share is a loss.
    """

    symbol: str
    realised: int
    unrealised: int
    dividends: int
    fees: int
    share: float | None = None

    @property
    def profit(self) -> int:
        """Return realised and unrealised profit with dividends, less fees."""
        return self.realised + self.unrealised + self.dividends - self.fees


def attribution(positions: Iterable[Position], last_ticks: Mapping[str, int]) -> list[Contribution]:
    """Return each symbol's contribution, the largest profit first.

    `positions` are all that were ever held, with their totals over the run; `last_ticks` are the raw closes
    that open ones are marked to; one without a close counts at its cost. The profits add up to the last
    equity less what was paid in, to the unit.
    """
    found = [_contribution(position, last_ticks) for position in positions]
    whole = sum(each.profit for each in found)
    shared = [_with_share(each, whole) for each in found]
    return sorted(shared, key=lambda each: (-each.profit, each.symbol))


def _contribution(position: Position, last_ticks: Mapping[str, int]) -> Contribution:
    instrument, unrealised = position.instrument, 0
    ticks = last_ticks.get(instrument.symbol)
    if position.lots and ticks is not None:
        unrealised = instrument.value(ticks, position.lots) - position.cost
    return Contribution(instrument.symbol, position.realised, unrealised, position.dividends, position.fees)


def _with_share(each: Contribution, whole: int) -> Contribution:
    return replace(each, share=each.profit / whole) if whole else each

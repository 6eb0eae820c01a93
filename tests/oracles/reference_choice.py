"""Which member of an OCO comes first when one range reaches several: the policies of `intrabar`."""

from typing import NamedTuple

from reference_prices import STOP_LIKE, View, executes_rising
from reference_values import Bar, WorkingOrder

from app.engine.columns import BarSeries
from app.engine.venue import Intrabar


class Candidate(NamedTuple):
    """A member that executes in the range, and its price before slippage."""

    order: WorkingOrder
    price: int


def choose(
    policy: Intrabar, candidates: list[Candidate], view: View, bar: Bar, finer: BarSeries | None
) -> WorkingOrder:
    """Return the member that fills, out of two or more in the order of their sequence."""
    match policy:
        case Intrabar.WORST:
            chosen = worst(candidates)
        case Intrabar.BEST:
            chosen = best(candidates)
        case Intrabar.NEARER_FIRST:
            chosen = nearer_first(candidates, view)
        case Intrabar.OHLC:
            chosen = on_the_path(candidates, view)
        case Intrabar.FINER_BARS:
            chosen = in_finer_bars(candidates, view, bar, finer)
    return chosen.order


def is_worse(one: Candidate, other: Candidate) -> bool:
    """Return whether one fill is worse than another: a lower sell, a higher buy; of two sides the stop's."""
    if one.order.side is other.order.side:
        return one.price > other.price if one.order.buys else one.price < other.price
    return one.order.type in STOP_LIKE and other.order.type not in STOP_LIKE


def worst(candidates: list[Candidate]) -> Candidate:
    """Return what is left when each is compared with the worst of those before it, in their sequence."""
    chosen, *others = candidates
    for other in others:
        chosen = other if is_worse(other, chosen) else chosen
    return chosen


def best(candidates: list[Candidate]) -> Candidate:
    """Return the opposite of the worst: of two the other one, also when both are equal."""
    chosen, *others = candidates
    for other in others:
        chosen = chosen if is_worse(other, chosen) else other
    return chosen


def nearer_first(candidates: list[Candidate], view: View) -> Candidate:
    """Return the one nearest to where the range is seen from; equally near: the worst of them."""
    least = min(abs(candidate.price - view.open) for candidate in candidates)
    return worst([candidate for candidate in candidates if abs(candidate.price - view.open) == least])


def on_the_path(candidates: list[Candidate], view: View) -> Candidate:
    """Return the first one met from the open over the nearer extreme to the other; on one leg the nearer."""
    low_first = view.open - view.low <= view.high - view.open
    on_first_leg = [
        candidate
        for candidate in candidates
        if (candidate.price <= view.open if low_first else candidate.price >= view.open)
    ]
    return nearer_first(on_first_leg or candidates, view)


def in_finer_bars(candidates: list[Candidate], view: View, bar: Bar, finer: BarSeries | None) -> Candidate:
    """Return the worst of those that the first finer bar to reach any reaches; if none does, the worst.

    After a fill inside the range the finer bars count from the first whose range holds that price.
    """
    if finer is None:
        return worst(candidates)
    seen = not view.short
    for row, start in enumerate(finer.timestamps.tolist()):
        if not bar.start <= start < bar.end or (finer.has_volume and not finer.volumes[row]):
            continue
        low, high = int(finer.lows[row]), int(finer.highs[row])
        seen = seen or low <= view.open <= high
        reached = [candidate for candidate in candidates if seen and _reached(candidate, low, high)]
        if reached:
            return worst(reached)
    return worst(candidates)


def _reached(candidate: Candidate, low: int, high: int) -> bool:
    return high >= candidate.price if executes_rising(candidate.order) else low <= candidate.price

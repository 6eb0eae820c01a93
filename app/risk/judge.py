"""Judge a timestamp's proposals together, so that cash is promised once."""

from collections.abc import Iterable, Sequence

from app.domain.intents import OrderType, Side
from app.domain.orders import Approved, Denied, Promised, Proposal, Reason, Rule, Verdict
from app.domain.positions import BookView


def judge(proposals: Sequence[Proposal], book: BookView, rules: Iterable[Rule]) -> list[Verdict]:
    """Return a verdict for each proposal, in the order given.

    A proposal that only shrinks a position is always approved, and what a market sale is estimated to bring
    in may be spent by later ones: put reductions first. An order that waits for its stop brings nothing yet,
    neither cash nor a change of the holding; a purchase that waits is promised its cash all the same.
    """
    rules = tuple(rules)
    symbols = {proposal.request.symbol for proposal in proposals}
    promised = Promised(
        cash=book.cash - book.reserved, lots={symbol: book.expected_lots(symbol) for symbol in symbols}
    )
    return [_judge_one(proposal, promised, rules) for proposal in proposals]


def shrinks(lots: int, change: int) -> bool:
    """Return whether a signed change of a signed holding only brings it nearer to zero."""
    return lots != 0 and (lots > 0) != (change > 0) and abs(change) <= abs(lots)


def _judge_one(proposal: Proposal, promised: Promised, rules: tuple[Rule, ...]) -> Verdict:
    request = proposal.request
    if not shrinks(promised.lots[request.symbol], request.signed_lots):
        for rule in rules:
            reason = rule.refuses(proposal, promised)
            if reason is not Reason.NONE:
                return Denied(request, reason)
    at_once = request.type is OrderType.MARKET
    if at_once:
        promised.lots[request.symbol] += request.signed_lots
    if request.side is Side.BUY:
        promised.cash -= proposal.value + proposal.fee
    elif at_once:
        promised.cash += proposal.value - proposal.fee
    return Approved(request)

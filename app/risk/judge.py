"""Judge a timestamp's proposals together, so that cash and margin are promised once."""

from collections.abc import Iterable, Sequence

from app.domain.intents import Side
from app.domain.money import half_even
from app.domain.orders import Approved, Denied, Promised, Proposal, Reason, Rule, Verdict
from app.domain.positions import BookView

CASH = (1, 1)


def judge(
    proposals: Sequence[Proposal],
    book: BookView,
    rules: Iterable[Rule],
    initial_margin: tuple[int, int] = CASH,
) -> list[Verdict]:
    """Return a verdict for each proposal, in the order given.

    A proposal that only shrinks a position is always approved, and what a market sale is estimated to bring
    in may be spent by later ones: put reductions first. An order that waits for its price brings nothing yet,
    neither cash nor a change of the holding; what it opens is promised its cash and margin all the same.
    `initial_margin` is the share of a position's value, as part and whole, that must be equity.
    """
    if not proposals:
        return []
    limits = tuple(rules)
    symbols = [proposal.request.symbol for proposal in proposals]
    part, whole = initial_margin
    promised = Promised(
        cash=book.cash - book.reserved,
        lots={symbol: book.expected_lots(symbol) for symbol in symbols},
        margin=book.equity - _share(book.exposure + book.opening, part, whole),
    )
    verdicts: list[Verdict] = []
    for proposal in proposals:
        reason = _refused(proposal, promised, limits)
        if reason is Reason.NONE:
            _promise(proposal, promised, initial_margin)
            verdicts.append(Approved(proposal.request))
        else:
            verdicts.append(Denied(proposal.request, reason))
    return verdicts


def shrinks(lots: int, change: int) -> bool:
    """Return whether a signed change of a signed holding only brings it nearer to zero."""
    return lots != 0 and (lots > 0) != (change > 0) and abs(change) <= abs(lots)


def _refused(proposal: Proposal, promised: Promised, rules: tuple[Rule, ...]) -> Reason:
    request = proposal.request
    if request.reduce_only or shrinks(promised.lots[request.symbol], request.signed_lots):
        return Reason.NONE
    for rule in rules:
        reason = rule.refuses(proposal, promised)
        if reason is not Reason.NONE:
            return reason
    return Reason.NONE


def _promise(proposal: Proposal, promised: Promised, initial_margin: tuple[int, int]) -> None:
    """Take what an approved proposal will need off what is left, and add what it brings at once."""
    request, value, fee = proposal.request, proposal.value, proposal.fee
    symbol, change, at_once = request.symbol, request.signed_lots, request.type.at_market
    held = promised.lots[symbol]
    grown = abs(held + change) - abs(held)
    if at_once or grown > 0:
        opened = _share(value, grown, max(1, request.lots))
        promised.margin -= _share(opened, *initial_margin) + fee
    if at_once:
        promised.lots[symbol] = held + change
    if request.side is Side.BUY:
        promised.cash -= value + fee
    elif at_once:
        promised.cash += value - fee


def _share(amount: int, part: int, whole: int) -> int:
    """Return amount * part / whole, rounded half to even; the whole, which is common, needs no arithmetic."""
    return amount if part == whole else half_even(amount * part, whole)

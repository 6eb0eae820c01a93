"""Limits as small values: each looks at one proposal and what the batch has already promised."""

from dataclasses import dataclass

from app.domain.intents import Side
from app.domain.money import half_even
from app.domain.orders import Promised, Proposal, Reason, Rule


@dataclass(frozen=True)
class LongOnly:
    """Nothing is sold that is not held."""

    def refuses(self, proposal: Proposal, promised: Promised) -> Reason:
        """Return SHORT_SALE_NOT_ALLOWED where the position would fall below zero."""
        after = promised.lots[proposal.request.symbol] + proposal.request.signed_lots
        return Reason.SHORT_SALE_NOT_ALLOWED if after < 0 else Reason.NONE


@dataclass(frozen=True)
class CashAccount:
    """Purchases and their fees are paid from cash that no other order was promised."""

    def refuses(self, proposal: Proposal, promised: Promised) -> Reason:
        """Return INSUFFICIENT_CASH where the estimate exceeds the cash that is left."""
        buying = proposal.request.side is Side.BUY
        short = proposal.value + proposal.fee > promised.cash
        return Reason.INSUFFICIENT_CASH if buying and short else Reason.NONE


@dataclass(frozen=True)
class MarginAccount:
    """What is opened, long or short, is covered by its initial margin, `part` of `whole` of its value."""

    part: int
    whole: int

    def refuses(self, proposal: Proposal, promised: Promised) -> Reason:
        """Return INSUFFICIENT_MARGIN where what the order opens needs more margin than is free."""
        held = promised.lots[proposal.request.symbol]
        opened = max(0, abs(held + proposal.request.signed_lots) - abs(held))
        value = half_even(proposal.value * opened, max(1, proposal.request.lots))
        needed = half_even(value * self.part, self.whole) + proposal.fee
        return Reason.INSUFFICIENT_MARGIN if needed > promised.margin else Reason.NONE


CASH_ACCOUNT: tuple[Rule, ...] = (LongOnly(), CashAccount())

"""Limits as small values: each looks at one proposal and what the batch has already promised."""

from dataclasses import dataclass

from app.domain.intents import Side
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


CASH_ACCOUNT: tuple[Rule, ...] = (LongOnly(), CashAccount())

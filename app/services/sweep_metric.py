"""What the sets of a sweep can be ranked by; of each, more is better."""

from enum import StrEnum


class Metric(StrEnum):
    """A figure that ranks sets; a drawdown is negative, so that the smallest loss is the greatest number."""

    SHARPE = "sharpe"
    TOTAL_RETURN = "total_return"
    MAX_DRAWDOWN = "max_drawdown"
    FINAL_EQUITY = "final_equity"

    @property
    def label(self) -> str:
        """Return the name for people."""
        return _LABELS[self]


_LABELS = {
    Metric.SHARPE: "Sharpe ratio",
    Metric.TOTAL_RETURN: "Total return",
    Metric.MAX_DRAWDOWN: "Maximum drawdown",
    Metric.FINAL_EQUITY: "Final equity",
}

"""Which statistics there are: their stable keys, names and units."""

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a statistic counts."""

    FRACTION = "fraction"
    RATIO = "ratio"
    COUNT = "count"
    MONEY = "minor units"
    DAYS = "days"
    TIME = "UTC seconds"


class Group(StrEnum):
    """What a statistic is about, as a heading over it."""

    RETURN = "Return for the risk"
    RISK = "Risk"
    RELATIVE = "Against the benchmark"
    ACTIVITY = "Activity"
    TRADES = "Trades"


@dataclass(frozen=True)
class Statistic:
    """One statistic: its group and stable key, what people call it, and its unit.

    A fraction of 0.05 is 5 %.
    """

    group: Group
    key: str
    label: str
    unit: Unit


STATISTICS = (
    Statistic(Group.RETURN, "total_return", "Total return", Unit.FRACTION),
    Statistic(Group.RETURN, "annual_return", "Annual return", Unit.FRACTION),
    Statistic(Group.RETURN, "volatility", "Volatility", Unit.FRACTION),
    Statistic(Group.RETURN, "downside_deviation", "Downside deviation", Unit.FRACTION),
    Statistic(Group.RETURN, "sharpe", "Sharpe ratio", Unit.RATIO),
    Statistic(Group.RETURN, "probabilistic_sharpe", "Probability of a Sharpe ratio above 0", Unit.FRACTION),
    Statistic(Group.RETURN, "sortino", "Sortino ratio", Unit.RATIO),
    Statistic(Group.RETURN, "calmar", "Calmar ratio", Unit.RATIO),
    Statistic(Group.RETURN, "omega", "Omega ratio", Unit.RATIO),
    Statistic(Group.RISK, "max_drawdown", "Maximum drawdown", Unit.FRACTION),
    Statistic(Group.RISK, "max_drawdown_days", "Maximum drawdown, length", Unit.DAYS),
    Statistic(Group.RISK, "max_drawdown_peak", "Maximum drawdown, peak", Unit.TIME),
    Statistic(Group.RISK, "max_drawdown_trough", "Maximum drawdown, trough", Unit.TIME),
    Statistic(Group.RISK, "max_drawdown_recovery", "Maximum drawdown, recovery", Unit.TIME),
    Statistic(Group.RISK, "var_95", "Value at risk (VaR), 95 %", Unit.FRACTION),
    Statistic(Group.RISK, "cvar_95", "Conditional VaR, 95 %", Unit.FRACTION),
    Statistic(Group.RISK, "var_99", "Value at risk (VaR), 99 %", Unit.FRACTION),
    Statistic(Group.RISK, "cvar_99", "Conditional VaR, 99 %", Unit.FRACTION),
    Statistic(Group.RISK, "best_period", "Best period", Unit.FRACTION),
    Statistic(Group.RISK, "worst_period", "Worst period", Unit.FRACTION),
    Statistic(Group.RISK, "tail_ratio", "Tail ratio", Unit.RATIO),
    Statistic(Group.RISK, "skew", "Skew", Unit.RATIO),
    Statistic(Group.RISK, "kurtosis", "Excess kurtosis", Unit.RATIO),
    Statistic(Group.RELATIVE, "alpha", "Alpha", Unit.FRACTION),
    Statistic(Group.RELATIVE, "beta", "Beta", Unit.RATIO),
    Statistic(Group.RELATIVE, "information_ratio", "Information ratio", Unit.RATIO),
    Statistic(Group.RELATIVE, "treynor", "Treynor ratio", Unit.RATIO),
    Statistic(Group.ACTIVITY, "exposure", "Average exposure", Unit.FRACTION),
    Statistic(Group.ACTIVITY, "time_in_market", "Time in the market", Unit.FRACTION),
    Statistic(Group.ACTIVITY, "turnover", "Annual turnover", Unit.RATIO),
    Statistic(Group.ACTIVITY, "fees", "Fees", Unit.MONEY),
    Statistic(Group.TRADES, "trade_count", "Trades", Unit.COUNT),
    Statistic(Group.TRADES, "win_rate", "Win rate", Unit.FRACTION),
    Statistic(Group.TRADES, "profit_factor", "Profit factor", Unit.RATIO),
    Statistic(Group.TRADES, "expectancy", "Expectancy", Unit.FRACTION),
    Statistic(Group.TRADES, "average_trade", "Average trade", Unit.MONEY),
    Statistic(Group.TRADES, "average_win", "Average win", Unit.MONEY),
    Statistic(Group.TRADES, "average_loss", "Average loss", Unit.MONEY),
    Statistic(Group.TRADES, "largest_win", "Largest win", Unit.MONEY),
    Statistic(Group.TRADES, "largest_loss", "Largest loss", Unit.MONEY),
    Statistic(Group.TRADES, "longest_winning_run", "Longest winning run", Unit.COUNT),
    Statistic(Group.TRADES, "longest_losing_run", "Longest losing run", Unit.COUNT),
    Statistic(Group.TRADES, "average_holding_days", "Average holding", Unit.DAYS),
    Statistic(Group.TRADES, "longest_holding_days", "Longest holding", Unit.DAYS),
    Statistic(Group.TRADES, "average_mae", "Average MAE", Unit.FRACTION),
    Statistic(Group.TRADES, "average_mfe", "Average MFE", Unit.FRACTION),
    Statistic(Group.TRADES, "average_mae_amount", "Average MAE, amount", Unit.MONEY),
    Statistic(Group.TRADES, "average_mfe_amount", "Average MFE, amount", Unit.MONEY),
)

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


@dataclass(frozen=True)
class Statistic:
    """One statistic: its stable key, what people call it, and its unit (a fraction of 0.05 is 5 %)."""

    key: str
    label: str
    unit: Unit


STATISTICS = (
    Statistic("total_return", "Total return", Unit.FRACTION),
    Statistic("annual_return", "Annual return", Unit.FRACTION),
    Statistic("volatility", "Volatility", Unit.FRACTION),
    Statistic("downside_deviation", "Downside deviation", Unit.FRACTION),
    Statistic("sharpe", "Sharpe ratio", Unit.RATIO),
    Statistic("sortino", "Sortino ratio", Unit.RATIO),
    Statistic("calmar", "Calmar ratio", Unit.RATIO),
    Statistic("max_drawdown", "Maximum drawdown", Unit.FRACTION),
    Statistic("max_drawdown_days", "Maximum drawdown, length", Unit.DAYS),
    Statistic("max_drawdown_peak", "Maximum drawdown, peak", Unit.TIME),
    Statistic("max_drawdown_trough", "Maximum drawdown, trough", Unit.TIME),
    Statistic("max_drawdown_recovery", "Maximum drawdown, recovery", Unit.TIME),
    Statistic("best_period", "Best period", Unit.FRACTION),
    Statistic("worst_period", "Worst period", Unit.FRACTION),
    Statistic("exposure", "Average exposure", Unit.FRACTION),
    Statistic("time_in_market", "Time in the market", Unit.FRACTION),
    Statistic("turnover", "Annual turnover", Unit.RATIO),
    Statistic("fees", "Fees", Unit.MONEY),
    Statistic("trade_count", "Trades", Unit.COUNT),
    Statistic("win_rate", "Win rate", Unit.FRACTION),
    Statistic("profit_factor", "Profit factor", Unit.RATIO),
    Statistic("average_trade", "Average trade", Unit.MONEY),
    Statistic("average_win", "Average win", Unit.MONEY),
    Statistic("average_loss", "Average loss", Unit.MONEY),
    Statistic("largest_win", "Largest win", Unit.MONEY),
    Statistic("largest_loss", "Largest loss", Unit.MONEY),
    Statistic("average_holding_days", "Average holding", Unit.DAYS),
)

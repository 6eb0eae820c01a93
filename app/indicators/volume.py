"""What volume says beside the price; volumes are in shares."""

from dataclasses import dataclass
from math import nan

from app.domain.errors import ConfigurationError
from app.indicators.base import Column, Columns, Indicator
from app.indicators.prices import TYPICAL_PRICE
from app.indicators.recurrences import NOISE, exponential_mean


@dataclass(frozen=True)
class OBV(Indicator):
    """The on-balance volume: the sum of volumes, with those of falling closes taken off.

    It begins with the first bar's volume. Source: Granville 1963, "New Key to Stock Market Profits"; TA-Lib's
    OBV. Warm-up: 1 bar.
    """

    inputs = ("closes", "volumes")
    window = 1
    start = (0, 0.0)

    @staticmethod
    def step(
        state: tuple[int, float], row: int, columns: Columns, _params: tuple[()]
    ) -> tuple[tuple[int, float], float]:
        """Add or take off the newest volume."""
        seen, total = state
        volume = columns[1][row]
        if seen == 0 or columns[0][row] > columns[0][row - 1]:
            total += volume
        elif columns[0][row] < columns[0][row - 1]:
            total -= volume
        return (1, total), total


def _money_flow(prices: Column, volumes: Column, row: int) -> float:
    """Return price times volume, negative where the price fell and 0 where it did not move."""
    change = prices[row] - prices[row - 1]
    if abs(change) <= NOISE * (abs(prices[row]) + abs(prices[row - 1])):
        return 0.0
    return prices[row] * volumes[row] if change > 0.0 else -prices[row] * volumes[row]


@dataclass(frozen=True)
class MFI(Indicator):
    """The money flow index: the share of rising typical prices in the money that flowed, 0 to 100.

    100 P / (P + N), the sums of typical price x volume of the last `length` bars that rose and that fell; 0
    if no money flowed. Source: Quong and Soudack 1989, "Volume-Weighted RSI: Money Flow". Warm-up: length + 1
    bars.
    """

    length: int = 14

    inputs = (TYPICAL_PRICE, "volumes")
    start = (0, 0, 0.0, 0.0)

    @property
    def window(self) -> int:
        """Return the length and the price before it."""
        return self.length + 1

    @staticmethod
    def step(
        state: tuple[int, int, float, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, int, float, float], float]:
        """Exchange the oldest flow for the newest in the two sums; bars without a flow are counted."""
        seen, idle, rises, falls = state
        length = params[0]
        seen += 1
        if seen == 1:
            return (seen, idle, rises, falls), nan
        flow = _money_flow(columns[0], columns[1], row)
        gone = _money_flow(columns[0], columns[1], row - length) if seen > length + 1 else 0.0
        rises = max(rises + (max(flow, 0.0) - max(gone, 0.0)), 0.0)
        falls = max(falls + (max(-flow, 0.0) - max(-gone, 0.0)), 0.0)
        idle = idle + 1 if flow == 0.0 else 0
        if idle >= length:  # what is left in the sums is their rounding
            rises = 0.0
            falls = 0.0
        if seen <= length:
            return (seen, idle, rises, falls), nan
        total = rises + falls
        return (seen, idle, rises, falls), (100.0 * (rises / total) if total > 0.0 else 0.0)


@dataclass(frozen=True)
class VWAP(Indicator):
    """The mean of the last `length` typical prices, each weighted with its bar's volume, in price units.

    Sum of TP x volume / sum of volume; the typical price itself if no volume was traded. Source: Berkowitz,
    Logue and Noser 1988, "The Total Cost of Transactions on the NYSE". Warm-up: `length` bars.
    """

    length: int = 20

    inputs = (TYPICAL_PRICE, "volumes")
    start = (0, 0, 0.0, 0.0)

    @staticmethod
    def step(
        state: tuple[int, int, float, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, int, float, float], float]:
        """Exchange the oldest bar for the newest in the two sums; bars without volume are counted."""
        seen, idle, money, traded = state
        length = params[0]
        price, volume = columns[0][row], columns[1][row]
        idle = idle + 1 if volume == 0.0 else 0
        if seen < length:
            seen += 1
            money += price * volume
            traded += volume
        else:
            money += price * volume - columns[0][row - length] * columns[1][row - length]
            traded += volume - columns[1][row - length]
        if idle >= length:  # what is left in the sums is their rounding
            money = 0.0
            traded = 0.0
        if seen < length:
            return (seen, idle, money, traded), nan
        return (seen, idle, money, traded), (money / traded if traded > 0.0 else price)


@dataclass(frozen=True)
class SessionVWAP(Indicator):
    """The volume-weighted mean of typical prices since the UTC day began, in price units.

    Sum of TP x volume / sum of volume; the typical price itself until volume was traded. Bars belong to the
    day in which they start. Source: as for VWAP; TA-Lib's VWAP of each
    day's bars. Warm-up: 1 bar.
    """

    inputs = (TYPICAL_PRICE, "volumes", "days")
    window = 1
    start = (nan, 0.0, 0.0)

    @staticmethod
    def step(
        state: tuple[float, float, float], row: int, columns: Columns, _params: tuple[()]
    ) -> tuple[tuple[float, float, float], float]:
        """Begin anew with a new day."""
        day, money, traded = state
        if columns[2][row] != day:
            money = 0.0
            traded = 0.0
        price, volume = columns[0][row], columns[1][row]
        money += price * volume
        traded += volume
        return (columns[2][row], money, traded), (money / traded if traded > 0.0 else price)


@dataclass(frozen=True)
class AccumulationDistribution(Indicator):
    """The accumulation/distribution line: volumes summed by where the close stands in its bar, in shares.

    Each bar adds ((close - low) - (high - close)) / (high - low) x volume, and nothing if it has no range.
    Source: Chaikin; TA-Lib's AD. Warm-up: 1 bar.
    """

    inputs = ("highs", "lows", "closes", "volumes")
    window = 1
    start = (0.0,)

    @staticmethod
    def step(
        state: tuple[float], row: int, columns: Columns, _params: tuple[()]
    ) -> tuple[tuple[float], float]:
        """Add the newest bar."""
        total = state[0]
        high, low, close = columns[0][row], columns[1][row], columns[2][row]
        if high > low:
            total += ((close - low) - (high - close)) / (high - low) * columns[3][row]
        return (total,), total


@dataclass(frozen=True)
class ChaikinOscillator(Indicator):
    """The momentum of the accumulation/distribution line, in shares; `fast` is less than `slow`.

    EMA(fast) - EMA(slow) of the line, both starting from its first value. Source: Chaikin; TA-Lib's ADOSC.
    Warm-up: `slow` bars.
    """

    fast: int = 3
    slow: int = 10

    inputs = (AccumulationDistribution(),)
    start = (0, 0.0, 0.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.fast >= self.slow:
            raise ConfigurationError(
                f"The fast length of ChaikinOscillator ({self.fast}) must be below the slow ({self.slow}).",
                "Give the shorter length first.",
            )

    @property
    def window(self) -> int:
        """Return the slow length."""
        return self.slow

    @staticmethod
    def step(
        state: tuple[int, float, float], row: int, columns: Columns, params: tuple[int, int]
    ) -> tuple[tuple[int, float, float], float]:
        """Move both averages towards the line."""
        seen, short, long = state
        fast, slow = params
        line = columns[0][row]
        seen += 1
        if seen == 1:
            short = line
            long = line
        short += 2.0 / (fast + 1) * (line - short)
        long += 2.0 / (slow + 1) * (line - long)
        return (seen, short, long), (short - long if seen >= slow else nan)


@dataclass(frozen=True)
class ForceIndex(Indicator):
    """The average force behind price changes, in price units times shares.

    EMA over `length` bars of (close - close[t - 1]) x volume. Source: Elder 1993, "Trading for a Living".
    Warm-up: length + 1 bars.
    """

    length: int = 13

    inputs = ("closes", "volumes")
    start = (0, 0.0)

    @property
    def window(self) -> int:
        """Return the length and the close before the first change."""
        return self.length + 1

    @staticmethod
    def step(
        state: tuple[int, float], row: int, columns: Columns, params: tuple[int]
    ) -> tuple[tuple[int, float], float]:
        """Move the mean towards the newest force."""
        seen, mean = state
        length = params[0]
        seen += 1
        if seen == 1:
            return (seen, mean), nan
        force = (columns[0][row] - columns[0][row - 1]) * columns[1][row]
        mean = exponential_mean(seen - 1, mean, force, length, 2.0 / (length + 1))
        return (seen, mean), (mean if seen > length else nan)

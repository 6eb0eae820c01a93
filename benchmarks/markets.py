"""Made-up minute bars that keep an all-in strategy solvent, the same for every engine that is compared.

A plain random walk would not do: a moving-average crossing pays its commission thousands of times, is ruined
after a few hundred thousand bars, and from there on an engine is measured doing nothing.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

MINUTE = 60_000_000_000
START = 1_577_836_800_000_000_000  # 2020-01-01 UTC
COLUMNS = ("timestamps", "opens", "highs", "lows", "closes", "volumes")

_LOWEST, _HIGHEST = np.log(5_000), np.log(20_000)  # of a close, in cents
_NOISE = 0.003  # standard deviation of a bar's return: wild, so that stops 2 % away are reached
_TREND = (
    0.00022  # standard deviation of the drift: just enough for a crossing of 10 and 50 to earn its commission
)
_STRETCH = 120  # bars until the drift is drawn anew
_GAP = 0.0005  # standard deviation of an open against the close before it


@dataclass(frozen=True)
class Walk:
    """The bars of several symbols as int64 arrays (symbols, bars); `timestamps` (bars,) are shared.

    Timestamps are the starts of bars, nanoseconds UTC; prices are cents; volumes are shares, far more than
    anybody trades.
    """

    timestamps: Int64
    opens: Int64
    highs: Int64
    lows: Int64
    closes: Int64
    volumes: Int64

    @property
    def symbols(self) -> int:
        """Return the number of symbols."""
        return len(self.closes)

    @property
    def bars(self) -> int:
        """Return the number of bars of all symbols together."""
        return self.symbols * len(self.timestamps)

    def save(self, path: Path) -> None:
        """Write the arrays as an uncompressed .npz file."""
        np.savez(path, **{name: getattr(self, name) for name in COLUMNS})

    @classmethod
    def load(cls, path: Path) -> "Walk":
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls(**{name: arrays[name] for name in COLUMNS})


def walk(bars: int, symbols: int = 1, seed: int = 2) -> Walk:
    """Return a walk whose first bars do not depend on its length.

    Returns are normal around a drift that changes every two hours, so that there are trends to follow, and
    the price is reflected at 50 and 200, so that it neither vanishes nor explodes. Opens gap from the close
    before, so that an engine that fills at the close instead of the next open shows it.
    """
    columns = [_symbol(bars, seed, symbol) for symbol in range(symbols)]
    opens, highs, lows, closes, volumes = (np.stack(column) for column in zip(*columns, strict=True))
    timestamps = START + np.arange(bars, dtype=np.int64) * MINUTE
    return Walk(timestamps, opens, highs, lows, closes, volumes)


def _symbol(bars: int, seed: int, symbol: int) -> tuple[Int64, Int64, Int64, Int64, Int64]:
    noise, trend, gap, wick, volume = (np.random.default_rng((seed, symbol, part)) for part in range(5))
    drift = np.repeat(trend.normal(0, _TREND, -(-bars // _STRETCH)), _STRETCH)[:bars]
    path = np.cumsum(noise.normal(0, _NOISE, bars) + drift)
    closes = _cents(_reflected((_LOWEST + _HIGHEST) / 2 + path))
    before = np.concatenate((closes[:1], closes[:-1]))
    opens = _cents(np.log(before) + gap.normal(0, _GAP, bars))
    wicks = wick.integers(0, 6, (bars, 2))
    highs = np.maximum(opens, closes) + wicks[:, 0]
    lows = np.minimum(opens, closes) - wicks[:, 1]
    return opens, highs, lows, closes, volume.integers(5_000_000, 10_000_000, bars)


def _cents(logarithms: NDArray[np.float64]) -> Int64:
    return np.rint(np.exp(logarithms)).astype(np.int64)


def _reflected(path: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a path folded into the band of prices, as light is between two mirrors."""
    width = _HIGHEST - _LOWEST
    folded: NDArray[np.float64] = _HIGHEST - np.abs((path - _LOWEST) % (2 * width) - width)
    return folded

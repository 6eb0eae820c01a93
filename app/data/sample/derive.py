"""Derives the shipped sample from its source: `python -m app.data.sample.derive --source stocks.csv.gz`.

The source holds raw prices and a close that was adjusted backwards by

    adjusted[i - 1] / adjusted[i] = close[i - 1] / (split * (close[i] + dividend))

which is how Quandl's WIKI database did it: the dividend is reinvested at the close of the ex-date. Solved
for the dividend, every value of the source lies within 1e-9 of a whole number of cents.
"""

import argparse
import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np

from app.data.sample.layout import ACTIONS_FILE, BARS_FILE, FOLDER, PRICE_DECIMALS, RECORD, SYMBOLS
from app.domain.errors import InputError
from app.domain.money import half_even

# New shares per old share, from the companies' own announcements.
SPLITS = {
    ("AAPL", "2000-06-21"): 2,
    ("AAPL", "2005-02-28"): 2,
    ("MSFT", "2003-02-18"): 2,
}
_NOISE = Fraction(1, 10**9)  # what the source's thirteen significant digits leave uncertain, a hundredfold
_LARGEST_YIELD = Fraction(1, 5)  # a step beyond this is a split that nobody listed


@dataclass(frozen=True)
class SourceBar:
    """One row of the source, its prices as written."""

    day: str
    prices: tuple[str, str, str, str]
    volume: str
    adjusted_close: str

    @property
    def close(self) -> Fraction:
        """Return the raw close."""
        return Fraction(self.prices[3])


def read_source(path: Path) -> dict[str, list[SourceBar]]:
    """Return the source's rows of the shipped symbols, by symbol, oldest first.

    Raises InputError when the file cannot be read or lacks one of the symbols.
    """
    bars: dict[str, list[SourceBar]] = {symbol: [] for symbol in SYMBOLS}
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["Ticker"] in bars:
                    bars[row["Ticker"]].append(_source_bar(row))
    except (OSError, EOFError, KeyError, UnicodeDecodeError) as e:
        raise InputError(
            f"{path} cannot be read as the sample's source: {e}.",
            "Give the file stocks.csv.gz of the package bokeh-sampledata.",
        ) from e
    for symbol, rows in bars.items():
        if not rows:
            raise InputError(f"{path} holds no rows of {symbol}.")
    return bars


def _source_bar(row: Mapping[str, str]) -> SourceBar:
    prices = (row["Open"], row["High"], row["Low"], row["Close"])
    return SourceBar(row["Date"], prices, row["Volume"], row["Adj Close"])


def dividends(symbol: str, bars: Sequence[SourceBar]) -> list[tuple[str, Decimal]]:
    """Return the ex-dates and amounts per share that the adjusted close implies.

    Raises InputError for a step of the adjusted close that is neither a listed split nor a whole number of
    cents of at most a fifth of the price.
    """
    found = []
    for before, bar in pairwise(bars):
        step = Fraction(bar.adjusted_close) / Fraction(before.adjusted_close)
        amount = step * before.close / SPLITS.get((symbol, bar.day), 1) - bar.close
        cents = half_even(amount.numerator * 100, amount.denominator)
        plausible = 0 <= cents <= bar.close * _LARGEST_YIELD * 100
        if not plausible or abs(amount - Fraction(cents, 100)) > _NOISE:
            raise InputError(f"{symbol} {bar.day}: the adjusted close steps by {float(amount)} a share.")
        if cents:
            found.append((bar.day, Decimal(cents).scaleb(-2)))
    return found


def encode_bars(source: Mapping[str, Sequence[SourceBar]]) -> bytes:
    """Return the bars as a .npy file: days since 1970-01-01, prices in 0.0001, volumes in shares."""
    rows = [
        (symbol.encode("ascii"), _day_number(bar.day), *map(_units, bar.prices), int(bar.volume))
        for symbol in SYMBOLS
        for bar in source[symbol]
    ]
    encoded = io.BytesIO()
    np.lib.format.write_array(encoded, np.array(rows, dtype=RECORD), version=(1, 0), allow_pickle=False)
    return encoded.getvalue()


def encode_actions(source: Mapping[str, Sequence[SourceBar]]) -> bytes:
    """Return splits (new shares:old shares) and dividends (dollars a share) as CSV, by ex-date."""
    rows = [(day, symbol, "split", f"{ratio}:1") for (symbol, day), ratio in SPLITS.items()]
    for symbol in SYMBOLS:
        rows += [(day, symbol, "dividend", str(amount)) for day, amount in dividends(symbol, source[symbol])]
    lines = [("ex_date", "symbol", "kind", "value"), *sorted(rows)]
    return "".join(",".join(line) + "\n" for line in lines).encode("ascii")


def _day_number(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def _units(price: str) -> int:
    units = Decimal(price).scaleb(PRICE_DECIMALS)
    if units != int(units):
        raise InputError(f"The price {price} has more than {PRICE_DECIMALS} decimals.")
    return int(units)


def main(arguments: Iterable[str] | None = None) -> None:
    """Write both files of the sample; raises InputError when the source is not what it was."""
    parser = argparse.ArgumentParser(description="Derive the shipped sample from its source.")
    parser.add_argument("--source", type=Path, required=True, help="stocks.csv.gz of bokeh-sampledata")
    parser.add_argument("--into", type=Path, default=FOLDER, help="folder to write to")
    options = parser.parse_args(None if arguments is None else list(arguments))
    source = read_source(options.source)
    (options.into / BARS_FILE).write_bytes(encode_bars(source))
    (options.into / ACTIONS_FILE).write_bytes(encode_actions(source))


if __name__ == "__main__":
    main()

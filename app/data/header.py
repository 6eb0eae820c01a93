"""Which column of a file is what: names in any case, common synonyms, what is ignored."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.data.notices import Notices
from app.data.text import shown
from app.domain.errors import InputError

PRICES = ("open", "high", "low", "close")
_SYNONYMS = {"date": "timestamp", "datetime": "timestamp", "time": "timestamp"}
_ADJUSTED_CLOSE = frozenset({"adj close", "adjclose", "adjusted close"})
_KNOWN = frozenset({"timestamp", "symbol", *PRICES, "volume"})
_LISTED = 8


@dataclass(frozen=True)
class Layout:
    """The places of the columns in a file of `width` columns; `symbol` and `volume` may be absent (None)."""

    width: int
    timestamp: int
    prices: tuple[int, int, int, int]
    volume: int | None
    symbol: int | None

    @property
    def numbers(self) -> dict[str, int]:
        """Return the places of the columns that hold numbers, by name."""
        places = dict(zip(PRICES, self.prices, strict=True))
        return places if self.volume is None else {**places, "volume": self.volume}


def read_header(names: Sequence[str], place: str, notices: Notices) -> Layout:
    """Return the layout that the column names describe, and note the columns that are ignored.

    Raises InputError when a column is missing or two columns are the same.
    """
    found: dict[str, int] = {}
    ignored = []
    for position, name in enumerate(names):
        plain = " ".join(name.lower().replace("_", " ").split())
        meaning = _SYNONYMS.get(plain, plain)
        if meaning in found:
            raise InputError(
                f"{place}: the columns {_listed([names[found[meaning]], name])} both hold the {meaning}.",
                "Keep one of them; a date and a time of day belong into one column.",
            )
        if meaning in _KNOWN:
            found[meaning] = position
        elif plain in _ADJUSTED_CLOSE:
            notices.add(place, f"the column {shown(name)} is ignored: prices are used as they were traded.")
        elif plain:
            ignored.append(name)
    missing = [name for name in ("timestamp", *PRICES) if name not in found]
    if missing:
        raise InputError(
            f"{place}: the header has no column {', '.join(missing)}; it has {_listed(names)}.",
            "The first line must be like timestamp,open,high,low,close,volume, separated by commas.",
        )
    if ignored:
        notices.add(place, f"the columns {_listed(ignored)} are ignored.")
    opens, highs, lows, closes = (found[name] for name in PRICES)
    return Layout(
        len(names), found["timestamp"], (opens, highs, lows, closes), found.get("volume"), found.get("symbol")
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(shown(name) for name in names[:_LISTED]) + more

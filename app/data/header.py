"""Which column of a file is what: names in any case, common synonyms, what is ignored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

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
    """The places of the columns in a file of `width` columns; `symbol` and `volume` may be absent (None).

    `extras` are the extra columns that are wanted, by name; `lacking` those of them that the file lacks.
    """

    width: int
    timestamp: int
    prices: tuple[int, int, int, int]
    volume: int | None
    symbol: int | None
    extras: Mapping[str, int] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()

    @property
    def numbers(self) -> dict[str, int]:
        """Return the places of the columns that hold numbers, by name."""
        places = dict(zip(PRICES, self.prices, strict=True))
        return places if self.volume is None else {**places, "volume": self.volume}


def plain_name(name: str) -> str:
    """Return a column's name in the form in which names are compared: any case, underscore or blank."""
    return " ".join(name.lower().replace("_", " ").split())


def is_known(name: str) -> bool:
    """Say whether a column of this name has a meaning of its own."""
    plain = plain_name(name)
    return _SYNONYMS.get(plain, plain) in _KNOWN


def read_header(
    names: Sequence[str], place: str, notices: Notices, extra_columns: Sequence[str] = ()
) -> Layout:
    """Return the layout that the column names describe, and note the columns that are ignored.

    Raises InputError when a column is missing or two columns are the same.
    """
    found: dict[str, int] = {}
    wanted = {plain_name(name) for name in extra_columns}
    ignored = []
    for position, name in enumerate(names):
        plain = plain_name(name)
        meaning = _SYNONYMS.get(plain, plain)
        if meaning in found:
            raise InputError(
                f"{place}: the columns {_listed([names[found[meaning]], name])} both hold the {meaning}.",
                "Keep one of them; a date and a time of day belong into one column.",
            )
        if meaning in _KNOWN or plain in wanted:
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
        len(names),
        found["timestamp"],
        (opens, highs, lows, closes),
        found.get("volume"),
        found.get("symbol"),
        {name: found[plain_name(name)] for name in extra_columns if plain_name(name) in found},
        tuple(name for name in extra_columns if plain_name(name) not in found),
    )


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(shown(name) for name in names[:_LISTED]) + more

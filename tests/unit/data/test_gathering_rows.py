"""Rows of many symbols, parted by symbol without losing their order or their places."""

from collections.abc import ItemsView

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.data.gathering import Batch, Gathering, Places
from app.data.text import Text

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-001")]


class Counted(dict[str, Text]):
    """Columns that count how often they are gone through."""

    uses = 0

    def items(self) -> ItemsView[str, Text]:
        self.uses += 1
        return super().items()


def text(fields: list[str]) -> Text:
    ends = np.cumsum([len(field) + 1 for field in fields]) - 1
    starts = ends - [len(field) for field in fields]
    return Text(np.frombuffer((",".join(fields) + ",").encode(), np.uint8), starts, ends)


def batch(symbols: list[str]) -> Batch:
    """Return rows whose prices and times are the row's number, in lines two and following."""
    numbers = np.arange(len(symbols))
    prices = text([str(number) for number in numbers.tolist()])
    columns = Counted(open=prices, high=prices, low=prices, close=prices)
    return Batch(Places("all.csv", "line", numbers + 2), numbers, columns, text(symbols))


@given(st.lists(st.sampled_from(["A", "B", "BB", "C"]), min_size=1), st.sets(st.sampled_from("ABC")))
def test_each_wanted_symbol_gets_its_own_rows_in_their_order(symbols: list[str], wanted: set[str]) -> None:
    gathering = Gathering(wanted)
    gathering.add(batch(symbols))
    expected = {
        name: [row for row, symbol in enumerate(symbols) if symbol == name] for name in wanted & set(symbols)
    }
    assert {name: parts[0].timestamps.tolist() for name, parts in gathering.rows.items()} == expected
    for name, (part,) in gathering.rows.items():
        assert part.prices["close"].mantissas.tolist() == expected[name]
        assert part.places.numbers.tolist() == [row + 2 for row in expected[name]]
    assert gathering.available == set(symbols)


def test_a_batch_is_parsed_once_however_many_symbols_it_holds() -> None:
    symbols = [f"S{number}" for number in range(500)]
    rows, gathering = batch(symbols), Gathering(symbols)
    gathering.add(rows)
    assert list(gathering.rows) == sorted(symbols)
    assert isinstance(rows.columns, Counted)
    assert rows.columns.uses == 1

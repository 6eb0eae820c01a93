"""Headers: names in any case, synonyms, what is ignored and what is refused."""

import pytest

from app.data.header import read_header
from app.data.notices import Notices
from app.domain.errors import InputError

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-018")]


@pytest.mark.parametrize("name", ["timestamp", "Date", "DATETIME", " time "])
def test_the_time_has_synonyms_and_names_are_read_in_any_case(name: str) -> None:
    layout = read_header(["Symbol", name, "OPEN", "High", "low", "Close", "Volume"], "prices.csv", Notices())
    assert (layout.symbol, layout.timestamp, layout.prices, layout.volume) == (0, 1, (2, 3, 4, 5), 6)


def test_volume_and_symbol_may_be_absent() -> None:
    layout = read_header(["close", "low", "high", "open", "date"], "prices.csv", Notices())
    assert (layout.symbol, layout.timestamp, layout.prices, layout.volume) == (None, 4, (3, 2, 1, 0), None)


@pytest.mark.parametrize("name", ["Adj Close", "adj_close", "ADJUSTED_CLOSE", "adjusted close", "AdjClose"])
def test_an_adjusted_close_is_ignored_with_a_notice(name: str) -> None:
    notices = Notices()
    read_header(["date", "open", "high", "low", "close", name], "prices.csv", notices)
    (notice,) = notices.lines()
    assert notice == f"prices.csv: the column '{name}' is ignored: prices are used as they were traded."


def test_other_columns_are_ignored_with_one_notice() -> None:
    notices = Notices()
    read_header(["date", "open", "high", "low", "close", "vwap", "", "x\x1b[31m"], "prices.csv", notices)
    assert notices.lines() == ("prices.csv: the columns 'vwap', 'x\\x1b[31m' are ignored.",)


def test_a_missing_column_is_named_and_what_there_is_is_listed() -> None:
    with pytest.raises(
        InputError, match=r"prices.csv: the header has no column timestamp, low; it has 'open'"
    ):
        read_header(["open", "high", "close"], "prices.csv", Notices())


def test_two_columns_for_one_meaning_are_refused() -> None:
    with pytest.raises(InputError, match="'date', 'time' both hold the timestamp"):
        read_header(["date", "time", "open", "high", "low", "close"], "prices.csv", Notices())


def test_a_notice_about_many_files_is_said_once() -> None:
    notices = Notices()
    for file in ("a.csv", "b.csv", "c.csv"):
        notices.add(file, "times without an offset are taken as UTC.")
    assert notices.lines() == ("a.csv and 2 more: times without an offset are taken as UTC.",)

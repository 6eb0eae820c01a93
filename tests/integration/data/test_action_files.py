"""Corporate actions from a file: splits, dividends and delistings beside bars of CSV files."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from app.data.sources import BUILTIN
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.ports import DataRequest, Delisting, Dividend, MarketData, Split

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-001")]

Write = Callable[[str, str], Path]
DAY = Timeframe.D1.nanoseconds
JAN_1 = 19_723 * DAY  # 2024-01-01
BARS = "timestamp,open,high,low,close\n" + "".join(f"2024-01-0{day},10,11,9,10\n" for day in range(1, 6))
HEADER = "ex_date,symbol,kind,value,pay_date\n"


@pytest.fixture
def load(write: Write) -> Callable[..., MarketData]:
    """Load X, and Y if wanted, with these lines of actions."""

    def loaded(lines: str, *, header: str = HEADER, symbols: tuple[str, ...] = ("X",)) -> MarketData:
        for symbol in symbols:
            write(f"bars/{symbol}.csv", BARS)
        actions = write("bars/actions.csv", header + lines)
        folder = str(actions.parent)
        return BUILTIN["csv"](DataRequest(symbols, path=folder, actions=str(actions), currency="EUR"))

    return loaded


def test_each_kind_is_read_and_a_pay_date_may_be_left_out(load: Callable[..., MarketData]) -> None:
    market = load(
        "2024-01-03,X,split,2:1,\n"
        "2024-01-02,X,Dividend,0.25,2024-01-04\n"
        "2024-01-04,X,dividend,0.50,\n"
        "2024-01-08,X,delisting,0.40,\n"
        "2024-01-03,OTHER,split,nonsense,\n"
    )
    assert market.actions == (
        Dividend("X", JAN_1 + DAY, JAN_1 + 3 * DAY, Decimal("0.25"), "EUR"),
        Split("X", JAN_1 + 2 * DAY, 2, 1),
        Dividend("X", JAN_1 + 3 * DAY, JAN_1 + 3 * DAY, Decimal("0.50"), "EUR"),
        Delisting("X", JAN_1 + 7 * DAY, Decimal("0.40")),
    )


def test_a_delisting_without_a_value_pays_the_last_close(load: Callable[..., MarketData]) -> None:
    market = load("2024-01-08,X,delisting,\n", header="ex_date,symbol,kind,value\n")
    assert market.actions == (Delisting("X", JAN_1 + 7 * DAY, None),)


def test_the_hash_of_the_data_covers_a_delisting_and_its_price(load: Callable[..., MarketData]) -> None:
    lines = ("", "2024-01-08,X,delisting,,\n", "2024-01-08,X,delisting,1,\n", "2024-01-09,X,delisting,1,\n")
    assert len({load(line).digest for line in lines}) == len(lines)


def test_a_symbol_with_bars_on_its_delisting_is_refused(load: Callable[..., MarketData]) -> None:
    with pytest.raises(InputError, match="X is delisted on 2024-01-05, but has a bar of 2024-01-05"):
        load("2024-01-05,X,delisting,,\n")


def test_a_symbol_is_delisted_once(load: Callable[..., MarketData]) -> None:
    with pytest.raises(InputError, match="X is delisted twice"):
        load("2024-01-08,X,delisting,,\n2024-01-09,X,delisting,,\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2024-01-03,X,merger,1,", "line 2: the kind 'merger' is not split, dividend or delisting"),
        ("2024-01-03,X,split,2,", "line 2: the split '2' is not like 2:1"),
        ("2024-01-03,X,split,0:1,", "the split '0:1'"),
        ("2024-01-03,X,split,2:1:1,", "the split '2:1:1'"),
        ("2024-01-03,X,dividend,,", "the value '' is not a number"),
        ("2024-01-03,X,dividend,-1,", "is not an amount of money"),
        ("2024-01-03,X,dividend,NaN,", "is not an amount of money"),
        ("2024-01-03,X,dividend,1e20,", "is not an amount of money"),
        ("soon,X,split,2:1,", "line 2: ex_date 'soon' is not a date or time"),
        (",X,split,2:1,", "line 2: ex_date '' is not a date or time"),
        ("2024-01-03,X,dividend,1,later", "line 2: pay_date 'later' is not a date or time"),
        ("2024-01-03,X,split", "line 2: it has 3 fields, the header has 5"),
        ('2024-01-03,X,split,"2:1', "line 2: unexpected end of data"),
    ],
)
def test_a_line_that_means_nothing_is_named(load: Callable[..., MarketData], line: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        load(line + "\n")


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("ex_date,symbol,kind\n", "the header lacks value"),
        ("ex_date,symbol,kind,value,note\n", "the header has 'note', unknown or twice"),
        ("", "the header lacks ex_date, symbol, kind, value"),
    ],
)
def test_a_header_of_something_else_is_refused(
    load: Callable[..., MarketData], header: str, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        load("", header=header)


def test_a_file_that_is_not_there_is_named(write: Write) -> None:
    path = write("X.csv", BARS)
    with pytest.raises(InputError, match=r"nowhere.csv' cannot be read"):
        BUILTIN["csv"](DataRequest(("X",), path=str(path), actions="nowhere.csv"))


def test_a_file_of_another_encoding_is_refused(write: Write) -> None:
    path = write("X.csv", BARS)
    latin = path.with_name("actions.csv")
    latin.write_bytes(HEADER.encode() + "2024-01-03,Ä,split,2:1,\n".encode("latin-1"))
    with pytest.raises(InputError, match="is not UTF-8 text"):
        BUILTIN["csv"](DataRequest(("X",), path=str(path), actions=str(latin)))

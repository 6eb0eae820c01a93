"""Bad input: each case ends with one error that names the file, the line and what to do."""

import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from app.data.sources import BUILTIN
from app.domain.errors import InputError
from app.ports import DataRequest, MarketData

pytestmark = [
    pytest.mark.integration,
    pytest.mark.requirement("SYS-018"),
    pytest.mark.requirement("SYS-010"),
]

Write = Callable[[str, str], Path]
HEADER = "timestamp,open,high,low,close,volume\n"
GOOD = "2024-01-01,10,11,9,10,100\n"


def load(path: Path | str, **fields: object) -> MarketData:
    return BUILTIN["csv"](DataRequest(("X",), path=str(path), **fields))


BAD_ROWS = {
    "2024-01-02,10,11,9,10": "line 3: it has 5 fields, the header has 6.",
    "2024-01-02,10,11,9,10,100,7": "line 3: it has 7 fields, the header has 6.",
    "2024-01-02": "line 3: it has 1 fields, the header has 6.",
    "   ": "line 3: it has 1 fields, the header has 6.",
    "soon,10,11,9,10,100": "line 3: time 'soon' is not a date or time.",
    "2024-02-30,10,11,9,10,100": "line 3: time '2024-02-30' is not a date or time",
    "2024-01-02,ten,11,9,10,100": "line 3: open 'ten' is not a number.",
    "2024-01-02,10,11,9,,100": "line 3: close is empty.",
    "2024-01-02,10,NaN,9,10,100": "line 3: high 'NaN' is not a number.",
    "2024-01-02,10,inf,9,10,100": "line 3: high 'inf' is not a number.",
    '2024-01-02,10,"1,100",9,10,100': "line 3: a field holds a comma.",
    '2024-01-02,10,"11,9,10,100': "line 3: unexpected end of data.",
    "2024-01-02,10,8,9,10,100": "line 3: the high is below the low.",
    "2024-01-02,12,11,9,10,100": "line 3: the open is not between low and high.",
    "2024-01-02,10,11,9,8.99,100": "line 3: the close is not between low and high.",
    "2024-01-02,10,11,0,10,100": "line 3: the low is not above zero in whole ticks.",
    "2024-01-02,-10,-9,-11,-10,100": "line 3: the open is not above zero in whole ticks.",
    "2024-01-02,10,11,9,10,-1": "line 3: volume is below zero.",
    "2024-01-01,10,11,9,10,100": "line 3: the time is the same as in ",
    "2023-12-31,10,11,9,10,100": "line 3: the time is before that of ",
    "2024-01-02T00:00:00+05:30,10,11,9,10,100": "line 3: time has another offset from UTC",
    f"2024-01-02,10,{'1' * 40},9,10,100": f"line 3: high '{'1' * 40}' has more than 18 digits.",
    "2024-01-02,10,1e14,9,10.00000001,100": "line 3: high does not fit 64 bits in steps of 0.00000001.",
    "2024-01-02,10,11,9,10,\x1b[31m": r"line 3: volume '\x1b[31m' is not a number.",
    "2024-01-02,\uff11\uff10,11,9,10,100": "line 3: open '\uff11\uff10' is not a number.",
    "2024-01-02,10,11,9,0.\uff10\uff11,100": "line 3: close '0.\uff10\uff11' is not a number.",
    "2024-01-02,10,1_000,9,10,100": "line 3: high '1_000' is not a number.",
    "2024-01-02,10,11,9,10,1_000": "line 3: volume '1_000' is not a number.",
    "202\uff14-01-02,10,11,9,10,100": "line 3: time '202\uff14-01-02' is not a date or time.",
    "2024-01-02T1_:00:00Z,10,11,9,10,100": "line 3: time '2024-01-02T1_:00:00Z' is not a date or time.",
    "2024-01-02,10,11,9,10,1\x0000": r"line 3: volume '1\x0000' is not a number.",
}


@pytest.mark.parametrize(("row", "problem"), BAD_ROWS.items(), ids=BAD_ROWS.values())
def test_a_bad_row_is_named(write: Write, row: str, problem: str) -> None:
    path = write("X.csv", HEADER + GOOD + row + "\n" + GOOD.replace("01-01", "01-03"))
    with pytest.raises(InputError) as caught:
        load(path)
    assert caught.value.problem.startswith(f"{path}, {problem}")
    assert caught.value.remedy


def test_lines_are_counted_with_blank_ones_and_across_blocks(write: Write) -> None:
    rows = [
        f"{1700 + day // 336:04}-{1 + day // 28 % 12:02}-{1 + day % 28:02},5,5,5,5,1" for day in range(60_000)
    ]
    rows[50_000] = "\r\n" + rows[50_000].replace(",5,5,5,5", ",5,5,x,5")
    with pytest.raises(InputError, match=r"X.csv, line 50003: low 'x' is not a number"):
        load(write("X.csv", HEADER + "\n".join(rows)))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (HEADER, "has a header but no rows"),
        (HEADER + "\n\r\n", "has a header but no rows"),
        ("date,open,high,low\n2024-01-01,1,1,1\n", "the header has no column close"),
        (GOOD, "the header has no column timestamp, open, high, low, close"),
        (HEADER.replace(",", ";"), "the header has no column"),
        ("date," + HEADER + "2024-01-01," + GOOD, "'date', 'timestamp' both hold the timestamp"),
        ('"' + HEADER, "line 1: unexpected end of data"),
    ],
)  # fmt: skip
def test_a_file_without_bars_is_refused(write: Write, text: str, problem: str) -> None:
    path = write("X.csv", text)
    with pytest.raises(InputError, match=f"X.csv.* {problem}"):
        load(path)


@pytest.mark.parametrize("symbol", ["", "  ", "S" * 65, "X\0", "\0X", "X\0\0Y", "\0"])
def test_a_bad_symbol_is_refused(write: Write, symbol: str) -> None:
    path = write(
        "all.csv", f"symbol,date,open,high,low,close\nX,2024-01-01,1,1,1,1\n{symbol},2024-01-02,1,1,1,1\n"
    )
    with pytest.raises(InputError, match="line 3: symbol "):
        load(path)


def test_blanks_around_a_symbol_do_not_count(write: Write) -> None:
    rows = "X,2024-01-01,5,5,5,5\n X,2024-01-02,6,6,6,6\nX ,2024-01-03,7,7,7,7\nX,2024-01-04,8,8,8,8\n"
    market = load(write("all.csv", "symbol,date,open,high,low,close\n" + rows))
    assert market.series["X"].closes.tolist() == [5, 6, 7, 8]


def test_a_bad_row_is_named_among_rows_of_many_symbols(write: Write) -> None:
    rows = [f"{symbol},2024-01-{day:02},5,5,5,5" for day in range(1, 29) for symbol in ("B", "X", "A")]
    rows[40] += "x"  # B, X, A: the second of the fourteenth day
    with pytest.raises(InputError, match=r"all.csv, line 42: close '5x' is not a number"):
        load(write("all.csv", "symbol,date,open,high,low,close\n" + "\n".join(rows)))
    rows[40], rows[43] = rows[40].removesuffix("x"), rows[40].removesuffix("x")
    with pytest.raises(InputError, match=r"all.csv, line 45: the time is the same as in .*, line 42"):
        load(write("all.csv", "symbol,date,open,high,low,close\n" + "\n".join(rows)))


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_text_that_is_not_utf8_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "X.csv"
    path.write_bytes((HEADER.replace("\n", ",größe\n") + GOOD.replace("\n", ",1\n")).encode(encoding))
    with pytest.raises(InputError, match=r"X.csv, line 1: this is not UTF-8 text"):
        load(path)


def test_the_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "X.csv"
    path.write_bytes((HEADER + GOOD).encode() + b"2024-01-02,\xff,1,1,1,1\n")
    with pytest.raises(InputError, match=r"X.csv, line 3: this is not UTF-8 text"):
        load(path)


@pytest.mark.parametrize("start", [b"", HEADER.encode(), (HEADER + GOOD).encode()])
def test_a_huge_line_is_refused_before_it_is_read(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "X.csv"
    with path.open("wb") as file:
        file.write(start)
        for _ in range(64):
            file.write(b"9" * (1 << 20))
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=r"X.csv, line \d: the line is longer than 64 KiB"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 16 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("start", [b"", HEADER.encode()])
def test_a_long_line_inside_a_block_is_refused_too(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "X.csv"
    path.write_bytes(start + b"9" * 100_000 + b"\n" + GOOD.encode())
    with pytest.raises(InputError, match=r"X.csv, line \d: the line is longer than 64 KiB"):
        load(path)


def test_a_price_that_the_tick_rounds_to_zero_is_refused(write: Write) -> None:
    path = write("X.csv", HEADER + "2024-01-01,0.01,0.01,0.001,0.01,1\n")
    with pytest.raises(InputError, match="line 2: the low is not above zero in whole ticks"):
        load(path, tick=Decimal("0.01"))


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("", "data.path is empty"),
        ("  ", "data.path is empty"),
        ("nowhere.csv", "names no .csv file"),
        ("nothing/*.csv", "names no .csv file"),
        ("a\x00b.csv", r"'a\\x00b.csv' "),
        ("x" * 5000, "(names no .csv file|cannot be read)"),
    ],
)
def test_a_path_that_names_nothing_is_refused(path: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        load(path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"names no \.csv file"):
        load(tmp_path)

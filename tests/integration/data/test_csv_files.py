"""CSV files as users have them: what is accepted, and what comes out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.data.sources import BUILTIN
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.ports import DataRequest, MarketData

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-001")]

Write = Callable[[str, str], Path]
DAY = Timeframe.D1.nanoseconds
JAN_1 = 19_723 * DAY  # 2024-01-01
HEADER = "timestamp,open,high,low,close,volume\n"
ROWS = "2024-01-01,10,11.5,9.25,11,100\n2024-01-02,11,12,10,10.50,200\n"


def load(path: Path | str, *symbols: str, **fields: object) -> MarketData:
    return BUILTIN["csv"](DataRequest(symbols or ("X",), path=str(path), **fields))


def test_a_plain_file_gives_exact_ticks_and_its_stem_is_the_symbol(write: Write) -> None:
    market = load(write("X.csv", HEADER + ROWS))
    series = market.series["X"]
    assert series.instrument.tick == Decimal("0.01")
    assert series.timestamps.tolist() == [JAN_1, JAN_1 + DAY]
    assert series.opens.tolist() == [1000, 1100]
    assert series.highs.tolist() == [1150, 1200]
    assert series.lows.tolist() == [925, 1000]
    assert series.closes.tolist() == [1100, 1050]
    assert series.volumes.tolist() == [100, 200]
    assert series.flags.tolist() == [0, 0]
    assert (series.has_volume, series.timeframe, market.notices) == (True, Timeframe.D1, ())


@pytest.mark.parametrize(
    "text",
    [
        (HEADER + ROWS).replace("\n", "\r\n"),
        "\ufeff" + HEADER + ROWS,
        HEADER + ROWS.rstrip("\n"),
        HEADER + ROWS.replace("\n", "\n\n") + "\r\n\n",
        HEADER + ROWS.replace(",", ", "),
        (HEADER + ROWS).replace("2024-01-01", '"2024-01-01"').replace(",100", ',"100"'),
        "\n".join(",".join(f'"{field}"' for field in line.split(",")) for line in (HEADER + ROWS).split()),
        (HEADER + ROWS).replace("\n", ',"a, b"\n').replace('volume,"a, b"', "volume,note"),
        HEADER + ROWS.replace("11.5", "1.15e1").replace(",100", ",+100"),
    ],
    ids=[
        "crlf",
        "bom",
        "no newline",
        "blank lines",
        "spaces",
        "some quoted",
        "all quoted",
        "commas",
        "exponent",
    ],
)
def test_the_same_bars_come_out_however_the_file_is_written(write: Write, text: str) -> None:
    plain = load(write("plain/X.csv", HEADER + ROWS))
    assert load(write("X.csv", text)).digest == plain.digest


def test_a_symbol_column_holds_several_symbols_in_any_mixture(write: Write) -> None:
    path = write(
        "all.csv",
        "date,symbol,close,open,high,low\n"
        "2024-01-01,B,2,2,2,2\n2024-01-01,A,1.5,1.5,1.5,1.5\n2024-01-02,A,1,1,1,1\n2024-01-02,É,9,9,9,9\n",
    )
    market = load(path, "A", "É")
    assert list(market.series) == ["A", "É"]
    assert market.series["A"].closes.tolist() == [15, 10]
    assert market.series["A"].instrument.tick == Decimal("0.1")
    assert not market.series["A"].has_volume
    assert market.series["É"].instrument.tick == Decimal(1)


def test_rows_of_other_symbols_may_hold_anything_in_their_numbers(write: Write) -> None:
    path = write("all.csv", "date,symbol,open,high,low,close\n2024-01-01,A,1,1,1,1\n2024-01-01,B,x,,,\n")
    assert load(path, "A").bars == 1


def test_a_folder_gives_its_own_csv_files_and_nothing_below(write: Write) -> None:
    folder = write("prices/X.CSV", HEADER + ROWS).parent
    write("prices/Y.csv", HEADER + ROWS)
    write("prices/notes.txt", "not bars")
    write("prices/deeper/Z.csv", HEADER + ROWS)
    (folder / "odd.csv").mkdir()
    assert list(load(folder, "Y", "X").series) == ["Y", "X"]
    with pytest.raises(InputError, match=r"Z is not in the data\.\nSet data.symbols to some of: X, Y\."):
        load(folder, "Z")


def test_a_pattern_gives_what_it_matches(write: Write) -> None:
    folder = write("X.csv", HEADER + ROWS).parent
    write("Y.csv", HEADER + ROWS)
    assert load(folder / "[XZ].csv").bars == 2
    with pytest.raises(InputError, match="Y is not in the data"):
        load(folder / "X*.csv", "Y")


def test_files_that_share_a_symbol_are_read_one_after_the_other(write: Write) -> None:
    header = "symbol,date,open,high,low,close,volume\n"
    folder = write("2023.csv", header + "X,2023-12-29,1,1,1,1,5\n").parent
    write("2024.csv", header + "X,2024-01-02,2,2,2,2,5\n")
    assert load(folder).series["X"].closes.tolist() == [1, 2]
    write("2025.csv", header + "X,2024-01-02,2,2,2,2,5\n")
    with pytest.raises(
        InputError, match=r"2025.csv, line 2: the time is the same as in .*2024.csv, line 2\."
    ):
        load(folder)


def test_files_of_unwanted_symbols_are_not_read(write: Write) -> None:
    folder = write("X.csv", HEADER + ROWS).parent
    write("broken.csv", HEADER + "what,is,this\n")
    assert load(folder).bars == 2


def test_a_given_tick_rounds_half_to_even_and_says_so(write: Write) -> None:
    market = load(write("X.csv", HEADER + "2024-01-01,10.125,10.2,10.1,10.135,1\n"), tick=Decimal("0.01"))
    assert (market.series["X"].opens[0], market.series["X"].closes[0]) == (1012, 1014)
    assert market.notices == ("X: 2 prices were rounded to the tick 0.01; the largest change was 0.005.",)


def test_an_automatic_tick_is_never_finer_than_a_hundred_millionth(write: Write) -> None:
    market = load(write("X.csv", HEADER + "2024-01-01,1.0000000012,2,1,1.5,0.1234567891\n"))
    assert market.series["X"].instrument.tick == market.series["X"].instrument.lot == Decimal("1e-8")
    assert market.notices == (
        "X: 1 prices were rounded to the tick 0.00000001; the largest change was 0.000000001.",
        "X: 1 volumes were rounded to 0.00000001; the largest change was 0.000000001.",
    )


def test_fractional_volume_sets_the_lot(write: Write) -> None:
    series = load(write("X.csv", HEADER + "2024-01-01,1,1,1,1,0.250\n2024-01-02,1,1,1,1,12\n")).series["X"]
    assert series.instrument.lot == Decimal("0.01")
    assert series.volumes.tolist() == [25, 1200]


def test_a_volume_that_is_always_zero_counts_as_none(write: Write) -> None:
    market = load(write("X.csv", HEADER + "2024-01-01,1,1,1,1,0\n"))
    assert not market.series["X"].has_volume
    assert market.notices == ("X: every volume is zero, so the data count as having no volume.",)


def test_volume_is_dropped_when_not_every_file_has_it(write: Write) -> None:
    folder = write("a.csv", "symbol,date,open,high,low,close,volume\nX,2024-01-01,1,1,1,1,5\n").parent
    write("b.csv", "symbol,date,open,high,low,close\nX,2024-01-02,1,1,1,1\n")
    market = load(folder)
    assert market.series["X"].volumes.tolist() == [0, 0]
    assert market.notices == ("X: some files have no volume, so the volume of none is used.",)


def test_times_without_an_offset_are_utc_with_a_notice(write: Write) -> None:
    path = write("X.csv", HEADER + ROWS.replace("-01,", "-01 15:30:00,").replace("-02,", "-02 15:30:00,"))
    market = load(path)
    assert market.series["X"].timestamps[0] == JAN_1 + 31 * 30 * Timeframe.M1.nanoseconds
    assert market.notices == (f"{path}: times without an offset are taken as UTC.",)


def test_start_and_end_are_inclusive_and_do_not_change_the_tick(write: Write) -> None:
    path = write("X.csv", HEADER + ROWS + "2024-01-03,1,1,1,1,1\n")
    market = load(path, start=JAN_1 + DAY, end=JAN_1 + 2 * DAY)
    assert market.series["X"].timestamps.tolist() == [JAN_1 + DAY, JAN_1 + 2 * DAY]
    assert load(path, end=JAN_1 + 2 * DAY - 1).bars == 2
    assert load(path, start=JAN_1 + 2 * DAY).series["X"].instrument.tick == Decimal("0.01")


def test_a_period_without_bars_is_refused_and_the_periods_there_are_told(write: Write) -> None:
    with pytest.raises(
        InputError, match=r"X has no bar in the period .*\nIts bars go from 2024-01-01 to 2024-01-02"
    ):
        load(write("X.csv", HEADER + ROWS), start=JAN_1 + 5 * DAY)


def test_finer_bars_are_put_together(write: Write) -> None:
    rows = "".join(
        f"2024-01-0{1 + hour // 24}T{hour % 24:02}:30:00Z,{hour + 5},99,1,7,2\n" for hour in range(30)
    )
    market = load(write("X.csv", HEADER + rows))
    series = market.series["X"]
    assert series.timestamps.tolist() == [JAN_1, JAN_1 + DAY]
    assert series.opens.tolist() == [5, 29]
    assert series.volumes.tolist() == [48, 12]
    assert market.notices == ("X: shorter bars were put together to 1d, in UTC.",)
    assert load(write("X.csv", HEADER + rows), timeframe=Timeframe.H1).bars == 30


@pytest.mark.parametrize(("second", "length"), [("2024-01-02", "1d"), ("2024-02-01", "31d")])
def test_bars_longer_than_asked_for_are_refused(write: Write, second: str, length: str) -> None:
    path = write("X.csv", HEADER + ROWS.replace("2024-01-02", second))
    with pytest.raises(InputError, match=f"X: the bars are {length} long, longer than the 1h asked for"):
        load(path, timeframe=Timeframe.H1)


def test_a_single_bar_is_taken_as_it_is(write: Write) -> None:
    path = write("X.csv", HEADER + "2024-01-01T15:30:00Z,1,1,1,1,1\n")
    assert load(path, timeframe=Timeframe.H1).series["X"].timestamps[0] % Timeframe.H1.nanoseconds


def test_a_file_of_several_blocks_is_the_sum_of_its_lines(write: Write) -> None:
    first = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [
        f"{(first + timedelta(minutes=minute)).isoformat()},{minute + 1}.5,{minute + 2},1,2,7"
        for minute in range(30 * 1440)
    ]
    path = write("X.csv", HEADER + "\n".join(rows) + "\n")
    assert path.stat().st_size > 1 << 20
    series = load(path, timeframe=Timeframe.M1).series["X"]
    assert series.opens.tolist() == [10 * minute + 15 for minute in range(30 * 1440)]
    assert series.timestamps[-1] == JAN_1 + 30 * DAY - Timeframe.M1.nanoseconds


def test_a_quotation_mark_in_a_late_block_is_read_too(write: Write) -> None:
    rows = [
        f"{1700 + day // 336:04}-{1 + day // 28 % 12:02}-{1 + day % 28:02},5,5,5,5,1" for day in range(60_000)
    ]
    path = write("X.csv", HEADER + "\n".join(rows[:-1]) + "\n" + rows[-1].replace(",5,", ',"5",', 1) + "\n")
    assert load(path).bars == 60_000


def test_a_symbol_of_another_case_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "spy.csv").write_text("date,open,high,low,close\n2024-01-02,1,1,1,1\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        BUILTIN["csv"](DataRequest(("SPY",), path=str(tmp_path)))
    assert (
        caught.value.remedy == "Did you mean spy? Symbols differ by case. Set data.symbols to some of: spy."
    )

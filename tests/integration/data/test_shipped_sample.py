"""The sample in the box: its ranges, its trading days, and that its actions explain its adjusted close."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import bokeh_sampledata
import numpy as np
import pytest

from app.data.sample.derive import SourceBar, read_source
from app.data.sources import BUILTIN
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.domain.events import Dividend, Split
from app.ports import BarSeries, DataRequest, MarketData

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-001")]

SYMBOLS = ("AAPL", "GOOG", "IBM", "MSFT")
SOURCE = Path(bokeh_sampledata.__file__).parent / "_data" / "stocks.csv.gz"
DAY = timedelta(days=1)
# Days on which the exchange stayed closed though no rule says so: 9/11, two state funerals, a hurricane.
CLOSED = {date(2001, 9, day) for day in (11, 12, 13, 14)} | {
    date(2004, 6, 11), date(2007, 1, 2), date(2012, 10, 29), date(2012, 10, 30),
}  # fmt: skip


@pytest.fixture(scope="module")
def market() -> MarketData:
    return BUILTIN["sample"](DataRequest(SYMBOLS))


@pytest.fixture(scope="module")
def source() -> dict[str, list[SourceBar]]:
    return read_source(SOURCE)


def nanoseconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


def days(series: BarSeries) -> list[date]:
    return series.timestamps.astype("datetime64[ns]").astype("datetime64[D]").tolist()


def easter(year: int) -> date:
    """Return Easter Sunday by the anonymous Gregorian computus (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l_ = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l_) // 451
    month, day = divmod(h + l_ - 7 * m + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, number: int) -> date:
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (number - 1)) * DAY


def observed(day: date) -> date:
    return day - DAY if day.weekday() == 5 else day + DAY if day.weekday() == 6 else day


def holidays(year: int) -> set[date]:
    """Return the New York Stock Exchange's full holidays by its rule 7.2 as it stood from 1998 to 2021."""
    new_year = date(year, 1, 1)
    return {
        new_year + DAY if new_year.weekday() == 6 else new_year,
        nth_weekday(year, 1, 0, 3),
        nth_weekday(year, 2, 0, 3),
        easter(year) - 2 * DAY,
        max(day for day in (date(year, 5, 25 + number) for number in range(7)) if day.weekday() == 0),
        observed(date(year, 7, 4)),
        nth_weekday(year, 9, 0, 1),
        nth_weekday(year, 11, 3, 4),
        observed(date(year, 12, 25)),
    }


def sessions(first: date, last: date) -> list[date]:
    closed = CLOSED.union(*(holidays(year) for year in range(first.year, last.year + 1)))
    every = (first + number * DAY for number in range((last - first).days + 1))
    return [day for day in every if day.weekday() < 5 and day not in closed]


def test_the_bars_are_those_of_every_session_and_of_no_other_day(market: MarketData) -> None:
    for symbol, series in market.series.items():
        first = date(2004, 8, 19) if symbol == "GOOG" else date(2000, 3, 1)
        assert days(series) == sessions(first, date(2013, 3, 1)), symbol
        assert (series.timestamps % Timeframe.D1.nanoseconds == 0).all()


def test_the_longest_gap_is_the_known_one(market: MarketData) -> None:
    series = market.series["IBM"]
    gaps = np.diff(series.timestamps)
    assert days(series)[int(np.argmax(gaps))] == date(2001, 9, 10)
    assert gaps.max() == 7 * Timeframe.D1.nanoseconds


def test_there_are_11958_bars_within_plain_ranges(market: MarketData) -> None:
    assert market.bars == 11_958
    for series in market.series.values():
        assert (series.lows > 0).all()
        assert (series.lows <= np.minimum(series.opens, series.closes)).all()
        assert (series.highs >= np.maximum(series.opens, series.closes)).all()
        assert (series.highs < 3 * series.lows).all()
        assert series.volumes.min() > 500_000
        assert not series.flags.any()
        assert series.has_volume
        assert (series.instrument.tick, series.instrument.lot) == (Decimal("0.0001"), 1)
        assert series.instrument.currency == "USD"
    assert market.notices == ()


def test_apart_from_splits_no_close_is_far_from_the_one_before(market: MarketData) -> None:
    splits = {
        (action.symbol, action.ex_time): action.ratio
        for action in market.actions
        if isinstance(action, Split)
    }
    for symbol, series in market.series.items():
        before = series.closes[:-1].astype(float)
        ratios = [float(splits.get((symbol, time), 1)) for time in series.timestamps[1:].tolist()]
        moves = series.closes[1:] * np.array(ratios) / before
        assert moves.min() > 0.45, symbol  # AAPL fell 52 % on 2000-09-29
        assert moves.max() < 1.25, symbol


def test_the_splits_are_the_known_ones(market: MarketData) -> None:
    assert [action for action in market.actions if isinstance(action, Split)] == [
        Split("AAPL", nanoseconds("2000-06-21"), 2, 1),
        Split("MSFT", nanoseconds("2003-02-18"), 2, 1),
        Split("AAPL", nanoseconds("2005-02-28"), 2, 1),
    ]


@pytest.mark.parametrize(
    ("symbol", "ex_date", "amount"),
    [
        ("MSFT", "2003-02-19", "0.08"),
        ("MSFT", "2004-11-15", "3.08"),
        ("MSFT", "2013-02-19", "0.23"),
        ("AAPL", "2012-08-09", "2.65"),
        ("IBM", "2000-05-08", "0.13"),
        ("IBM", "2013-02-06", "0.85"),
    ],
)
def test_known_dividends_are_there(market: MarketData, symbol: str, ex_date: str, amount: str) -> None:
    time = nanoseconds(ex_date)
    assert Dividend(symbol, time, time, Decimal(amount), "USD") in market.actions


def test_dividends_come_in_the_known_numbers(market: MarketData) -> None:
    paid = [action.symbol for action in market.actions if isinstance(action, Dividend)]
    assert {symbol: paid.count(symbol) for symbol in SYMBOLS} == {"AAPL": 3, "GOOG": 0, "IBM": 52, "MSFT": 37}


def test_actions_are_in_order_and_on_days_with_a_bar(market: MarketData) -> None:
    keys = [(action.ex_time, action.symbol) for action in market.actions]
    assert keys == sorted(keys)
    for action in market.actions:
        assert action.ex_time in market.series[action.symbol].timestamps


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_the_close_adjusted_by_the_actions_follows_the_sources(
    market: MarketData, source: dict[str, list[SourceBar]], symbol: str
) -> None:
    """Dividends are reinvested at the close of the ex-date; the tolerance is one part in 10**9."""
    series = market.series[symbol]
    closes = [series.instrument.price(ticks) for ticks in series.closes.tolist()]
    acting = {action.ex_time: action for action in market.actions if action.symbol == symbol}
    factor, adjusted = Fraction(1), []
    for time, close in zip(reversed(series.timestamps.tolist()), reversed(closes), strict=True):
        adjusted.append(float(factor * Fraction(close)))
        match acting.get(time):
            case Split() as split:
                factor /= split.ratio
            case Dividend(amount=amount):
                factor *= Fraction(close / (close + amount)).limit_denominator(10**15)
    theirs = np.array([float(bar.adjusted_close) for bar in reversed(source[symbol])])
    ratio = theirs / np.array(adjusted)
    assert np.abs(ratio / ratio[0] - 1).max() < 1e-9


def test_weekly_bars_are_in_one_kind_of_shares_each() -> None:
    market = BUILTIN["sample"](DataRequest(("AAPL", "MSFT"), timeframe=Timeframe.W1))
    for symbol, week in (("AAPL", "2000-06-19"), ("MSFT", "2003-02-17"), ("AAPL", "2005-02-28")):
        series = market.series[symbol]
        row = series.timestamps.tolist().index(nanoseconds(week))
        assert series.highs[row] < 1.3 * series.lows[row]
        assert Split(symbol, nanoseconds(week), 2, 1) in market.actions
    assert all(day.weekday() == 0 for series in market.series.values() for day in days(series))


def test_only_the_actions_of_the_period_and_symbols_asked_for_are_given() -> None:
    request = DataRequest(("MSFT",), start=nanoseconds("2004-11-15"), end=nanoseconds("2005-02-15"))
    market = BUILTIN["sample"](request)
    assert [action.ex_time for action in market.actions] == [nanoseconds("2005-02-15")]


@pytest.mark.requirement("SYS-018")
@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (DataRequest(("AAPL", "FB")), "FB is not in the data"),
        (DataRequest(("AAPL",), currency="EUR"), "prices are in USD, not in EUR"),
        (
            DataRequest(("AAPL",), timeframe=Timeframe.H1),
            "AAPL: the bars are 1d long, longer than the 1h asked for",
        ),
        (DataRequest(("AAPL",), start=nanoseconds("2020-01-01")), "AAPL has no bar in the period"),
    ],
)
def test_what_the_sample_cannot_give_is_refused(request_: DataRequest, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        BUILTIN["sample"](request_)


def test_loading_twice_gives_the_same_digest(market: MarketData) -> None:
    assert BUILTIN["sample"](DataRequest(SYMBOLS)).digest == market.digest

"""The shipped sample as a data source: it needs neither a path nor any package besides numpy."""

from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from app.data.decimals import Decimals
from app.data.gathering import Gathering, Places, Rows
from app.data.header import PRICES
from app.data.market import check_request, check_symbols, market_data
from app.data.notices import Notices
from app.data.sample.layout import ACTIONS_FILE, BARS_FILE, FOLDER, PRICE_DECIMALS, SYMBOLS
from app.domain.bars import Timeframe
from app.domain.errors import InputError
from app.domain.events import CorporateAction, Dividend, Split
from app.ports import DataRequest, MarketData

CURRENCY = "USD"


def load(request: DataRequest) -> MarketData:
    """Load daily bars, or weekly ones made of them, with splits and dividends; labels are midnight UTC.

    Raises InputError for another symbol, a shorter time frame or another currency than US dollars.
    """
    check_request(request)
    check_symbols(request.symbols, SYMBOLS)
    if request.currency != CURRENCY:
        raise InputError(
            f"The sample's prices are in {CURRENCY}, not in {request.currency}.",
            f'Set portfolio.currency to "{CURRENCY}" or bring data of your own.',
        )
    bars = np.load(FOLDER / BARS_FILE, allow_pickle=False)
    gathered = Gathering(frozenset(request.symbols))
    for symbol in request.symbols:
        gathered.available.add(symbol)
        gathered.rows[symbol] = [_rows(bars[bars["symbol"] == symbol.encode("ascii")])]
    return market_data(request, gathered, Notices(), source="sample", actions=read_actions())


def _rows(bars: NDArray[np.void]) -> Rows:
    places = np.full(len(bars), PRICE_DECIMALS, np.int8)
    return Rows(
        Places("the sample", "bar", np.arange(1, len(bars) + 1)),
        bars["day"].astype(np.int64) * Timeframe.D1.nanoseconds,
        {name: Decimals(bars[name].astype(np.int64), places) for name in PRICES},
        Decimals(bars["volume"].astype(np.int64), np.zeros(len(bars), np.int8)),
    )


def read_actions() -> tuple[CorporateAction, ...]:
    """Return the shipped splits and dividends by ex-time, then symbol.

    A dividend's pay-time is its ex-time, because the source knows no other date.
    """
    _, *lines = (FOLDER / ACTIONS_FILE).read_text(encoding="ascii").splitlines()
    return tuple(_action(*line.split(",")) for line in lines)


def _action(ex_date: str, symbol: str, kind: str, value: str) -> CorporateAction:
    time = int(np.datetime64(ex_date, "ns").astype(np.int64))
    if kind == "split":
        new, old = value.split(":")
        return Split(symbol, time, int(new), int(old))
    return Dividend(symbol, time, time, Decimal(value), CURRENCY)

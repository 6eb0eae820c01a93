"""A market that several processes map is the market that was written."""

from dataclasses import fields, replace

import numpy as np
import pytest

from app.data.sources import BUILTIN
from app.domain.bars import Timeframe
from app.engine.columns import ROWS, BarSeries
from app.ports import DataRequest
from app.services._sweep.sharing import SharedMarket

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-005")]


@pytest.fixture
def market():
    sample = BUILTIN["sample"](
        DataRequest(
            symbols=("IBM", "MSFT"),
            timeframe=Timeframe.D1,
            path="",
            start=None,
            end=None,
            tick=None,
            currency="USD",
        )
    )
    ibm = sample.series["IBM"]
    extras = {"prediction": np.linspace(-1, 1, len(ibm))}
    return replace(sample, series={**sample.series, "IBM": replace(ibm, extras=extras)})


def test_a_mapped_market_is_the_same_to_the_last_bit_and_cannot_be_changed(market, tmp_path):
    mapped = SharedMarket.written(market, tmp_path).opened()
    assert mapped.digest == market.digest
    assert (mapped.actions, mapped.notices, mapped.source) == (market.actions, market.notices, market.source)
    assert list(mapped.series) == list(market.series)
    for symbol, series in market.series.items():
        other = mapped.series[symbol]
        for each in fields(BarSeries):
            if each.name in ROWS:
                assert getattr(other, each.name).dtype == getattr(series, each.name).dtype
                assert not getattr(other, each.name).flags.writeable
            elif each.name != "extras":
                assert getattr(other, each.name) == getattr(series, each.name)
        assert {name: column.tolist() for name, column in other.extras.items()} == {
            name: column.tolist() for name, column in series.extras.items()
        }


def test_what_travels_to_a_worker_has_no_columns(market, tmp_path):
    shared = SharedMarket.written(market, tmp_path)
    assert shared.market.series == {}
    assert all(len(each.empty) == 0 for each in shared.series.values())
    assert {path.name for path in tmp_path.iterdir()} == {"int64.npy", "uint8.npy", "float64.npy"}


def test_finer_bars_are_shared_too(market, tmp_path):
    both = replace(market, finer={"MSFT": market.series["IBM"]})
    mapped = SharedMarket.written(both, tmp_path).opened()
    assert mapped.digest == both.digest
    assert mapped.finer["MSFT"].closes.tolist() == market.series["IBM"].closes.tolist()

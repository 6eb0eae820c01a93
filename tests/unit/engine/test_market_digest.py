"""The digest of market data changes with every bar and action, and with nothing else."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.ports import Dividend, Instrument, Split, Timeframe

pytestmark = pytest.mark.unit

BARS = {"AAA": [(10, 12, 9, 11, 5), 12, 13], "BBB": [1, None, 2]}


@pytest.fixture
def market(small, day):
    actions = [Split("AAA", day(1), 2, 1), Dividend("BBB", day(2), day(2), Decimal("0.10"), "USD")]
    return small(BARS, actions=actions)


def test_equal_data_have_equal_digests(small, market):
    assert small(BARS, actions=market.actions).digest == market.digest
    assert len(market.digest) == 64
    assert market.bars == 5


@pytest.mark.parametrize("column", ["timestamps", "opens", "highs", "lows", "closes", "volumes", "flags"])
def test_another_value_in_any_column_is_another_digest(market, column):
    series = market.series["AAA"]
    values = getattr(series, column).copy()
    values[1] += 1
    other = replace(market, series={**market.series, "AAA": replace(series, **{column: values})})
    assert other.digest != market.digest


@pytest.mark.parametrize(
    "change",
    [{"currency": "EUR"}, {"tick": Decimal("0.1")}, {"lot": Decimal("0.1")}, {"multiplier": Decimal(5)}],
)
def test_another_instrument_is_another_digest(market, change):
    series = replace(market.series["AAA"], instrument=Instrument("AAA", **change))
    assert replace(market, series={**market.series, "AAA": series}).digest != market.digest


def test_another_action_is_another_digest(market, day):
    split, dividend = market.actions
    changes = [
        (replace(split, numerator=3), dividend),
        (replace(split, denominator=3), dividend),
        (split, replace(dividend, amount=Decimal("0.11"))),
        (split, replace(dividend, pay_time=day(3))),
        (split, replace(dividend, currency="EUR")),
        (split,),
        (),
    ]
    digests = {replace(market, actions=actions).digest for actions in changes}
    assert len(digests | {market.digest}) == len(changes) + 1


def test_the_time_frame_and_the_symbols_count(market):
    series = {symbol: replace(each, timeframe=Timeframe.W1) for symbol, each in market.series.items()}
    assert replace(market, series=series).digest != market.digest
    assert replace(market, series={"AAA": market.series["AAA"]}).digest != market.digest


def test_how_a_decimal_is_written_does_not_count(market):
    split, dividend = market.actions
    written = replace(market, actions=(split, replace(dividend, amount=Decimal("0.100"))))
    assert written.digest == market.digest


def test_the_byte_order_of_the_machine_does_not_count(market):
    series = market.series["AAA"]
    swapped = replace(series, closes=series.closes.astype(np.dtype(">i8")))
    assert replace(market, series={**market.series, "AAA": swapped}).digest == market.digest

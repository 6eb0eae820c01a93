"""Extra columns of the data: what a strategy reads of them, and what becomes of them on the way."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from app.data.quality import Action, QualityPolicy, apply
from app.domain.errors import PluginError
from app.engine.schedule import Every
from app.engine.simulation import Simulation
from app.engine.timeline import Timeline
from app.engine.universe import Known, membership
from app.ports import BpsOfNotional, Sessions, Split, VenueModel
from app.services._lookahead.futures import Future, with_future

pytestmark = pytest.mark.unit

SCORES = [0.5, np.nan, -0.25]


def scored(market, values=SCORES):
    """Return the market with a column of scores for its symbol AAA."""
    series = replace(market.series["AAA"], extras={"score": np.array(values)})
    return replace(market, series={**market.series, "AAA": series})


@pytest.fixture
def market(small):
    return scored(small({"AAA": [10, 11, 12], "BBB": [None, 20, 21]}))


def simulated(market):
    return Simulation(market, VenueModel(BpsOfNotional(Decimal(0))), "USD", {})


def read(market):
    simulation, seen = simulated(market), []
    for step in range(len(simulation.timeline)):
        simulation.advance(step)
        seen.append(simulation.bars["AAA"].value("score"))
    return seen


def test_a_strategy_reads_the_value_of_the_latest_bar(market):
    np.testing.assert_array_equal(read(market), SCORES)
    assert all(type(value) is float for value in read(market))


def test_no_split_rescales_them(small, day):
    market = scored(small({"AAA": [10, 5, 6]}, actions=[Split("AAA", day(1), 2, 1)]))
    np.testing.assert_array_equal(read(market), SCORES)


def test_a_column_that_the_data_lack_is_named_with_those_that_there_are(market):
    simulation = simulated(market)
    simulation.advance(1)
    with pytest.raises(PluginError, match=r"no extra column 'scores'; data.extra_columns gives: score"):
        simulation.bars["AAA"].value("scores")
    with pytest.raises(PluginError, match=r"no extra column 'score'; data.extra_columns gives: none"):
        simulation.bars["BBB"].value("score")


def test_the_hash_covers_values_and_names_and_knows_one_missing_value(market, small):
    plain = small({"AAA": [10, 11, 12], "BBB": [None, 20, 21]})
    other_nan = np.array(SCORES)
    other_nan.view(np.int64)[1] |= 1
    renamed = replace(market.series["AAA"], extras={"other": np.array(SCORES)})
    digests = {
        plain.digest,
        market.digest,
        scored(plain, [0.5, np.nan, 0.25]).digest,
        replace(market, series={**market.series, "AAA": renamed}).digest,
    }
    assert len(digests) == 4
    assert scored(plain, other_nan).digest == market.digest


def test_a_universe_knows_the_values_up_to_now_and_cannot_change_them(market):
    shown = []

    class Rule:
        window = 2
        rebalance = Every(1)

        def members(self, known: Known) -> tuple[str, ...]:
            column = known.series["AAA"].extras["score"]
            shown.append((len(column), column.flags.writeable))
            return ("AAA",)

    membership(Rule(), market, Timeline(market))
    assert shown == [(2, False), (3, False)]


def test_another_future_shuffles_what_comes_after_the_cut(small, day):
    values = np.arange(40.0)
    market = scored(small({"AAA": [10 + number % 7 for number in range(40)]}), values)
    prefix = with_future(market, day(19), Future.NONE, 1).series["AAA"].extras["score"]
    assert prefix.tolist() == values[:20].tolist()
    garbage = with_future(market, day(19), Future.RISING, 1).series["AAA"].extras["score"]
    assert garbage[:20].tolist() == values[:20].tolist()
    assert garbage[20:].tolist() != values[20:].tolist()
    assert sorted(garbage) == values.tolist()


def test_a_dropped_bar_takes_its_value_along_and_a_filled_one_has_none(small, day):
    bad = scored(small({"AAA": [10, (10, 9, 8, 10), 12]})).series["AAA"]
    kept, _ = apply(QualityPolicy(bad=Action.DROP), bad)
    np.testing.assert_array_equal(kept.extras["score"], [0.5, -0.25])
    opens = np.array([day(number) for number in range(4)])
    daily = Sessions(opens, opens + day(1) - day(0))
    holed = scored(small({"AAA": [10, 11, None, 12]})).series["AAA"]
    filled, _ = apply(QualityPolicy(gap=Action.REPAIR), holed, daily)
    np.testing.assert_array_equal(filled.extras["score"], [0.5, np.nan, np.nan, -0.25])

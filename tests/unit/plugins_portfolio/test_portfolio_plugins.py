"""How much each symbol gets, worked out by hand."""

from decimal import Decimal

import pytest
from pydantic import ValidationError

from app.ports import Place, Side, Target
from plugins_portfolio.equal_weight import EqualWeight, EqualWeightOptions
from plugins_portfolio.fixed_quantity import FixedQuantity, FixedQuantityOptions

pytestmark = pytest.mark.unit


def in_full(*symbols):
    return [Target(symbol, signal=1) for symbol in symbols]


def lots(replayed):
    return [fill.signed_lots for fill in replayed.result.fills]


def test_each_symbol_gets_its_share_of_equity_less_the_buffer(small, replay):
    # 98 % of 1,000.00 in three parts is 326.67 (of cents): 32 at 10.00, 16 at 20.00, 10 at 30.00.
    market = small({"AAA": [10, 10], "BBB": [20, 20], "CCC": [30, 30]})
    portfolio = EqualWeight()
    replayed = replay(market, {0: in_full("AAA", "BBB", "CCC")}, capital="1000", portfolio=portfolio)
    assert lots(replayed) == [32, 16, 10]
    assert portfolio.get_debug_info() == {"weights": dict.fromkeys(("AAA", "BBB", "CCC"), 1 / 3)}


def test_a_signal_takes_its_part_of_the_share_and_zero_sells_all(small, replay):
    market = small({"AAA": [10, 10, 10, 10]})
    program = {0: in_full("AAA"), 1: [Target("AAA", signal=0.5)], 2: [Target("AAA", signal=0)]}
    assert lots(replay(market, program, capital="1000", portfolio=EqualWeight())) == [98, -49, -49]


def test_the_buffer_may_be_nothing(small, replay):
    portfolio = EqualWeight(EqualWeightOptions(cash_buffer=Decimal(0)))
    assert lots(
        replay(small({"AAA": [10, 10]}), {0: in_full("AAA")}, capital="1000", portfolio=portfolio)
    ) == [100]


def test_after_a_drift_a_purchase_is_cut_to_the_cash_above_the_buffer(small, replay):
    # AAA: 49 for 490.00, then worth 980.00; equity 1,490.00, half of 98 % is 730.10, the cash is 510.00,
    # of which 29.80 are kept: 48 at 10.00.
    market = small({"AAA": [10, 10, 20], "BBB": [10, 10, 10, 10]})
    program = {0: in_full("AAA"), 2: in_full("BBB")}
    replayed = replay(market, program, capital="1000", portfolio=EqualWeight())
    assert [fill[1:4] for fill in replayed.fills] == [("AAA", "buy", 49), ("BBB", "buy", 48)]


def test_a_symbol_that_is_too_dear_for_the_cash_is_denied_and_the_others_are_bought(small, replay):
    # Held: 60 of AAA, worth 6,000.00 after the rise; cash 400.00. One BBB would be 1,000.00.
    market = small({"AAA": [10, 10, 100], "BBB": [1_000] * 4, "CCC": [10] * 4})
    program = {0: [Place("AAA", Side.BUY, 60)], 2: in_full("BBB", "CCC")}
    replayed = replay(market, program, capital="1000", portfolio=EqualWeight())
    assert [fill[1:4] for fill in replayed.fills] == [("AAA", "buy", 60), ("CCC", "buy", 27)]
    assert sorted(replayed.orders) == [("denied", "insufficient_cash"), ("filled", ""), ("filled", "")]


@pytest.mark.parametrize("buffer", ["-0.01", "1", "1.5", "NaN"])
def test_a_buffer_that_is_no_share_is_refused(buffer):
    with pytest.raises(ValidationError):
        EqualWeightOptions(cash_buffer=buffer)


def test_a_signal_holds_a_fixed_quantity(small, replay):
    market = small({"AAA": [10, 20, 40, 40]})
    portfolio = FixedQuantity(FixedQuantityOptions(quantity=Decimal(30)))
    program = {0: in_full("AAA"), 1: [Target("AAA", signal=0.5)], 2: [Target("AAA", signal=0)]}
    assert lots(replay(market, program, portfolio=portfolio)) == [30, -15, -15]


def test_a_part_of_a_fixed_quantity_is_rounded_toward_zero(small, replay):
    portfolio = FixedQuantity(FixedQuantityOptions(quantity=Decimal(10)))
    assert lots(replay(small({"AAA": [10, 10]}), {0: [Target("AAA", signal=0.39)]}, portfolio=portfolio)) == [
        3
    ]


def test_a_fixed_quantity_does_not_look_at_the_cash_so_risk_denies(small, replay):
    replayed = replay(small({"AAA": [10, 10]}), {0: in_full("AAA")}, capital="100")
    assert replayed.orders == [("denied", "insufficient_cash")]


@pytest.mark.parametrize("quantity", ["0", "-1", "NaN", "Infinity"])
def test_a_quantity_that_is_not_above_zero_is_refused(quantity):
    with pytest.raises(ValidationError):
        FixedQuantityOptions(quantity=quantity)

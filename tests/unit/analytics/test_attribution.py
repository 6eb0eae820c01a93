"""Who earned what: symbols add up to the account."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference_ledger import Ledger

from app.analytics.attribution import Contribution, attribution
from app.domain.events import Dividend
from app.domain.fills import Fill
from app.domain.instruments import Instrument
from app.domain.intents import Side
from app.domain.positions import Position

pytestmark = pytest.mark.unit

SYMBOLS = ("AAA", "BBB", "CCC")


def held(symbol: str, **figures: int) -> Position:
    return Position(Instrument(symbol), **figures)


def test_a_profit_is_realised_and_unrealised_gain_with_dividends_less_fees() -> None:
    positions = [
        held("AAA", lots=10, cost=50_00, realised=7_00, fees=1_00, dividends=2_00),
        held("BBB", realised=-8_00, fees=50),
    ]
    assert attribution(positions, {"AAA": 6_00, "BBB": 1_00}) == [
        Contribution("AAA", 7_00, 10_00, 2_00, 1_00, share=18_00 / 9_50),
        Contribution("BBB", -8_00, 0, 0, 50, share=-8_50 / 9_50),
    ]


def test_the_largest_profit_comes_first_and_equals_by_name() -> None:
    positions = [held("CCC", realised=1), held("BBB", realised=5), held("AAA", realised=1)]
    assert [each.symbol for each in attribution(positions, {})] == ["BBB", "AAA", "CCC"]


def test_there_are_no_shares_of_nothing() -> None:
    balanced = [held("AAA", realised=5), held("BBB", realised=-5)]
    assert [each.share for each in attribution(balanced, {})] == [None, None]
    assert attribution([], {}) == []


def test_a_position_without_a_close_counts_at_its_cost() -> None:
    (each,) = attribution([held("AAA", lots=1, cost=5_00)], {})
    assert (each.unrealised, each.profit) == (0, 0)


@st.composite
def ledgers(draw: st.DrawFn) -> Ledger:
    """Accounts after fills and dividends in several symbols, long and short."""
    ledger = Ledger("USD")
    ledger.deposit(10**9, 0)
    for number in range(draw(st.integers(0, 25))):
        instrument = Instrument(draw(st.sampled_from(SYMBOLS)))
        lots, ticks = draw(st.integers(1, 50)), draw(st.integers(1, 10_000))
        if draw(st.booleans()):
            side, fee = draw(st.sampled_from(Side)), draw(st.integers(0, 500))
            ledger.post(
                Fill(f"e{number}", "c", number, instrument, side, lots, ticks, lots * ticks, fee, number)
            )
        else:
            dividend = Dividend(instrument.symbol, number, number, Decimal(ticks) / 10_000, "USD")
            ledger.dividend(dividend, ledger.position(instrument).lots, number)
    return ledger


@given(ledgers(), st.lists(st.integers(1, 10_000), min_size=3, max_size=3))
def test_contributions_add_up_to_what_the_account_earned_to_the_unit(
    ledger: Ledger, closes: list[int]
) -> None:
    last = dict(zip(SYMBOLS, closes, strict=True))
    value = sum(last[symbol] * position.lots for symbol, position in ledger.positions.items())
    parts = attribution(ledger.positions.values(), last)
    assert sum(each.profit for each in parts) == ledger.cash + value - 10**9
    if parts and parts[0].share is not None:
        assert sum(each.share for each in parts) == pytest.approx(1)

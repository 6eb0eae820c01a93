"""Requests that no data could answer are refused before any file is opened."""

from decimal import Decimal

import pytest

from app.data.market import check_request, check_symbols
from app.domain.errors import InputError
from app.ports import DataRequest

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-018")]


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (DataRequest(()), "No symbols"),
        (DataRequest(("A", "B", "A")), "A is asked for more than once"),
        (
            DataRequest(("A",), start=86_400_000_000_000, end=0),
            "end 1970-01-01 is before the start 1970-01-02",
        ),
        (DataRequest(("A",), tick=Decimal("1e-9")), "tick 1E-9 cannot be used"),
        (DataRequest(("A",), tick=Decimal(0)), "tick 0 cannot"),
        (DataRequest(("A",), tick=Decimal(-1)), "tick -1 cannot"),
        (DataRequest(("A",), tick=Decimal("NaN")), "tick NaN cannot"),
        (DataRequest(("A",), tick=Decimal("Infinity")), "tick Infinity cannot"),
        (DataRequest(("A",), tick=Decimal("0.123456789")), "tick 0.123456789 cannot"),
        (DataRequest(("A",), tick=Decimal("1e7")), "tick 1E[+]7 cannot"),
    ],
)
def test_an_impossible_request_is_refused(request_: DataRequest, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        check_request(request_)


@pytest.mark.parametrize("tick", ["1e-8", "0.25", "0.01", "1", "1e6"])
def test_a_usable_tick_is_let_through(tick: str) -> None:
    check_request(DataRequest(("A",), start=0, end=0, tick=Decimal(tick)))


def test_a_missing_symbol_is_named_with_those_that_are_there() -> None:
    with pytest.raises(
        InputError, match=r"^MSFT is not in the data.\nSet data.symbols to some of: AAPL, IBM.$"
    ):
        check_symbols(("AAPL", "MSFT"), {"IBM", "AAPL"})
    with pytest.raises(InputError, match=r"A, B are not in the data.\nThe data hold no symbol at all."):
        check_symbols(("A", "B"), ())


def test_a_long_list_of_symbols_is_cut_and_control_characters_are_escaped() -> None:
    with pytest.raises(InputError, match=r"\\x1b.* and 5 more") as caught:
        check_symbols(("A",), {f"\x1b{number}" for number in range(25)})
    assert "\x1b" not in str(caught.value)

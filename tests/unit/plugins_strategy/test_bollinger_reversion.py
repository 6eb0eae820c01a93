"""Falls below the band and returns to the middle, over bands of five bars that can be worked out by hand."""

import pytest
from pydantic import ValidationError

from app.ports import Split, Target
from plugins_strategy.bollinger_reversion import BollingerReversion, BollingerReversionOptions

pytestmark = pytest.mark.unit

LONG = Target("AAA", signal=1, tag="below the lower band")
FLAT = Target("AAA", signal=0, tag="back at the middle")

# Mean 9, population deviation 2 at the last bar.
FALL = [10, 10, 10, 10, 5]


def reversion(**options):
    return BollingerReversion(BollingerReversionOptions(**{"length": 5, "deviations": 1.9, **options}))


def test_it_buys_below_the_lower_band_and_leaves_at_the_middle(small, asked):
    # Lower band 9 - 1.9 x 2 = 5.2; then the middle is 8.8.
    assert asked(reversion(), small({"AAA": [*FALL, 9]})) == [(4, [LONG]), (5, [FLAT])]


def test_the_middle_itself_is_reached_and_just_below_it_is_not(small, asked):
    # The mean of 10, 10, 10, 5 and 8.75 is 8.75; with 8.74 it is 8.748.
    assert asked(reversion(), small({"AAA": [*FALL, 8.75]})) == [(4, [LONG]), (5, [FLAT])]
    assert asked(reversion(), small({"AAA": [*FALL, 8.74]})) == [(4, [LONG])]


def test_above_the_lower_band_nothing_is_bought(small, asked):
    # Mean 9.2, deviation 1.6: the lower band at 1.9 is 6.16, at 1.99 it is 6.016.
    assert asked(reversion(), small({"AAA": [10, 10, 10, 10, 6]})) == [(4, [LONG])]
    # Mean 9.2, deviation sqrt(1.76): the lower band is 6.68.
    assert asked(reversion(), small({"AAA": [9, 10, 11, 9, 7]})) == []


def test_it_buys_once_however_far_it_falls(small, asked):
    assert asked(reversion(), small({"AAA": [*FALL, 4, 3, 1]})) == [(4, [LONG])]


@pytest.mark.parametrize("cents", range(1, 200, 7))
def test_the_last_digits_of_floats_are_no_fall(small, asked, day, cents):
    # A third of three times a price may lie a digit above it.
    market = small(
        {"AAA": [*[3 * cents / 100] * 25, *[cents / 100] * 25]}, actions=[Split("AAA", day(25), 3, 1)]
    )
    assert asked(reversion(length=20, deviations=1.0), market) == []


def test_a_fall_before_the_bands_exist_is_no_signal(small, asked):
    assert asked(reversion(), small({"AAA": [10, 10, 10, 1]})) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"length": 5, "deviations": 2}, r"deviations \(2\) must be smaller than .* \(2\): no close of 5"),
        ({"deviations": 0}, "greater than 0"),
        ({"deviations": float("inf")}, "finite"),
        ({"length": 1}, "greater than or equal to 2"),
    ],
)
def test_bands_that_no_close_can_leave_are_refused(options, told):
    with pytest.raises(ValidationError, match=told):
        BollingerReversionOptions(**options)


def test_what_is_wanted_can_be_watched(small, asked):
    strategy = reversion()
    asked(strategy, small({"AAA": FALL, "BBB": [1] * 5}))
    assert strategy.get_debug_info() == {"wanted": ["AAA"]}

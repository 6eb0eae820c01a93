"""What every plugin has: typed options, defaults, parameters that can be set, and debug information."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import Field, SecretStr, ValidationError, model_validator

from app.domain.errors import PluginError
from app.ports import Options, PluginBase, PortfolioOptions

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-008")]


class GridOptions(Options):
    """Options of a plugin for tests."""

    levels: int = Field(3, ge=1)
    spacing: Decimal = Decimal("0.5")
    names: list[str] = Field(default_factory=lambda: ["left", "right"])
    label: str

    @model_validator(mode="after")
    def _even(self) -> "GridOptions":
        if self.levels == len(self.names):
            raise ValueError(f"levels ({self.levels}) must differ from the number of names")
        return self


class Grid(PluginBase):
    """A plugin for tests."""

    Options = GridOptions
    plugin_debug_vars = ("seen", "missing")

    def __init__(self, options=None):
        super().__init__(options)
        self.seen = 2


@pytest.fixture
def grid():
    return Grid(GridOptions(label="s"))


def test_the_parameters_are_the_defaults_of_the_options():
    assert Grid.plugin_params == {"levels": 3, "spacing": Decimal("0.5"), "names": ["left", "right"]}
    assert PluginBase.plugin_params == {}


def test_a_subclass_has_parameters_of_its_own():
    class FineOptions(Options):
        levels: int = 9

    class Fine(Grid):
        Options = FineOptions

    assert Fine.plugin_params == {"levels": 9}
    assert Grid.plugin_params["levels"] == 3


def test_parameters_are_set_together_and_the_options_replaced_whole(grid):
    before = grid.options
    grid.set_params(levels=5, spacing="0.25")
    assert (grid.options.levels, grid.options.spacing, grid.options.label) == (5, Decimal("0.25"), "s")
    assert before.levels == 3


def test_options_are_frozen(grid):
    with pytest.raises(ValidationError):
        grid.options.levels = 7


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"levels": 0}, r"Grid: levels = 0 is not valid: .*greater than or equal to 1"),
        ({"levels": "many"}, r"Grid: levels = 'many' is not valid: .*integer"),
        ({"depth": 4}, r"Grid: depth = 4 is not valid: Extra inputs"),
        ({"names": ["x", 7]}, r"Grid: names\.1 = 7 is not valid"),
        ({"levels": 2}, r"Grid: options = .* is not valid: .*levels \(2\) must differ"),
    ],
)
def test_a_wrong_parameter_is_refused_with_its_key_value_and_reason(grid, given, told):
    before = grid.options
    with pytest.raises(PluginError, match=told):
        grid.set_params(**given)
    assert grid.options is before


def test_debug_information_is_the_present_value_of_each_named_variable(grid):
    assert grid.get_debug_info() == {"seen": 2, "missing": None}
    grid.seen = 5
    info = {"before": 1}
    grid.add_debug_info(info)
    assert info == {"before": 1, "seen": 5, "missing": None}


@pytest.mark.parametrize("capital", ["0.01", "1", "100000", "92233720368547758.07"])
def test_a_portfolio_may_start_with_any_whole_number_of_cents(capital):
    assert PortfolioOptions(capital=Decimal(capital)).capital == Decimal(capital)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"capital": "0"}, "greater than 0"),
        ({"capital": "-5"}, "greater than 0"),
        ({"capital": "NaN"}, "finite"),
        ({"capital": "Infinity"}, "finite"),
        ({"capital": "0.001"}, r"more decimals than USD \(2\)"),
        ({"capital": "100.005"}, r"more decimals than USD \(2\)"),
        ({"capital": "100.5", "currency": "JPY"}, r"more decimals than JPY \(0\)"),
        ({"capital": "1e18"}, "does not fit 64 bits"),
        ({"currency": "dollar"}, "'dollar' is not a currency code"),
    ],
)
def test_a_capital_that_cannot_be_paid_in_is_refused(given, told):
    with pytest.raises(ValidationError, match=told):
        PortfolioOptions(**given)


def test_a_default_may_be_a_secret_or_a_path():
    class Keyed(Options):
        api_key: SecretStr = SecretStr("none")
        folder: Path = Path("here")

    assert Keyed.model_validate_json("{}", strict=True).folder == Path("here")

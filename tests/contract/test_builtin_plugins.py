"""What every plugin promises, held against each that is installed with the program."""

from importlib.metadata import EntryPoint, distribution
from inspect import isabstract

import msgspec
import pytest
from pydantic import ValidationError

from app.domain.errors import PluginError
from app.ports import KINDS, Options, PluginBase, Portfolio, PortfolioOptions, Strategy

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-008")]

BUILTIN = [
    pytest.param(entry, id=f"{entry.group.removeprefix('plugins_')}/{entry.name}")
    for entry in distribution("lts-server").entry_points
    if entry.group.removeprefix("plugins_") in KINDS
]


@pytest.fixture(params=BUILTIN)
def entry(request: pytest.FixtureRequest) -> EntryPoint:
    return request.param


@pytest.fixture
def plugin(entry: EntryPoint) -> PluginBase:
    return entry.load()()


def test_there_is_one_of_each_kind() -> None:
    found = {param.values[0].group.removeprefix("plugins_") for param in BUILTIN}
    assert found == set(KINDS)


def test_a_plugin_is_a_complete_class_of_its_kind(entry: EntryPoint) -> None:
    made = entry.load()
    assert issubclass(made, KINDS[entry.group.removeprefix("plugins_")])
    assert not isabstract(made)
    assert made.__doc__


def test_a_plugin_has_the_standard_structure(plugin: PluginBase) -> None:
    defaults = {name: field.default for name, field in type(plugin).Options.model_fields.items()}
    assert plugin.plugin_params == defaults
    assert isinstance(plugin.plugin_debug_vars, tuple)
    assert set(plugin.get_debug_info()) == set(plugin.plugin_debug_vars)
    assert all(hasattr(plugin, name) for name in plugin.plugin_debug_vars)
    info: dict[str, object] = {"mine": 1}
    plugin.add_debug_info(info)
    assert info.keys() == {"mine", *plugin.plugin_debug_vars}


def test_options_are_a_frozen_value_that_refuses_unknown_keys(plugin: PluginBase) -> None:
    made = type(plugin).Options
    assert issubclass(made, Options)
    with pytest.raises(ValidationError, match="Extra inputs"):
        made.model_validate({"no_such_option": 1})
    for name in made.model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(plugin.options, name, getattr(plugin.options, name))


def test_every_option_is_described(plugin: PluginBase) -> None:
    assert [name for name, field in type(plugin).Options.model_fields.items() if not field.description] == []


def test_an_unknown_parameter_is_refused_with_its_key_and_value(plugin: PluginBase) -> None:
    before = plugin.options
    with pytest.raises(PluginError, match="no_such_option = 7 is not valid"):
        plugin.set_params(no_such_option=7)
    assert plugin.options is before
    plugin.set_params()
    assert plugin.options == before


def test_the_memory_of_a_strategy_can_be_stored_and_read_back(plugin: PluginBase) -> None:
    if not isinstance(plugin, Strategy):
        return
    assert plugin.State is not None
    for form in (msgspec.msgpack, msgspec.json):
        assert form.decode(form.encode(plugin.state), type=plugin.State) == plugin.state


def test_a_portfolio_has_a_capital_and_a_currency(plugin: PluginBase) -> None:
    if isinstance(plugin, Portfolio):
        assert isinstance(plugin.options, PortfolioOptions)

"""Every plugin gets its own keys: by name, or by the short form of whoever was chosen at that layer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.errors import SettingsError

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005"), pytest.mark.requirement("STC-004")]

STRATEGIES = ("sma_cross", "momentum", "buy_and_hold")
DEFAULT_FAST = {"sma_cross": 20, "momentum": 5}

steps = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "plugins.strategy": st.sampled_from(STRATEGIES),
            "strategy.fast": st.integers(1, 99),
            "strategy.sma_cross.slow": st.integers(100, 999),
            "strategy.momentum.momentum": st.integers(1, 99),
        },
    ),
    max_size=5,
)


@given(files=steps)
def test_a_key_never_leaks_into_another_plugins_slice(settle: Any, files: list[dict[str, Any]]) -> None:
    bound = "sma_cross"
    expected: dict[str, dict[str, int]] = {"sma_cross": {}, "momentum": {}, "buy_and_hold": {}}
    for values in files:
        bound = values.get("plugins.strategy", bound)
        for key, option in (("strategy.sma_cross.slow", "slow"), ("strategy.momentum.momentum", "momentum")):
            if key in values:
                expected[key.split(".")[1]][option] = values[key]
        if "strategy.fast" in values:
            expected[bound]["fast"] = values["strategy.fast"]
    if bound == "buy_and_hold" and any(
        "strategy.fast" in values and choice == bound
        for values, choice in zip(files, _choices(files), strict=True)
    ):
        with pytest.raises(SettingsError, match=r"strategy\.fast"):
            settle(files=tuple(files))
        return
    settings = settle(files=tuple(files))
    assert settings.chosen["strategy"] == bound
    assert settings.options("strategy").model_dump(exclude_unset=True) == expected[bound]


def _choices(files: list[dict[str, Any]]) -> list[str]:
    chosen = ["sma_cross"]
    for values in files:
        chosen.append(values.get("plugins.strategy", chosen[-1]))
    return chosen[1:]


def test_the_short_form_means_the_plugin_chosen_up_to_that_file(settle: Any) -> None:
    settings = settle(
        files=(
            {"strategy.fast": 7},
            {"plugins.strategy": "momentum", "strategy.fast": 8},
        )
    )
    assert settings.options("strategy").model_dump()["fast"] == 8
    explanation = settings.explain("strategy.fast")
    assert explanation.key == "strategy.momentum.fast"
    assert [below.value for below in explanation.shadowed] == ["5"]
    assert [left.source.name for left in explanation.dropped] == ["1.toml"]
    assert explanation.dropped[0].reason == "it was for sma_cross, and 2.toml chose momentum"


def test_a_choice_on_the_command_line_binds_keys_whatever_their_order(settle: Any) -> None:
    for overrides in (
        ("strategy.momentum=3", "plugins.strategy=momentum"),
        ("plugins.strategy=momentum", "strategy.momentum=3"),
    ):
        assert settle(*overrides).options("strategy").model_dump()["momentum"] == 3


def test_keys_dropped_with_their_plugin_are_told(settle: Any) -> None:
    settings = settle("plugins.strategy=buy_and_hold", database={"strategy.fast": 5})
    assert settings.options("strategy").model_dump() == {}
    (notice,) = settings.notices
    assert notice == (
        "strategy.fast (from database) is not used: "
        "it was for sma_cross, and --set plugins.strategy chose buy_and_hold."
    )
    explanation = settings.explain("strategy.fast")
    assert explanation.source is None
    assert explanation.value == ""
    assert explanation.dropped == settings.explain("strategy.sma_cross.fast").dropped
    assert len(explanation.dropped) == 1


def test_keys_come_back_when_their_plugin_is_chosen_again(settle: Any) -> None:
    files = ({"strategy.fast": 7}, {"plugins.strategy": "momentum"}, {"plugins.strategy": "sma_cross"})
    assert settle(files=files).options("strategy").model_dump()["fast"] == 7


def test_a_table_of_a_plugin_that_is_not_chosen_is_kept_and_neither_validated_nor_loaded(settle: Any) -> None:
    settings = settle(files=({"strategy": {"not_installed": {"anything": ["at", "all"]}, "fast": 7}},))
    assert settings.options("strategy").model_dump()["fast"] == 7
    assert settings.notices == ()
    left = settings.explain("strategy.not_installed.anything").dropped
    assert left[0].reason == "it is for not_installed, and built-in default chose sma_cross"


def test_a_table_for_a_plugin_chosen_higher_is_used(settle: Any) -> None:
    files = ({"strategy": {"momentum": {"momentum": 4}}},)
    assert settle("plugins.strategy=momentum", files=files).options("strategy").model_dump()["momentum"] == 4


def test_a_table_is_no_option_of_a_plugin_chosen_higher(settle: Any) -> None:
    settings = settle("plugins.strategy=momentum", files=({"strategy": {"weights": {"A": "1"}}},))
    assert settings.options("strategy").model_dump()["weights"] == {}
    (left,) = settings.explain("strategy.weights.A").dropped
    assert left.reason == "it is for weights, and --set plugins.strategy chose momentum"


def test_a_table_named_almost_like_the_chosen_plugin_is_told(settle: Any) -> None:
    settings = settle(files=({"strategy.sma_crss.fast": 7},))
    assert settings.options("strategy").model_dump()["fast"] == 20
    (notice,) = settings.notices
    assert notice == (
        "strategy.sma_crss (from 1.toml) is not used: "
        "it is for sma_crss, and built-in default chose sma_cross."
    )


def test_an_option_that_is_a_table_is_set_whole_in_either_form(settle: Any) -> None:
    short = {"plugins.strategy": "momentum", "strategy": {"weights": {"A": "0.5"}, "fast": 2}}
    assert settle(files=(short,)).options("strategy").model_dump(mode="json")["weights"] == {"A": "0.5"}
    settings = settle('strategy.momentum.weights={"B": 0.25}', files=(short,))
    assert settings.options("strategy").model_dump(mode="json")["weights"] == {"B": "0.25"}
    assert settings.explain("strategy.weights").shadowed[0].value == '{A = "0.5"}'


def test_one_part_of_a_table_option_cannot_be_set(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("plugins.strategy=momentum", "strategy.weights.A=1")
    assert caught.value.remedy.startswith("strategy.weights is one value")


def test_an_option_named_like_its_plugin_works_in_both_forms(settle: Any) -> None:
    choice = {"plugins.strategy": "momentum"}
    for values in ({"strategy.momentum": 3}, {"strategy.momentum": {"momentum": 3}}):
        settings = settle(files=(choice, values))
        assert settings.options("strategy").model_dump()["momentum"] == 3


def test_a_key_set_twice_by_one_file_is_refused(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle(files=({"strategy": {"fast": 7, "sma_cross": {"fast": 8}}},))
    assert caught.value.problem == (
        "strategy.sma_cross.fast is set twice by 1.toml (strategy.fast and strategy.sma_cross.fast)."
    )


def test_a_required_option_that_nobody_sets_is_named(settle: Any) -> None:
    with pytest.raises(SettingsError) as caught:
        settle("plugins.broker=venue")
    assert caught.value.problem == "broker.venue.account is not set, and it has no default."
    settings = settle("plugins.broker=venue", "broker.account=7")
    assert settings.explain("broker.account").shadowed == ()


def test_errors_of_the_plugin_host_pass_through(settle: Any) -> None:
    with pytest.raises(KeyError, match="nobody"):
        settle("plugins.strategy=nobody")

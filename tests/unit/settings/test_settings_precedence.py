"""Whoever sets a key, the highest layer wins and everything below is remembered."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings.collection import Flag
from app.settings.layers import Layer

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005"), pytest.mark.requirement("STC-004")]

# Lowest first; each is a place that can set one key, and how it is handed over.
PLACES = ("1.toml", "2.toml", "database", "LTS__RUN__SEED", "--set run.seed", "--seed")
LAYERS = (
    Layer.FILE,
    Layer.FILE,
    Layer.DATABASE,
    Layer.ENVIRONMENT,
    Layer.COMMAND_LINE,
    Layer.COMMAND_LINE,
)

assignments = st.dictionaries(st.sampled_from(PLACES), st.integers(0, 2**63 - 1))


def _said(values: dict[str, int]) -> dict[str, Any]:
    """Return the arguments of `settle` that make each place set run.seed."""
    files = tuple({"run.seed": values[name]} if name in values else {} for name in PLACES[:2])
    return {
        "files": files,
        "database": {"run.seed": values["database"]} if "database" in values else {},
        "environ": {name: str(values[name]) for name in PLACES[3:4] if name in values},
        "flags": {"run.seed": Flag("--seed", values.get("--seed"))},
    }


def _overrides(values: dict[str, int]) -> list[str]:
    return [f"run.seed={values[name]}" for name in PLACES[4:5] if name in values]


@given(values=assignments)
def test_the_highest_place_that_sets_a_key_wins(settle: Any, values: dict[str, int]) -> None:
    settings = settle(*_overrides(values), **_said(values))
    said = [name for name in PLACES if name in values]
    explanation = settings.explain("run.seed")
    if not said:
        assert (settings.core.run.seed, explanation.source.layer) == (1, Layer.DEFAULT)
        return
    assert settings.core.run.seed == values[said[-1]]
    assert explanation.source.name == said[-1]
    assert explanation.source.layer is LAYERS[PLACES.index(said[-1])]
    assert [below.value for below in explanation.shadowed] == [
        *(str(values[name]) for name in reversed(said[:-1])),
        "1",
    ]


@given(values=assignments)
def test_what_is_explained_is_what_was_merged(settle: Any, values: dict[str, int]) -> None:
    settings = settle(*_overrides(values), **_said(values))
    assert settings.explain("run.seed").value == str(settings.core.run.seed)
    provenance = settings.provenance()
    for row in settings.rows():
        explanation = settings.explain(row.key)
        assert (explanation.value, explanation.source) == (row.value, row.source)
        assert provenance[row.key]["source"] == row.source.name


@given(values=assignments)
def test_resolving_twice_gives_the_same(settle: Any, values: dict[str, int]) -> None:
    first = settle(*_overrides(values), **_said(values))
    second = settle(*_overrides(values), **_said(values))
    assert first.core == second.core
    assert first.provenance() == second.provenance()
    assert list(first.provenance()) == list(second.provenance())
    assert first.notices == second.notices


def test_defaults_are_complete_without_any_source(settle: Any) -> None:
    settings = settle()
    assert settings.chosen == {
        "core": "headless",
        "aaa": "local",
        "pipeline": "backtest",
        "strategy": "sma_cross",
        "broker": "simulated",
        "portfolio": "equal_weight",
    }
    assert settings.core.data.symbols == ("AAPL", "GOOG", "IBM", "MSFT")
    assert settings.options("strategy").model_dump() == {"fast": 20, "slow": 100}
    assert settings.explain("strategy.fast").source.layer is Layer.PLUGIN
    assert settings.notices == ()
    assert "sma_cross" in repr(settings)


def test_of_several_overrides_the_last_wins(settle: Any) -> None:
    assert settle("run.seed=2", "run.seed=3").core.run.seed == 3


def test_a_dedicated_option_is_above_set_and_none_sets_nothing(settle: Any) -> None:
    flags = {"data.symbols": Flag("--symbols", "IBM, MSFT"), "run.seed": Flag("--seed", None)}
    settings = settle("data.symbols=AAPL", "run.seed=9", flags=flags)
    assert settings.core.data.symbols == ("IBM", "MSFT")
    assert settings.explain("data.symbols").source.name == "--symbols"
    assert settings.core.run.seed == 9


def test_an_option_may_hand_over_a_typed_value(settle: Any) -> None:
    flags = {"data.symbols": Flag("--symbols", ("IBM",)), "run.seed": Flag("--seed", 4)}
    settings = settle(flags=flags)
    assert settings.core.data.symbols == ("IBM",)
    assert settings.core.run.seed == 4

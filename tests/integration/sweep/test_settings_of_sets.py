"""The settings of each set are those of a run with --set, and the quick way to its options is the same."""

import pytest

from app.domain.errors import ConfigurationError
from app.services._sweep.grid import Grid
from app.services._sweep.variants import Variants
from app.settings.collection import collect
from app.settings.errors import SettingsError
from app.settings.resolution import resolve

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-005")]

TEXTS = [
    "fast=10,30,50",
    "slow=30,60",
    "broker.commission_bps=0,2.5",
    "portfolio.equal_weight.cash_buffer=0.1",
]


@pytest.fixture
def variants():
    """Make the variants of a grid over settings that were set otherwise."""

    def make(*texts, overrides=("strategy.fast=7", "broker.commission_bps=1")):
        return Variants(collect(overrides=overrides), Grid.parsed(texts))

    return make


def test_a_set_has_the_options_of_a_run_with_the_same_settings(variants):
    made = variants(*TEXTS)
    refused = 0
    for parameters in made.grid:
        pairs = zip(made.grid.names, parameters, strict=True)
        said = [f"{name if '.' in name else 'strategy.' + name}={value}" for name, value in pairs]
        try:
            run = resolve(collect(overrides=said), made.catalogue.options_of)
        except SettingsError:
            for asked in (made.options, made.settings):
                with pytest.raises(SettingsError, match="must be smaller"):
                    asked(parameters)
            refused += 1
            continue
        settings = made.settings(parameters)
        for kind, options in made.options(parameters).items():
            assert options == settings.options(kind) == run.options(kind)
    assert refused == 4


def test_both_ways_refuse_a_set_with_the_same_words(variants):
    made = variants("fast=50", "slow=30")
    problems = set()
    for asked in (made.options, made.settings):
        with pytest.raises(SettingsError) as refused:
            asked((50, 30))
        problems.add(refused.value.problem)
    assert len(problems) == 1


def test_the_first_set_that_is_accepted_is_found(variants):
    assert variants("slow=5,6,9", overrides=("strategy.fast=8",)).first() == (9,)


@pytest.mark.parametrize("name", ["strategy.rsi_reversion.length", "run.sed", "log.level", "environment"])
def test_a_name_that_cannot_be_swept_is_refused_at_once(variants, name):
    with pytest.raises((SettingsError, ConfigurationError)):
        variants(f"{name}=1").first()


def test_the_seed_may_be_swept(variants):
    made = variants("run.seed=3,4")
    assert [made.settings(parameters).core.run.seed for parameters in made.grid] == [3, 4]

"""A run repeated under the policies that it did not run under: when, with what, and what may go wrong."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.engine.venue import Intrabar
from app.plugins.catalogue import Catalogue
from app.plugins.system import System
from app.ports import MarketData, RunContext, RunResult, RunStatus
from app.services.ambiguity import bounds
from app.settings.collection import collect
from app.settings.resolution import resolve

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-006")]


class Recorded:
    """A recorder that counts what it is given."""

    batches = 0

    def write(self, _batch: object) -> None:
        self.batches += 1


@pytest.fixture
def system() -> System:
    catalogue = Catalogue()
    settings = resolve(collect(overrides=["plugins.strategy=buy_and_hold"]), catalogue.options_of)
    return System.build(settings, catalogue, pytest.fail)


@pytest.fixture
def context(system: System, small) -> RunContext:
    market: MarketData = small({"A": [10, 11, 12, 13]})
    return RunContext(
        run_id="a run",
        portfolio_name="headless",
        strategy_name="buy_and_hold",
        currency="USD",
        capital=Decimal(1_000),
        market=market,
        seed=1,
        benchmark=market,
        benchmark_name="itself",
        strategy=system.strategy,
        portfolio=system.portfolio,
        broker=system.broker,
        recorder=Recorded(),
        progress=lambda _done, _total: None,
        stopping=lambda: False,
    )


@pytest.fixture
def ambiguous(system: System, context: RunContext) -> RunResult:
    """A run that claims an ambiguous fill."""
    return replace(system.pipeline.run(context), ambiguous=1)


def test_only_what_differs_from_the_run_is_run_again_and_nothing_of_it_is_stored(system, context, ambiguous):
    before = context.recorder.batches
    found = bounds(ambiguous, system, context)
    assert found.worst is found.own
    assert found.best.policy is Intrabar.BEST
    assert found.best.final_equity == found.own.final_equity == ambiguous.equity.equity[-1]
    assert found.problem == ""
    assert context.recorder.batches == before


@pytest.mark.parametrize("change", [{"ambiguous": 0}, {"status": RunStatus.INTERRUPTED}])
def test_a_run_that_is_unambiguous_or_was_stopped_is_not_repeated(system, context, ambiguous, change):
    assert bounds(replace(ambiguous, **change), system, context) is None


def test_a_repetition_that_is_stopped_tells_so_and_gives_no_figures(system, context, ambiguous):
    found = bounds(ambiguous, system, replace(context, stopping=lambda: True))
    assert found.best is None
    assert found.problem == "Under intrabar = best the run was stopped."


def test_a_repetition_that_fails_says_why(system, context, ambiguous):
    def stopping() -> bool:
        raise ValueError("no")

    found = bounds(ambiguous, system, replace(context, stopping=stopping))
    assert (found.worst, found.best) == (found.own, None)
    assert found.problem.startswith("Under intrabar = best the run failed: ")


def test_what_is_no_backtest_is_not_repeated(system, context, ambiguous):
    class Paper(type(system.pipeline)):
        mode = "paper"

    paper = replace(system, plugins={**system.plugins, "pipeline": Paper()})
    assert bounds(ambiguous, paper, context) is None

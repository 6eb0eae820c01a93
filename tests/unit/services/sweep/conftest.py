"""Rows and results of sweeps that nobody ran."""

import pytest

from app.services._sweep.grid import Grid
from app.services._sweep.luck import Luck
from app.services._sweep.ranking import SkippedGroup, ranked
from app.services._sweep.result import SweepResult
from app.services._sweep.rows import Row
from app.services.sweep_metric import Metric


@pytest.fixture
def row():
    """Make a row of these parameters, whose figures follow from one number."""

    def make(*parameters, sharpe=1.0, **more):
        figures = {
            "total_return": None if sharpe is None else sharpe / 10,
            "sharpe": sharpe,
            "max_drawdown": None if sharpe is None else -0.5 + sharpe / 10,
            "trades": 3,
            "fills": 7,
            "final_equity": 10_000_000,
            "fees": 1234,
            "state_hash": "ab" * 32,
            **more,
        }
        return Row(tuple(parameters), **figures)

    return make


@pytest.fixture
def result():
    """Make the result of a sweep with these rows."""

    def make(texts, rows, *, metric=Metric.SHARPE, **more):
        grid = Grid.parsed(texts)
        facts = {
            "id": "0190",
            "strategy": "sma_cross",
            "symbols": ("IBM", "MSFT"),
            "bars": 1000,
            "period": (0, 86_400_000_000_000),
            "currency": "USD",
            "grid": grid,
            "metric": metric,
            "rows": ranked(rows, metric),
            "skipped": [SkippedGroup(2, next(iter(grid)), "fast <must> be smaller", failed=False)],
            "luck": Luck(len(rows), 0.2, 0.99, 0.9),
            "warnings": [],
            "data_hash": "cd" * 32,
            "seed": 1,
            "workers": 2,
            "seconds": 1.5,
            **more,
        }
        return SweepResult(**facts)

    return make

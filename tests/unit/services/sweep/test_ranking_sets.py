"""The order of the sets, and the reasons of those that have no row."""

import pytest

from app.services._sweep.ranking import grouped, ranked
from app.services._sweep.rows import Row, Skipped
from app.services.sweep_metric import Metric

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005")]


def places(rows, metric):
    return [each.parameters[0] for each in ranked(rows, metric)]


def test_the_best_comes_first_equal_ones_in_order_and_the_undefined_last(row):
    rows = [
        row(1, sharpe=None),
        row(2, sharpe=0.5),
        row(3, sharpe=-1.0),
        row(4, sharpe=0.5),
        row(5, sharpe=0.0),
    ]
    assert places(rows, Metric.SHARPE) == [2, 4, 5, 3, 1]


def test_the_best_drawdown_is_the_smallest_loss(row):
    rows = [row(1, max_drawdown=-0.5), row(2, max_drawdown=-0.1), row(3, max_drawdown=0.0)]
    assert places(rows, Metric.MAX_DRAWDOWN) == [3, 2, 1]


@pytest.mark.parametrize("metric", Metric)
def test_every_metric_is_a_figure_of_a_row_and_has_a_name_for_people(metric):
    assert metric.value in Row.__slots__
    assert metric.label[0].isupper()


def test_reasons_that_differ_in_their_numbers_are_one_and_failures_are_apart():
    groups = grouped(
        [
            Skipped((5, 5), "fast (5) must be smaller than slow (5)"),
            Skipped((6, 2), "it broke", failed=True),
            Skipped((6, 5), "fast (6) must be smaller than slow (5)"),
            Skipped((7, 5), "it broke"),
        ]
    )
    assert [(group.sets, group.first, group.failed) for group in groups] == [
        (2, (5, 5), False),
        (1, (6, 2), True),
        (1, (7, 5), False),
    ]
    assert groups[0].reason == "fast (5) must be smaller than slow (5)"

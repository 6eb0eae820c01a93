"""The report of a sweep, its maps and its table."""

import csv
import json
import re
from io import StringIO

import pytest

from app.services._sweep.charts import PAIRS, distribution, maps
from app.services._sweep.files import csv_text
from app.services._sweep.page import ROWS, render
from app.services._sweep.result import sweep_summary
from app.services.sweep_metric import Metric

pytestmark = [pytest.mark.unit, pytest.mark.requirement("SYS-005")]

TWO = ["fast=5:8:1", "slow=10,20"]


@pytest.fixture
def of_two(row, result):
    """A sweep of two parameters, of which one set is missing."""
    sets = [(5, 10), (5, 20), (6, 10), (6, 20), (7, 20)]
    rows = [row(fast, slow, sharpe=slow / fast) for fast, slow in sets]
    return result(TWO, rows)


def test_one_parameter_is_a_line_over_its_values(row, result):
    ((chart, figure),) = maps(result(["fast=5:8:1"], [row(5), row(6), row(7)]))
    assert chart.caption == "Sharpe ratio over fast"
    assert figure["data"][0]["x"] == ["5", "6", "7"]


def test_a_parameter_with_one_value_is_no_axis_of_a_map(row, result):
    ((chart, _),) = maps(result(["fast=5:8:1", "slow=9"], [row(5, 9), row(6, 9)]))
    assert chart.caption == "Sharpe ratio over fast"


def test_two_parameters_are_a_heat_map_with_empty_cells_and_the_best_marked(of_two):
    ((_, figure),) = maps(of_two)
    squares, mark = figure["data"]
    assert (squares["x"], squares["y"]) == (["10", "20"], ["5", "6", "7"])
    assert squares["z"] == [[2.0, 4.0], [10 / 6, 20 / 6], [None, 20 / 7]]
    assert (mark["x"], mark["y"]) == (["20"], ["5"])


def test_more_parameters_are_a_map_for_each_pair_of_medians(row, result):
    rows = [
        row(a, b, c, sharpe=float(100 * a + 10 * b + c)) for a in (1, 2) for b in (1, 2) for c in (1, 2, 9)
    ]
    drawn = maps(result(["a=1,2", "b=1,2", "c=1,2,9"], rows))
    assert [chart.caption for chart, _ in drawn] == ["a and b", "a and c", "b and c"]
    assert drawn[0][1]["data"][0]["z"] == [[112.0, 122.0], [212.0, 222.0]]


def test_the_pairs_of_very_many_parameters_are_limited_and_it_says_so(row, result):
    of_five = result([f"p{place}=1,2" for place in range(5)], [row(1, 1, 1, 1, 1), row(2, 2, 2, 2, 2)])
    assert len(maps(of_five)) == PAIRS
    assert f"The first {PAIRS} of 10 pairs." in render(of_five, "x.csv")


def test_money_is_drawn_in_whole_units(row, result):
    of_money = result(["fast=1,2"], [row(1), row(2)], metric=Metric.FINAL_EQUITY)
    ((_, figure),) = maps(of_money)
    assert figure["layout"]["yaxis"]["tickformat"] == ",.0f"
    assert distribution(of_money) is not None


def test_sets_without_a_figure_draw_nothing(row, result):
    nothing = result(["fast=1,2"], [row(1, sharpe=None), row(2, sharpe=None)])
    assert maps(nothing) == []
    assert distribution(nothing) is None
    assert "n/a" in render(nothing, "x.csv")


def test_the_page_has_every_chart_and_loads_only_the_script_beside_it(of_two):
    page = render(of_two, "sweep.csv")
    figures = json.loads(re.search(r'id="figures">(.*?)</script>', page, re.DOTALL)[1])
    assert set(re.findall(r'data-figure="(.*?)"', page)) == set(figures)
    assert re.findall(r'(?:src|href)="(.*?)"', page) == ["plotly.min.js"]
    for text in ("Also in sweep.csv", "6 sets", "sma_cross"):
        assert text in page


def test_texts_of_users_and_plugins_are_escaped(row, result):
    page = render(
        result(["<b>=<i>,<u>"], [row("<i>"), row("<u>")], warnings=["<s>"], strategy="<x>"), "<y>.csv"
    )
    for text in ("<b>", "<i>", "<u>", "<s>", "<x>", "<y>", "<must>"):
        assert text not in page
    assert "&lt;must&gt;" in page


def test_a_long_table_is_cut_and_names_the_file_that_has_all(row, result):
    page = render(result([f"fast=0:{ROWS + 1}:1"], [row(place) for place in range(ROWS + 1)]), "all.csv")
    assert f"The best {ROWS} of {ROWS + 1} sets; all.csv has all." in page


def test_the_csv_has_every_row_with_exact_money(of_two):
    rows = list(csv.DictReader(StringIO(csv_text(of_two))))
    assert [(each["fast"], each["slow"]) for each in rows][:2] == [("5", "20"), ("6", "20")]
    assert (rows[0]["final_equity"], rows[0]["fees"]) == ("100000.00", "12.34")
    assert float(rows[0]["sharpe"]) == 4.0
    assert len(rows) == 5


def test_programs_get_all_rows_or_the_best_few(of_two):
    whole = sweep_summary(of_two, None, {"report": "r", "csv": "c"})
    assert len(whole["rows"]) == 5
    assert whole["rows"][0]["parameters"] == {"fast": 5, "slow": 20}
    assert sweep_summary(of_two, 2, {})["rows"] == whole["rows"][:2]
    assert (whole["refused"], whole["failed"], whole["report"]) == (2, 0, "r")
    json.dumps(whole, allow_nan=False)

"""The reference of indicators says what the code has: each one, its options, results, columns and warm-up."""

import re
from dataclasses import MISSING, fields
from math import isqrt
from pathlib import Path

import numpy as np
import pytest

from app.indicators.base import Indicator
from app.indicators.catalogue import INDICATORS

pytestmark = pytest.mark.unit

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "indicators.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)\((.*?)\)` \| (.+?) \| (.+?) \| `(.+?)` \| (.+?) \|$", flags=re.MULTILINE)
ROWS = {found[0]: found[1:] for found in ROW.findall(TEXT)}

every = pytest.mark.parametrize("kind", INDICATORS, ids=lambda kind: kind.__name__)


def instance(kind, length=11):
    """Return an indicator with its usual options, and this length where there is no usual one."""
    return kind(**{field.name: length for field in fields(kind) if field.default is MISSING})


def test_the_tables_name_every_indicator_and_no_other():
    assert set(ROWS) == {kind.__name__ for kind in INDICATORS}


@every
def test_options_and_their_usual_values_are_those_of_the_code(kind):
    options = [
        field.name if field.default is MISSING else f"{field.name}={field.default!r}".replace("'", '"')
        for field in fields(kind)
    ]
    assert ROWS[kind.__name__][0] == ", ".join(options)


@every
def test_results_and_columns_are_those_of_the_code(kind):
    _, results, reads, _, _ = ROWS[kind.__name__]
    assert results == (", ".join(f"`{name}`" for name in instance(kind).outputs) or "one")
    assert reads == ", ".join(instance(kind).columns)


@every
@pytest.mark.parametrize("length", [2, 9, 30])
def test_the_formula_of_the_warm_up_is_that_of_the_code(kind, length):
    indicator = instance(kind, length)
    names = {**vars(indicator), "isqrt": isqrt, "max": max}
    documented = eval(ROWS[kind.__name__][3], {"__builtins__": {}}, names)  # noqa: S307  # our own document
    assert documented == indicator.warmup


@every
def test_the_section_names_the_module(kind):
    section = TEXT.rsplit(f"| `{kind.__name__}(", 1)[0].rsplit("\n### ", 1)[1]
    rest = TEXT.split(section, 1)[1].split("\n### ", 1)[0]
    assert f"`{kind.__module__}`" in section + rest


@every
def test_the_docstring_gives_the_warm_up_and_a_source_where_the_table_has_one(kind):
    promise = kind.__doc__
    assert "Warm-up:" in promise
    years = re.findall(r"; [A-Z].*?(\d{4})", ROWS[kind.__name__][4])
    assert all(year in promise for year in years)


def test_the_example_of_a_new_indicator_works():
    example = next(
        code for code in re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL) if "Lift" in code
    )
    names = {"__name__": "example"}
    exec(compile(example, "indicators.md", "exec"), names)  # noqa: S102  # our own document
    lift = names["Lift"](2)
    assert isinstance(lift, Indicator)
    assert lift.over(np.array([3.0, 5.0, 2.0, 4.0]))[1:].tolist() == [2, 0, 2]

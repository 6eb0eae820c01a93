"""The traceability table: each requirement is in it, and the code and tests that it names exist."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

REQUIREMENTS = [f"SYS-{n:03d}" for n in range(1, 21)]
SCENARIOS = [f"STC-{n:03d}" for n in range(1, 9)]
TAIL = [f"STC-{n} tail" for n in range(8, 19)]
STATES = {"done", "partial", "planned"}


@dataclass(frozen=True)
class Row:
    """One requirement: what it asks, the paths that meet it, the tests that show it, and how far it is."""

    id: str
    what: str
    code: tuple[str, ...]
    tests: tuple[str, ...]
    state: str


def parse(text: str) -> list[Row]:
    """Return the rows of the document's tables whose first cell is an id."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and re.fullmatch(r"S(YS|TC)-\d+( tail)?", cells[0]):
            code, tests = (tuple(re.findall(r"`([^`]+)`", cell)) for cell in cells[2:4])
            rows.append(Row(cells[0], cells[1], code, tests, cells[4]))
    return rows


def functions_in(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def faults(row: Row, root: Path) -> list[str]:
    """Return what is wrong with a row: a state or path that does not exist, a claim without proof."""
    found = []
    if row.state not in STATES:
        found.append(f"{row.id}: {row.state!r} is no state")
    if row.state == "planned" and row.tests:
        found.append(f"{row.id}: planned, but names tests")
    if row.state in {"done", "partial"} and not (row.code and row.tests):
        found.append(f"{row.id}: {row.state}, but names no code or no test")
    for name in (*row.code, *row.tests):
        path, *functions = name.split("::")
        if not (root / path).exists():
            found.append(f"{row.id}: {path} does not exist")
        elif functions and not set(functions) <= functions_in(root / path):
            found.append(f"{row.id}: {name} does not exist")
    return found


def marked_ids(files: tuple[Path, ...]) -> dict[str, str]:
    """Return each id that a requirement marker names, with a file that names it."""
    ids = {}
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.requirement":
                ids.update({str(ast.literal_eval(argument)): path.name for argument in node.args})
    return ids


@pytest.fixture(scope="module")
def rows(checkout: Path) -> list[Row]:
    return parse((checkout / "docs" / "traceability.md").read_text(encoding="utf-8"))


def test_every_requirement_and_scenario_has_exactly_one_row(rows: list[Row]) -> None:
    assert [row.id for row in rows] == REQUIREMENTS + SCENARIOS + TAIL


def test_every_row_names_code_and_tests_that_exist(rows: list[Row], checkout: Path) -> None:
    assert [fault for row in rows for fault in faults(row, checkout)] == []


def test_every_requirement_that_a_test_names_is_in_the_table_and_no_longer_planned(
    rows: list[Row], test_files: tuple[Path, ...]
) -> None:
    started = {row.id.removesuffix(" tail") for row in rows if row.state != "planned"}
    assert {id_: where for id_, where in marked_ids(test_files).items() if id_ not in started} == {}


def test_every_row_that_claims_proof_is_named_by_a_marker(
    rows: list[Row], test_files: tuple[Path, ...]
) -> None:
    claimed = {row.id.removesuffix(" tail") for row in rows if row.state != "planned"}
    assert claimed - marked_ids(test_files).keys() == set()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("| SYS-001 | x | `a.py` | `t.py::test_b` | finished |", "SYS-001: 'finished' is no state"),
        ("| SYS-001 | x | - | `t.py` | planned |", "SYS-001: planned, but names tests"),
        ("| SYS-001 | x | `a.py` | - | done |", "SYS-001: done, but names no code or no test"),
        ("| SYS-001 | x | `lost.py` | `t.py` | done |", "SYS-001: lost.py does not exist"),
        ("| SYS-001 | x | `a.py` | `t.py::test_c` | partial |", "SYS-001: t.py::test_c does not exist"),
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, line: str, fault: str) -> None:
    (tmp_path / "a.py").write_text("", encoding="utf-8")
    (tmp_path / "t.py").write_text("def test_b(): ...", encoding="utf-8")
    (row,) = parse(line)
    assert faults(row, tmp_path) == [fault]

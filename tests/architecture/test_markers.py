"""Every test says at which level it tests: unit, integration, system or acceptance."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

LEVELS = {"unit", "integration", "system", "acceptance"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def has_level(node: ast.AST | None) -> bool:
    """Tell whether an expression holds `pytest.mark.LEVEL`."""
    return node is not None and any(
        isinstance(inner, ast.Attribute)
        and inner.attr in LEVELS
        and ast.unparse(inner.value) == "pytest.mark"
        for inner in ast.walk(node)
    )


def sets_level(body: list[ast.stmt]) -> bool:
    """Tell whether a module or class sets a level for all of it with `pytestmark`."""
    return any(
        isinstance(statement, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in statement.targets)
        and has_level(statement.value)
        for statement in body
    )


def unmarked(source: str) -> list[str]:
    """Return the names of the tests that no marker gives a level."""
    module = ast.parse(source)
    if sets_level(module.body):
        return []
    names = []
    for node in module.body:
        if not isinstance(node, Function | ast.ClassDef) or any(map(has_level, node.decorator_list)):
            continue
        sets_its_own = isinstance(node, ast.ClassDef) and sets_level(node.body)
        if node.name.lower().startswith("test") and not sets_its_own:
            names.append(node.name)
    return names


def test_every_test_carries_a_level(checkout: Path, test_files: tuple[Path, ...]) -> None:
    found = [
        f"{path.relative_to(checkout).as_posix()}::{name}"
        for path in test_files
        for name in unmarked(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def test_a(): ...", ["test_a"]),
        ("@pytest.mark.slow\ndef test_a(): ...", ["test_a"]),
        ("@pytest.mark.unit\ndef test_a(): ...", []),
        ("pytestmark = [pytest.mark.slow, pytest.mark.system]\ndef test_a(): ...", []),
        ("class TestA(Contract):\n    def make(self): ...", ["TestA"]),
        ("class TestA(Contract):\n    pytestmark = pytest.mark.unit", []),
    ],
)
def test_a_test_without_a_level_is_found(source: str, names: list[str]) -> None:
    assert unmarked(source) == names

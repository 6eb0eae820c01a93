"""What the code imports is declared: the core's dependencies anywhere, an extra's only where it is used."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-020")]

# Parts of declared packages, whose documentation imports from them: markup of jinja2, errors of pydantic,
# the newest names of typing.
COMPANIONS = frozenset({"markupsafe", "pydantic-core", "typing-extensions"})


@pytest.fixture(scope="module")
def core(checkout: Path) -> frozenset[str]:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return COMPANIONS | {canonicalize_name(Requirement(text).name) for text in project["dependencies"]}


@pytest.fixture(scope="module")
def extras(checkout: Path) -> frozenset[str]:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = (text for group in project["optional-dependencies"].values() for text in group)
    return frozenset(canonicalize_name(Requirement(text).name) for text in texts)


def outside_imports(path: Path) -> Iterator[tuple[int, str, bool]]:
    """Yield line, top-level module and whether it is imported at once, for each import from outside."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    lazy = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or is_type_checking(node)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            modules = [node.module or ""]
        for module in modules:
            root = module.split(".")[0]
            if root not in sys.stdlib_module_names and root != "app" and not root.startswith("plugins_"):
                yield getattr(node, "lineno", 0), root, id(node) not in lazy


def is_type_checking(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def test_every_outside_import_is_a_declared_dependency(
    checkout: Path, code_files: tuple[Path, ...], core: frozenset[str], extras: frozenset[str]
) -> None:
    distributions = packages_distributions()
    undeclared = []
    for path in code_files:
        for line, module, _ in outside_imports(path):
            names = {canonicalize_name(name) for name in distributions.get(module, [])}
            if not names & (core | extras):
                undeclared.append(f"{path.relative_to(checkout).as_posix()}:{line}: {module}")
    assert undeclared == []


def test_what_comes_with_an_extra_is_imported_inside_the_function_that_needs_it(
    checkout: Path, code_files: tuple[Path, ...], core: frozenset[str]
) -> None:
    distributions = packages_distributions()
    testing_kit = checkout / "app" / "ports" / "testing"  # a plugin author has the test extra's pytest
    eager = []
    for path in code_files:
        if testing_kit in path.parents:
            continue
        for line, module, at_once in outside_imports(path):
            names = {canonicalize_name(name) for name in distributions.get(module, [])}
            if at_once and not names & core:
                eager.append(f"{path.relative_to(checkout).as_posix()}:{line}: {module}")
    assert eager == []

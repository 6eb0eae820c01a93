"""Settings arrive typed, through constructors: only `app.settings` reads the process environment.

The composition root may hand the environment to it, as one mapping.
"""

import ast
from pathlib import Path

import pytest

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-005")]

READERS = ("environ", "environb", "getenv", "getenvb")


def environment_reads(source: str) -> list[int]:
    """Return the lines on which a module reads the environment through `os`."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in READERS and ast.unparse(node.value) == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and takes_a_reader(node))
    ]


def takes_a_reader(node: ast.ImportFrom) -> bool:
    return any(alias.name in READERS for alias in node.names)


def test_no_module_outside_settings_reads_the_environment(
    checkout: Path, code_files: tuple[Path, ...]
) -> None:
    settings, root = checkout / "app" / "settings", checkout / "app" / "bootstrap.py"
    found = [
        f"{path.relative_to(checkout).as_posix()}:{line}"
        for path in code_files
        if settings not in path.parents and path != root
        for line in environment_reads(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source", ["import os\nos.environ['A']", "import os\nos.getenv('A')", "\nfrom os import environ"]
)
def test_a_planted_read_is_found(source: str) -> None:
    assert environment_reads(source) == [2]

"""The tree: which folders there are, what each package says it is for, and how long a module may be."""

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

LONGEST_MODULE = 500

ROOMS_OF_APP = {
    "analytics",
    "cli",
    "client",
    "data",
    "domain",
    "engine",
    "indicators",
    "live",
    "observability",
    "persistence",
    "plugins",
    "ports",
    "risk",
    "security",
    "services",
    "settings",
}
PLUGIN_FOLDERS = {
    "plugins_aaa",
    "plugins_broker",
    "plugins_core",
    "plugins_pipeline",
    "plugins_portfolio",
    "plugins_strategy",
}
OTHER_FOLDERS = {"benchmarks", "config", "docs", "examples", "migrations", "tests"}
MADE_BY_TOOLS = {"build", "dist", "htmlcov", "site"}


def visible_folders(parent: Path) -> set[str]:
    return {
        path.name
        for path in parent.iterdir()
        if path.is_dir() and not path.name.startswith((".", "__")) and path.suffix != ".egg-info"
    }


def packages(folders: tuple[Path, ...]) -> list[Path]:
    return sorted({path.parent for folder in folders for path in folder.rglob("*.py")})


def test_the_top_level_holds_the_folders_of_the_architecture_and_no_others(checkout: Path) -> None:
    environments = {path.parent.name for path in checkout.glob("*/pyvenv.cfg")}
    expected = {"app"} | PLUGIN_FOLDERS | OTHER_FOLDERS
    assert visible_folders(checkout) - MADE_BY_TOOLS - environments <= expected
    assert {"app"} | PLUGIN_FOLDERS <= visible_folders(checkout)


def test_app_holds_the_rooms_of_the_architecture_and_no_others(checkout: Path) -> None:
    assert visible_folders(checkout / "app") == ROOMS_OF_APP


def test_every_folder_with_python_in_it_is_a_package(code_folders: tuple[Path, ...]) -> None:
    assert [folder for folder in packages(code_folders) if not (folder / "__init__.py").is_file()] == []


def test_every_package_says_in_one_line_what_it_is_for(
    checkout: Path, code_folders: tuple[Path, ...]
) -> None:
    unclear = []
    for package in packages(code_folders):
        docstring = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
        first_line = docstring.split("\n\n")[0]
        if "\n" in first_line or not first_line.endswith("."):
            unclear.append(package.relative_to(checkout).as_posix())
    assert unclear == []


def test_no_module_is_so_long_that_it_holds_two_subjects(
    checkout: Path, code_files: tuple[Path, ...], test_files: tuple[Path, ...]
) -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in code_files + test_files}
    assert [path.relative_to(checkout).as_posix() for path, n in lengths.items() if n > LONGEST_MODULE] == []


def test_test_folders_are_no_packages(checkout: Path) -> None:
    assert sorted((checkout / "tests").rglob("__init__.py")) == []

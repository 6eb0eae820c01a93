"""What the tests of the architecture share: the checkout, and the Python files in it."""

from pathlib import Path

import pytest

CODE = (
    "app",
    "plugins_aaa",
    "plugins_broker",
    "plugins_core",
    "plugins_pipeline",
    "plugins_portfolio",
    "plugins_strategy",
)


@pytest.fixture(scope="session")
def checkout() -> Path:
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def code_folders(checkout: Path) -> tuple[Path, ...]:
    """The folders that the wheel carries."""
    return tuple(checkout / name for name in CODE)


@pytest.fixture(scope="session")
def code_files(code_folders: tuple[Path, ...]) -> tuple[Path, ...]:
    """Every Python file that the wheel carries."""
    return tuple(path for folder in code_folders for path in sorted(folder.rglob("*.py")))


@pytest.fixture(scope="session")
def test_files(checkout: Path) -> tuple[Path, ...]:
    return tuple(sorted((checkout / "tests").rglob("test_*.py")))

"""Changelog fragments are named so that towncrier finds them, and say something."""

import re
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def test_every_fragment_is_named_by_a_kind_of_change_and_says_something(checkout: Path) -> None:
    towncrier = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["towncrier"]
    kinds = "|".join(kind["directory"] for kind in towncrier["type"])
    for path in (checkout / towncrier["directory"]).iterdir():
        if path.name == ".gitignore":
            continue
        assert re.fullmatch(rf"\+[a-z0-9-]+\.({kinds})\.md", path.name), path.name
        assert path.read_text(encoding="utf-8").strip(), path.name

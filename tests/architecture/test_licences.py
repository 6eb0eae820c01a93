"""The list of licences names every direct dependency, with the licence that its own metadata states."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = [pytest.mark.integration, pytest.mark.requirement("SYS-020")]


@pytest.fixture(scope="module")
def listed(checkout: Path) -> dict[str, str]:
    text = (checkout / "docs" / "licences.md").read_text(encoding="utf-8")
    cells = dict(re.findall(r"^\| ([\w.-]+) \| ([^|]+?) \|", text, flags=re.MULTILINE))
    return {name: licence for name, licence in cells.items() if name != "package"}


def test_every_direct_dependency_is_listed_and_nothing_else(checkout: Path, listed: dict[str, str]) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    texts = project["dependencies"] + [text for group in extras.values() for text in group]
    assert listed.keys() == {Requirement(text).name for text in texts} - {project["name"]}


def test_a_licence_is_the_one_that_the_package_states(listed: dict[str, str]) -> None:
    for name, licence in listed.items():
        try:
            stated = str(metadata(name).json.get("license_expression", licence))
        except PackageNotFoundError:  # an extra that is not installed here
            continue
        assert licence in stated.split(" AND "), name  # a wheel adds those of bundled parts

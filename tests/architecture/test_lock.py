"""The lock files: each dependency pinned and hashed for Linux and Windows, and no place to fetch it from."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

pytestmark = [
    pytest.mark.integration,
    pytest.mark.requirement("SYS-020"),
    pytest.mark.requirement("STC-13"),
]

LOCKS = ("requirements.lock", "requirements-core.lock")
PLATFORMS = [
    {"sys_platform": system, "os_name": name, "platform_system": title, "python_version": version}
    | {"python_full_version": f"{version}.1", "implementation_name": "cpython", "extra": ""}
    | {"platform_python_implementation": "CPython"}
    for system, name, title in (("linux", "posix", "Linux"), ("win32", "nt", "Windows"))
    for version in ("3.11", "3.12", "3.13")
]


def pins(text: str) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield each pinned requirement of a lock file with its hashes."""
    for entry in re.split(r"(?<!\\)\n", text):
        parts = [part.strip() for part in entry.split("\\\n")]
        if parts[0] and not parts[0].startswith("#"):
            yield Requirement(parts[0]), [part for part in parts[1:] if part.startswith("--hash=")]


def declared(project: dict[str, object], groups: tuple[str, ...]) -> Iterator[Requirement]:
    """Yield the project's requirements of the core and of extras, following references to itself."""
    core, extras = project["dependencies"], project["optional-dependencies"]
    assert isinstance(core, list)
    assert isinstance(extras, dict)
    for text in core + [text for group in groups for text in extras[group]]:
        requirement = Requirement(text)
        if requirement.name == project["name"]:
            yield from declared(project, tuple(requirement.extras))
        else:
            yield requirement


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return table


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_is_exact_and_carries_hashes(checkout: Path, name: str) -> None:
    found = list(pins((checkout / name).read_text(encoding="utf-8")))
    assert found
    for requirement, hashes in found:
        assert re.fullmatch(r"==[^,*]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", text) for text in hashes), requirement


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_no_folder_and_not_the_project_itself(
    checkout: Path, project: dict[str, object], name: str
) -> None:
    text = (checkout / name).read_text(encoding="utf-8")
    assert (
        re.findall(r"\w+://|--\w*index|--find-links|--trusted-host|(?:^|[\s(])(?:/|[A-Z]:\\)\S*", text) == []
    )
    assert project["name"] not in {requirement.name for requirement, _ in pins(text)}


@pytest.mark.parametrize("platform", PLATFORMS, ids=lambda p: f"{p['sys_platform']}-{p['python_version']}")
@pytest.mark.parametrize(
    ("name", "groups"), [("requirements.lock", ("dev",)), ("requirements-core.lock", ())]
)
def test_every_declared_dependency_has_one_pin_that_satisfies_it(
    checkout: Path, project: dict[str, object], name: str, groups: tuple[str, ...], platform: dict[str, str]
) -> None:
    versions: dict[str, list[str]] = {}
    for pin, _ in pins((checkout / name).read_text(encoding="utf-8")):
        if holds(pin.marker, platform):
            versions.setdefault(canonicalize_name(pin.name), []).append(str(pin.specifier).removeprefix("=="))
    for requirement in declared(project, groups):
        if holds(requirement.marker, platform):
            found = versions.get(canonicalize_name(requirement.name), [])
            assert len(found) == 1, f"{requirement} has {found or 'no pin'}; `make lock` renews the lock"
            assert requirement.specifier.contains(found[0]), f"{requirement} is pinned to {found[0]}"


def holds(marker: Marker | None, platform: dict[str, str]) -> bool:
    return marker is None or marker.evaluate(platform)


def test_the_core_lock_pins_what_the_whole_lock_pins(checkout: Path) -> None:
    whole, core = (
        {
            (pin.name, str(pin.specifier), *hashes)
            for pin, hashes in pins((checkout / name).read_text(encoding="utf-8"))
        }
        for name in LOCKS
    )
    assert core < whole

"""Packages in memory: entry points whose modules and metadata need no disk."""

import sys
from collections.abc import Callable
from importlib.metadata import Distribution, EntryPoint
from types import ModuleType

import pytest

from app.plugins.catalogue import Catalogue
from app.ports import Strategy


class Package(Distribution):
    """A distribution whose metadata are in memory."""

    def __init__(self, name: str, version: str) -> None:
        self._texts = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}

    def read_text(self, filename: str) -> str | None:
        return self._texts.get(filename)

    def locate_file(self, path: object) -> object:
        return path


class Shelf:
    """Collects the entry points of packages, and gives the catalogue of them all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._points: list[EntryPoint] = []

    def add(
        self, group: str, name: str, offered: object, *, package: str = "acme", version: str = "1.0"
    ) -> None:
        """Offer an object as if the package's module held it under the name `Offered`."""
        module = ModuleType(f"{package.replace('-', '_')}_{group}_{name}")
        module.Offered = offered  # type: ignore[attr-defined]  # a module takes any attribute
        self._monkeypatch.setitem(sys.modules, module.__name__, module)
        self.declare(group, name, f"{module.__name__}:Offered", package=package, version=version)

    def declare(
        self, group: str, name: str, target: str, *, package: str = "acme", version: str = "1.0"
    ) -> None:
        """Offer what a target names, whether it exists or not."""
        point = EntryPoint(name, target, group)
        vars(point)["dist"] = Package(package, version)
        self._points.append(point)

    def catalogue(self) -> Catalogue:
        return Catalogue(self._points)


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """An empty shelf of packages."""
    return Shelf(monkeypatch)


@pytest.fixture
def failures() -> list[object]:
    """Where a host that is made with `failures.append` reports."""
    return []


@pytest.fixture
def quiet() -> Callable[..., type]:
    """Give `quiet(**members)`, which makes a strategy that wants nothing, with more members."""

    def make(**members: object) -> type:
        return type("Quiet", (Strategy,), {"decide": lambda *_: [], **members})

    return make
